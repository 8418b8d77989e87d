# Unit tests of the verbs: the service and the command with a helper in memory,
# under ASan and UBSan. Needs libjansson-dev. usage: make -f vmms_verbs.mk check
# SPDX-License-Identifier: MIT

SECONDS ?= 300
TESTS = test_verbs test_functions test_console test_service
ARGUMENTS =
PARTS = vmms/* switch/* conf/* disk/* vmwp/events vmwp/callfilter vmwp/display/keysym
PLACES = vmms . vmwp conf switch
LIBRARIES = -ljansson -lutil
# Workers are the helper's children, not the service's.
WITH_test_service = -Wl,--wrap=waitid
include common.mk

export ASAN_OPTIONS = handle_segv=0
check: $(BUILD)/verbs_vm

$(BUILD)/verbs_vm: $(ARCHIVE)
	gcc $(FLAGS) -o $@ $(FOLDER)/vmms/vm.o $< $(LIBRARIES)
