# Unit tests of the library of disk images, under ASan and UBSan.
# usage: make -f disk.mk check
# SPDX-License-Identifier: MIT

ROUNDS ?= 10000
SECONDS ?= 300
CUTS ?= 200
TESTS = test_disk test_disk_hostile test_disk_store
PARTS = disk/*
PLACES = disk
include common.mk

check: cuts

cuts: $(BUILD)/powercut
	cd $(BUILD) && timeout $(SECONDS) ./powercut $(CUTS) "$(SEED)" .

.PHONY: cuts
