# Unit tests of vmwp's devices, for the host, under ASan and UBSan.
# usage: make -f vmwp.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
VMWP = ../../rootfs/vmwp
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(VMWP)
BASE = $(addprefix $(BUILD)/vmwp_,bus.o clock.o stream.o isa.o)
TESTS = test_bus test_i8259 test_i8254 test_i82093 test_acpi_pm test_reset \
	test_i16550 test_serialback test_terminal test_mc146818
PROGRAMS = $(addprefix $(BUILD)/,$(TESTS))

check: $(PROGRAMS)
	set -e; cd $(BUILD); \
		for test in $(TESTS); do ./$$test $(ROUNDS) $(SEED); done

$(BUILD)/vmwp_%.o: $(VMWP)/%.c $(wildcard $(VMWP)/*.h)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_i8254: $(BUILD)/vmwp_counter.o
$(BUILD)/test_mc146818: $(BUILD)/vmwp_date.o
$(BUILD)/test_serialback: $(BUILD)/vmwp_i16550.o
$(BUILD)/test_terminal: $(BUILD)/vmwp_say.o

$(BUILD)/test_bus: test_bus.c vmwp.h check.h $(BASE)
	gcc $(FLAGS) -o $@ $(filter %.c %.o,$^)

$(BUILD)/test_%: test_%.c vmwp.h check.h $(BUILD)/vmwp_%.o $(BASE)
	gcc $(FLAGS) -o $@ $(filter %.c %.o,$^)

.SECONDARY:
.PHONY: check
