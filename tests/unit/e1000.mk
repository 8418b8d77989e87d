# Unit tests of vmwp's 82540EM with a guest that is not there, under ASan and
# UBSan. usage: make -f e1000.mk check
# SPDX-License-Identifier: MIT

TESTS = test_e1000 test_e1000_hostile
PARTS = $(addprefix vmwp/,reset shared ram say stream clock bus isa events \
	filter filter_rules callfilter pci/pci net/e1000* net/frame net/tap)
PLACES = vmwp .
include common.mk
