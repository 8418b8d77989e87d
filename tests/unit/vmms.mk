# Unit tests of VMs' definitions and their folders, under ASan and UBSan.
# usage: make -f vmms.mk check
# SPDX-License-Identifier: MIT

ROUNDS ?= 10000
SECONDS ?= 300
TESTS = test_vm_name test_definition test_image test_store test_store_full \
	test_store_cut test_helper test_plan test_errand test_link \
	test_calls
ARGUMENTS = "$(CURDIR)/../../docs/management.md" $(ROUNDS) $(SEED)
HELPER = helper helper_* privileges calls cgroup crew sockets newfile jobs reap
PARTS = $(addprefix vmms/,definition definition_* name id nicmac twins image \
	finding generation store store_* whole parcel confine $(HELPER) plan \
	dialogue errand link timers) conf/* switch/* disk/names vmwp/events vmwp/callfilter
PLACES = vmms . vmwp conf switch
# What test_store_cut stops at, or lets fail.
WITH_test_store_cut = $(addprefix -Wl$(comma)--wrap=,openat write fsync \
	renameat unlinkat mkdirat syscall)
comma = ,
include common.mk

# As root.
ROOT_TESTS = test_liveports test_helper_root
ROOT = $(if $(filter 0,$(shell id -u)),,sudo -n)

check: root

root: $(addprefix $(BUILD)/,$(ROOT_TESTS))
	set -e; cd $(BUILD); for test in $(ROOT_TESTS); do $(ROOT) \
		timeout $(SECONDS) ./$$test; done

# Programs in a worker's place, and the one that makes disks.
$(BUILD)/test_helper_root: $(BUILD)/forbidden $(BUILD)/idle $(BUILD)/disk

$(BUILD)/forbidden: forbidden.c $(OWN)/vmwp/filter.c
	$(MAKE) -f confine.mk BUILD=$(BUILD) $@

$(BUILD)/idle: idle.c
	gcc -static -O1 -Wall -Wextra -Werror -o $@ $<

$(BUILD)/disk: $(wildcard $(OWN)/disk/*.[ch])
	$(MAKE) -s -C $(OWN)/disk BUILD=$(abspath $(BUILD)) CFLAGS=-O1 LDFLAGS=-static \
		$(abspath $(BUILD))/disk

# For a machine, where there are no sanitizers: machine_test_helper_root.
$(BUILD)/machine_%: %.c $(HEADERS) $(SOURCES)
	gcc $(PLAIN) -static -s -o $@ $< \
		$(filter-out %/main.c %/list.c,$(SOURCES))

.PHONY: root
