# Unit tests of the management service's protocol, under ASan and UBSan. Needs
# libjansson-dev. usage: make -f vmms_server.mk check
# SPDX-License-Identifier: MIT

ROUNDS ?= 10000
SECONDS ?= 300
TESTS = test_line test_timers test_server test_crowd test_client
PARTS = $(addprefix vmms/,server connection request decode peer signals process \
	timers line buffer verb refusal client command words contents help completion \
	manual table cell fields unit tunnel show console base64 image \
	generation whole definition_keys id) conf/* switch/trouble disk/names \
	vmwp/events
PLACES = vmms . conf switch
LIBRARIES = -ljansson
include common.mk

check: $(BUILD)/vmms_vm
