# Unit tests of the library of disk images, under ASan and UBSan.
# usage: make -f disk.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 10000
SEED ?=
# A test that waits for ever fails.
SECONDS ?= 300
DISK = ../../rootfs/disk
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(DISK)
HEADERS = $(wildcard $(DISK)/*.h) $(wildcard *.h)
OBJECTS = $(patsubst $(DISK)/%.c,$(BUILD)/disk_%.o,\
	$(filter-out $(DISK)/main.c,$(wildcard $(DISK)/*.c)))
TESTS = test_disk test_disk_hostile test_disk_store
PROGRAMS = $(addprefix $(BUILD)/,$(TESTS) powercut)
CUTS ?= 200

check: $(PROGRAMS)
	set -e; cd $(BUILD); \
		for test in $(TESTS); do \
			timeout $(SECONDS) ./$$test $(ROUNDS) $(SEED); done
	cd $(BUILD) && timeout $(SECONDS) ./powercut $(CUTS) "$(SEED)" .

$(BUILD)/disk_%.o: $(DISK)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_%: test_%.c $(HEADERS) $(OBJECTS)
	gcc $(FLAGS) -pthread -o $@ $< $(OBJECTS)

$(BUILD)/powercut: powercut.c $(HEADERS) $(OBJECTS)
	gcc $(FLAGS) -pthread -o $@ $< $(OBJECTS)

.SECONDARY:
.PHONY: check
