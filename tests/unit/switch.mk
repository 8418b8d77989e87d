# Unit tests of the library of virtual switches, under ASan and UBSan.
# usage: make -f switch.mk check
# SPDX-License-Identifier: MIT

ROUNDS ?= 20000
SECONDS ?= 300
TESTS = test_switch
PARTS = switch/* conf/*
PLACES = switch conf
include common.mk
