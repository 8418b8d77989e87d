# Unit tests of vmwp's network adapters with a guest that is not there, under
# ASan and UBSan. usage: make -f net.mk check
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
HEADERS = $(wildcard $(VMWP)/*.h $(VMWP)/vmbus/*.h $(VMWP)/net/*.h) \
	$(wildcard *.h)
NET = netvsp nic nvsp rndis oid offload rss address lane transmit bytes receive \
	rooms frame tap netstate
VMBUS = vmbus connection channel gpadl ring outbox
OBJECTS = $(patsubst %,$(BUILD)/net_%.o,$(NET)) \
	$(patsubst %,$(BUILD)/vmbus_%.o,$(VMBUS)) \
	$(addprefix $(BUILD)/,shared.o ram.o say.o stream.o clock.o bus.o events.o)
TESTS = test_frame test_netvsp test_net_tap test_net_hostile
PROGRAMS = $(addprefix $(BUILD)/,$(TESTS))

check: $(PROGRAMS)
	set -e; cd $(BUILD); \
		for test in $(TESTS); do \
			timeout $(SECONDS) ./$$test $(ROUNDS) $(SEED); done

$(BUILD)/net_%.o: $(VMWP)/net/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/vmbus_%.o: $(VMWP)/vmbus/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/%.o: $(VMWP)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_frame: test_frame.c $(HEADERS) $(BUILD)/net_frame.o
	gcc $(FLAGS) -o $@ $< $(BUILD)/net_frame.o $(BUILD)/clock.o $(BUILD)/bus.o \
		$(BUILD)/stream.o

$(BUILD)/test_frame: $(addprefix $(BUILD)/,clock.o bus.o stream.o)

$(BUILD)/test_%: test_%.c $(HEADERS) $(OBJECTS)
	gcc $(FLAGS) -pthread -o $@ $< $(OBJECTS)

.SECONDARY:
.PHONY: check
