# Unit tests of a PC's chip set, for the host, under ASan and UBSan.
# usage: make -f pc.mk check
# SPDX-License-Identifier: MIT

TESTS = test_pci test_fw_cfg
PARTS = $(addprefix vmwp/,bus clock stream ram reset acpi aml dsdt dsdt_pci) \
	$(addprefix vmwp/pci/,pci chip piix3 fw_cfg facts smbios)
PLACES = vmwp .
include common.mk
