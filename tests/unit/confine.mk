# What a worker's process cannot do. As root. usage: make -f confine.mk check
# SPDX-License-Identifier: MIT

TESTS = test_confine
ARGUMENTS = forbidden root
PARTS = vmms/confine
PLACES = vmms vmwp
include common.mk

FILTER = $(patsubst %,$(OWN)/vmwp/%.c,filter filter_rules callfilter say)

check: $(BUILD)/forbidden $(BUILD)/root

$(BUILD)/root:
	mkdir -p $@

$(BUILD)/forbidden: forbidden.c $(FILTER) $(HEADERS)
	gcc $(PLAIN) -static -o $@ $< $(FILTER)
