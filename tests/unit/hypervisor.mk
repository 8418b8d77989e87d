# Unit tests of the hypervisor's pure modules, for the host, under ASan and
# UBSan. test_insn needs libzydis-dev. usage: make -f hypervisor.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
LIB = ../../hypervisor/lib
# -iquote, as string.h there must not stand for the host's <string.h>.
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(LIB)
PROGRAMS = $(addprefix $(BUILD)/,test_walk test_insn fuzz_insn)

check: $(PROGRAMS)
	cd $(BUILD) && ./test_walk $(ROUNDS) $(SEED)
	cd $(BUILD) && ./fuzz_insn $(ROUNDS) $(SEED)
	cd $(BUILD) && ./test_insn $(ROUNDS) $(SEED)

$(BUILD)/insn.o: $(LIB)/insn.c $(LIB)/insn.h
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/walk.o: $(LIB)/walk.c $(LIB)/walk.h
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_insn: test_insn.c check.h $(BUILD)/insn.o
	gcc $(FLAGS) -o $@ test_insn.c $(BUILD)/insn.o -lZydis

$(BUILD)/fuzz_insn: fuzz_insn.c check.h $(BUILD)/insn.o
	gcc $(FLAGS) -o $@ fuzz_insn.c $(BUILD)/insn.o

$(BUILD)/test_walk: test_walk.c check.h $(BUILD)/walk.o
	gcc $(FLAGS) -o $@ test_walk.c $(BUILD)/walk.o

.PHONY: check
