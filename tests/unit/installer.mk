# Unit tests of the installer. Needs libjansson-dev, libcrypt-dev, dosfstools,
# mtools. usage: make -f installer.mk check [ROUNDS=N] [SEED=N]
# SPDX-License-Identifier: MIT

OWN = ../..
TESTS = test_report test_target test_lost test_run test_table test_slot \
	test_preallocate test_questions
PARTS = $(addprefix rootfs/,conf/* host/row login/secret switch/trouble)
PLACES = installer $(addprefix rootfs/,conf host login switch)
LIBRARIES = -ljansson -lcrypt
include common.mk

# A header beside its source would win over ours: copies lie in $(BUILD). What
# writes a disk by mounting it needs a machine: tests/install.bats.
FLAGS = -iquote installer $(PLAIN) $(SANITIZED)
INSTALLER = $(filter-out main install,$(basename $(notdir $(wildcard \
	$(OWN)/installer/*.c))))
COPIES = $(patsubst %,$(BUILD)/installer_%.o,$(INSTALLER))
$(foreach test,$(TESTS),$(eval WITH_$(test) = $(COPIES)))
$(addprefix $(BUILD)/,$(TESTS)): $(COPIES)
WRITES = -Wl,--wrap=pwrite,--wrap=fsync,--wrap=fdatasync
WITH_test_table += $(WRITES)
WITH_test_slot += $(WRITES)

$(BUILD)/installer_%.o: $(BUILD)/installer_%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/installer_%.c: $(OWN)/installer/%.c
	cp $< $@

# A program of the build, and the list that it gets there.
$(BUILD)/test_preallocate: $(BUILD)/preallocate $(BUILD)/slots.list

$(BUILD)/preallocate: $(OWN)/installer/loader/preallocate.c
	gcc $(FLAGS) -o $@ $<

$(BUILD)/slots.list: $(OWN)/installer/loader/slots.list
	cp $< $@
