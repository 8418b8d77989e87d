# Unit tests of the hypervisor's pure modules, for the host, under ASan and
# UBSan. test_insn needs libzydis-dev. usage: make -f hypervisor.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
LIB = ../../hypervisor/lib
CORE = ../../hypervisor/core
# -iquote, as string.h there must not stand for the host's <string.h>.
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(LIB)
PROGRAMS = $(addprefix $(BUILD)/,test_text test_memmap test_ucode test_walk \
	test_vlapic test_stimer test_aml test_insn fuzz_insn)

check: $(PROGRAMS)
	cd $(BUILD) && ./test_text $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_memmap $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_ucode $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_walk $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_vlapic $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_stimer $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_aml $(ROUNDS) $(SEED)
	cd $(BUILD) && ./fuzz_insn $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_insn $(ROUNDS) $(SEED)

$(BUILD)/%.o: $(LIB)/%.c $(LIB)/%.h
	gcc $(FLAGS) -c -o $@ $<

# It includes what it tests, under other names.
$(BUILD)/test_text: test_text.c check.h $(LIB)/string.c $(LIB)/format.c
	gcc $(FLAGS) -fno-builtin -o $@ test_text.c

$(BUILD)/test_memmap: test_memmap.c check.h $(BUILD)/memmap.o
	gcc $(FLAGS) -o $@ test_memmap.c $(BUILD)/memmap.o

$(BUILD)/test_ucode: test_ucode.c check.h $(BUILD)/ucode.o
	gcc $(FLAGS) -o $@ test_ucode.c $(BUILD)/ucode.o

$(BUILD)/test_aml: test_aml.c check.h $(BUILD)/aml.o
	gcc $(FLAGS) -o $@ test_aml.c $(BUILD)/aml.o

$(BUILD)/test_insn: test_insn.c check.h $(BUILD)/insn.o
	gcc $(FLAGS) -o $@ test_insn.c $(BUILD)/insn.o -lZydis

$(BUILD)/fuzz_insn: fuzz_insn.c check.h $(BUILD)/insn.o
	gcc $(FLAGS) -o $@ fuzz_insn.c $(BUILD)/insn.o

$(BUILD)/test_walk: test_walk.c check.h $(BUILD)/walk.o
	gcc $(FLAGS) -o $@ test_walk.c $(BUILD)/walk.o

VLAPIC = $(addprefix $(CORE)/,vlapic.c vlapic_icr.c vlapic_msr.c \
	vlapic_register.c vlapic_state.c vlapic_timer.c)
$(BUILD)/test_vlapic: test_vlapic.c vlapic_model.c vlapic_model.h check.h \
		$(VLAPIC) $(wildcard $(CORE)/vlapic*.h) \
		../../hypervisor/abi/lapic.h
	gcc $(FLAGS) -iquote $(CORE) -pthread -o $@ test_vlapic.c \
		vlapic_model.c $(VLAPIC)

$(BUILD)/test_stimer: test_stimer.c check.h $(CORE)/stimer.c $(CORE)/stimer.h \
		../../hypervisor/abi/hypercall.h ../../hypervisor/abi/msr.h
	gcc $(FLAGS) -iquote $(CORE) -o $@ test_stimer.c $(CORE)/stimer.c

.PHONY: check
