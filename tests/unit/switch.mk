# Unit tests of the library of virtual switches, under ASan and UBSan.
# usage: make -f switch.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 20000
SEED ?=
# A test that waits for ever fails.
SECONDS ?= 300
SWITCH = ../../rootfs/switch
CONF = ../../rootfs/conf
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -I$(SWITCH) -I$(CONF)
HEADERS = $(wildcard $(SWITCH)/*.h) $(wildcard $(CONF)/*.h) check.h
OBJECTS = $(patsubst $(SWITCH)/%.c,$(BUILD)/switch_%.o,\
	$(filter-out $(SWITCH)/main.c,$(wildcard $(SWITCH)/*.c))) \
	$(patsubst %,$(BUILD)/switch_conf_%.o,conf keys)

check: $(BUILD)/test_switch
	cd $(BUILD) && timeout $(SECONDS) ./test_switch $(ROUNDS) $(SEED)

$(BUILD)/switch_conf_%.o: $(CONF)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/switch_%.o: $(SWITCH)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_switch: test_switch.c $(HEADERS) $(OBJECTS)
	gcc $(FLAGS) -o $@ $< $(OBJECTS)

.SECONDARY:
.PHONY: check
