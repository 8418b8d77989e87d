# Unit tests of the worker's own modules (not its devices), for the host,
# under ASan and UBSan. Needs libzydis-dev, liburing-dev. usage: make -f vmwp_core.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
VMWP = ../../rootfs/vmwp
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(VMWP) -iquote ../../rootfs
EMULATE = $(addprefix $(BUILD)/,emulate.o operation.o place.o string_ops.o \
	alu.o)
BOOT = $(addprefix $(BUILD)/,start.o linux_boot.o pvh.o acpi.o dsdt.o aml.o ram.o)
PROGRAMS = $(addprefix $(BUILD)/,test_emulate fuzz_emulate test_boot \
	test_control)
CONTROL = $(addprefix $(BUILD)/,control.o events.o options.o say.o \
	storage_option.o net_nicoption.o)

check: $(PROGRAMS)
	cd $(BUILD) && ./test_emulate $(ROUNDS) $(SEED)
	cd $(BUILD) && ./fuzz_emulate $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_boot $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_control $(ROUNDS) $(SEED)

$(BUILD)/net_%.o: $(VMWP)/net/%.c $(wildcard $(VMWP)/*.h $(VMWP)/net/*.h)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/storage_%.o: $(VMWP)/storage/%.c $(wildcard $(VMWP)/*.h $(VMWP)/storage/*.h)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/%.o: $(VMWP)/%.c $(wildcard $(VMWP)/*.h $(VMWP)/storage/*.h)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/%_emulate: %_emulate.c check.h fake_guest.h $(EMULATE)
	gcc $(FLAGS) -o $@ $< $(EMULATE) -lZydis

$(BUILD)/test_boot: test_boot.c check.h $(BOOT)
	gcc $(FLAGS) -o $@ $< $(BOOT)

$(BUILD)/test_control: test_control.c check.h $(CONTROL) $(wildcard $(VMWP)/*.h $(VMWP)/storage/*.h $(VMWP)/net/*.h)
	gcc $(FLAGS) -o $@ $< $(CONTROL)

.PHONY: check
