# Unit tests of vmwp's VMBus with a guest that is not there, under ASan and
# UBSan. usage: make -f vmbus.mk check
# SPDX-License-Identifier: MIT

TESTS = test_ring test_vmbus test_ic test_hostile
PARTS = $(addprefix vmwp/,vmbus/* shared ram stream clock bus say integration \
	ic ic_* utf16)
PLACES = vmwp .
include common.mk

check: shared

shared:
	sh test_shared.sh $(OWN)/vmwp
	sh test_shared.sh --itself $(OWN)/vmwp

.PHONY: shared
