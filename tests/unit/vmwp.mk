# Unit tests of vmwp's devices, for the host, under ASan and UBSan.
# usage: make -f vmwp.mk check
# SPDX-License-Identifier: MIT

TESTS = test_bus test_i8259 test_i8254 test_i82093 test_acpi_pm test_reset \
	test_i16550 test_serialback test_terminal test_mc146818
PARTS = $(addprefix vmwp/,bus clock stream isa i8259 i8254 i82093 acpi_pm \
	reset i16550 serialback terminal mc146818 counter date say filter \
	filter_rules callfilter)
PLACES = vmwp .
include common.mk
