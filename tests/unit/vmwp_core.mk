# Unit tests of the worker's own modules (not its devices), for the host,
# under ASan and UBSan. Needs libzydis-dev, liburing-dev. usage: make -f vmwp_core.mk check
# SPDX-License-Identifier: MIT

TESTS = test_emulate fuzz_emulate test_boot test_control test_files
PARTS = $(addprefix vmwp/,emulate operation place string_ops alu \
	start linux_boot pvh acpi dsdt dsdt_pci aml ram \
	control events files options say storage/option net/nicoption \
	display/screencommand display/screen input/input pci/bootorder)
PLACES = vmwp .
LIBRARIES = -lZydis
include common.mk
