# Unit tests of the hypervisor's pure modules, for the host, under ASan and
# UBSan. test_insn needs libzydis-dev. usage: make -f hypervisor.mk check
# SPDX-License-Identifier: MIT

OWN = ../../hypervisor
TESTS = test_text test_memmap test_ucode test_walk test_vlapic test_stimer \
	test_aml fuzz_insn test_insn
PARTS = $(addprefix lib/,memmap ucode walk aml insn) core/vlapic* core/stimer
# Quoted alone, as string.h there must not stand for the host's <string.h>.
PLACES = lib core
LIBRARIES = -lZydis
include common.mk

# It includes what it tests, under other names.
WITH_test_text = -fno-builtin
$(BUILD)/test_text: $(OWN)/lib/string.c $(OWN)/lib/format.c
WITH_test_vlapic = vlapic_model.c
$(BUILD)/test_vlapic: vlapic_model.c
