# Unit tests of vmwp's IDE controller with a guest that is not there, under ASan
# and UBSan. Needs liburing-dev. usage: make -f ide.mk check
# SPDX-License-Identifier: MIT

TESTS = test_ide test_ide_hostile
PARTS = $(addprefix vmwp/,ide/* pci/pci storage/* vmbus/* shared ram say clock \
	bus isa stream reset thread filter filter_rules callfilter files) disk/*
PLACES = vmwp .
LIBRARIES = -l:liburing.a
include common.mk
