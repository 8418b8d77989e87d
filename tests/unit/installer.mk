# Unit tests of the installer. Needs libjansson-dev.
# usage: make -f installer.mk check
# SPDX-License-Identifier: MIT

OWN = ../..
TESTS = test_report
PARTS = $(addprefix installer/,attribute program rows) rootfs/host/row
PLACES = installer rootfs/host
LIBRARIES = -ljansson
ARGUMENTS =
include common.mk

# A header beside its source would win over ours: copies lie in $(BUILD).
FLAGS = -iquote installer $(PLAIN) $(SANITIZED)
copies = $(patsubst %,$(BUILD)/installer_%.c,report disks pci firmware)
WITH_test_report = $(copies)
$(BUILD)/test_report: $(copies)

$(BUILD)/installer_%.c: $(OWN)/installer/%.c
	cp $< $@
