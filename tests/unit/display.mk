# Unit tests of vmwp's screen, keyboard and mouse, under ASan and UBSan.
# usage: make -f display.mk check
# SPDX-License-Identifier: MIT

TESTS = test_vga test_i8042
PARTS = $(addprefix vmwp/,bus clock stream isa reset pci/pci) \
	$(addprefix vmwp/display/,screen vga* vbe cp437) \
	$(addprefix vmwp/input/,input i8042 ps2_* scancode)
PLACES = vmwp .
include common.mk
