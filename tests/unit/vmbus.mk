# Unit tests of vmwp's VMBus with a guest that is not there, under ASan and
# UBSan. usage: make -f vmbus.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
# A test that waits for ever fails.
SECONDS ?= 120
VMWP = ../../rootfs/vmwp
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(VMWP)
HEADERS = $(wildcard $(VMWP)/*.h $(VMWP)/vmbus/*.h) $(wildcard *.h)
OBJECTS = $(addprefix $(BUILD)/,vmbus_vmbus.o vmbus_connection.o \
	vmbus_channel.o vmbus_gpadl.o vmbus_ring.o vmbus_outbox.o shared.o \
	ram.o stream.o clock.o bus.o say.o integration.o ic.o ic_heartbeat.o \
	ic_shutdown.o ic_timesync.o ic_kvp.o utf16.o)
TESTS = test_ring test_vmbus test_ic test_hostile
PROGRAMS = $(addprefix $(BUILD)/,$(TESTS))

check: $(PROGRAMS)
	sh test_shared.sh $(VMWP)
	sh test_shared.sh --itself $(VMWP)
	set -e; cd $(BUILD); \
		for test in $(TESTS); do \
			timeout $(SECONDS) ./$$test $(ROUNDS) $(SEED); done

$(BUILD)/vmbus_%.o: $(VMWP)/vmbus/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/%.o: $(VMWP)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_%: test_%.c $(HEADERS) $(OBJECTS)
	gcc $(FLAGS) -pthread -o $@ $< $(OBJECTS)

.SECONDARY:
.PHONY: check
