# What the unit tests' make files share: programs for the host, under ASan and
# UBSan. One sets what it tests, includes this, and adds what is its own.
# usage: make -f NAME.mk check BUILD=FOLDER [ROUNDS=N] [SEED=N]
#
# TESTS         what check runs, each of a file NAME.c
# PARTS         sources below OWN, without .c, of which a test takes what it
#               needs; * is all
# PLACES        folders of headers below OWN
# LIBRARIES     for the linker
# WITH_NAME     more sources and flags of one test
# ARGUMENTS     of the tests
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
# A test that waits for ever fails.
SECONDS ?= 300
OWN ?= ../../rootfs
ARGUMENTS ?= $(ROUNDS) $(SEED)
SANITIZED = -fsanitize=address,undefined -fno-sanitize-recover=all
PLAIN = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-pthread -iquote . $(addprefix -iquote $(OWN)/,$(PLACES))
FLAGS = $(PLAIN) $(SANITIZED)
HEADERS := $(wildcard *.h */*.h $(OWN)/*/*.h $(OWN)/*/*/*.h)
SOURCES := $(wildcard $(patsubst %,$(OWN)/%.c,$(PARTS)))
FOLDER = $(BUILD)/$(basename $(firstword $(MAKEFILE_LIST))).parts
OBJECTS = $(patsubst $(OWN)/%.c,$(FOLDER)/%.o,$(SOURCES))
ARCHIVE = $(FOLDER)/parts.a

check: $(addprefix $(BUILD)/,$(TESTS))
	set -e; cd $(BUILD); for test in $(TESTS); do \
		timeout $(SECONDS) ./$$test $(ARGUMENTS); done

$(FOLDER)/%.o: $(OWN)/%.c $(HEADERS)
	@mkdir -p $(@D)
	gcc $(FLAGS) -c -o $@ $<

# Not r: two folders may have files of one name.
$(ARCHIVE): $(OBJECTS) $(MAKEFILE_LIST)
	rm -f $@
	ar qcs $@ $(OBJECTS)

$(BUILD)/%: %.c $(HEADERS) $(ARCHIVE)
	gcc $(FLAGS) -o $@ $< $(WITH_$*) $(ARCHIVE) $(LIBRARIES)

.SECONDARY:
.PHONY: check
