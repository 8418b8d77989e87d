# Unit tests of the text menu's parts under ASan and UBSan, and what tests of the
# whole program need: it, with sanitizers, too, and a service to ask. Needs
# libjansson-dev, libncurses-dev. usage: make -f sconfig.mk check | programs
# SPDX-License-Identifier: MIT

BUILD ?= .
# A test that waits for ever fails.
SECONDS ?= 300
OWN = ../../rootfs
SCONFIG = ../../sconfig
WARN = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-Wno-missing-field-initializers -iquote . -iquote $(SCONFIG) -iquote ../.. \
	-iquote $(OWN)/vmms -iquote $(OWN) -iquote $(OWN)/vmwp -I$(OWN)/conf \
	-I$(OWN)/switch
FLAGS = $(WARN) -fsanitize=address,undefined -fno-sanitize-recover=all
HEADERS = $(wildcard $(SCONFIG)/*.h $(OWN)/vmms/*.h $(OWN)/conf/*.h \
	$(OWN)/switch/*.h)
TESTED = $(HEADERS) $(wildcard *.h)
# The menu's own; what of vm's it is linked with; what is behind its terminal.
MENU = $(filter-out main terminal keyboard rescue outside,$(basename $(notdir \
	$(wildcard $(SCONFIG)/*.c))))
CLIENT = verbs arguments_vm arguments_parts arguments_host arguments_good verb \
	words contents client line buffer refusal table cell fields unit image name id \
	definition_keys generation whole
OBJECTS = $(patsubst %,$(BUILD)/menu_%.o,$(MENU)) \
	$(patsubst %,$(BUILD)/vm_%.o,$(CLIENT)) \
	$(patsubst $(OWN)/conf/%.c,$(BUILD)/vm_conf_%.o,$(filter-out %/main.c,\
	$(wildcard $(OWN)/conf/*.c))) $(BUILD)/vm_disk_names.o \
	$(BUILD)/vm_switch_trouble.o
TERMINAL = $(patsubst %,$(BUILD)/menu_%.o,main terminal keyboard rescue outside)
# The service is only a means here, and what it cuts off is.
MEANS = $(WARN) -Wno-format-truncation
SERVICE = $(patsubst %,$(BUILD)/world_%.o,$(filter-out vm vmms,$(basename \
	$(notdir $(wildcard $(OWN)/vmms/*.c))))) \
	$(patsubst %,$(BUILD)/world_switch_%.o,$(basename $(notdir \
	$(filter-out %/main.c %/list.c,$(wildcard $(OWN)/switch/*.c))))) \
	$(patsubst %,$(BUILD)/world_conf_%.o,$(filter-out main,$(basename \
	$(notdir $(wildcard $(OWN)/conf/*.c))))) \
	$(patsubst %,$(BUILD)/world_disk_%.o,$(basename $(notdir \
	$(filter-out %/main.c %/store.c %/convert.c,$(wildcard \
	$(OWN)/disk/*.c))))) $(BUILD)/world_events.o $(BUILD)/world_callfilter.o \
	$(BUILD)/world_keysym.o
TESTS = test_field test_typed test_ask test_list test_form test_menu test_vm \
	test_network

check: $(addprefix $(BUILD)/,$(TESTS))
	set -e; cd $(BUILD); for test in $(TESTS); do \
		timeout $(SECONDS) ./$$test; done

programs: $(addprefix $(BUILD)/,sconfig sconfig_world vm)

$(BUILD)/menu_%.o: $(SCONFIG)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/vm_conf_%.o: $(OWN)/conf/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/vm_disk_%.o: $(OWN)/disk/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/vm_switch_%.o: $(OWN)/switch/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/vm_%.o: $(OWN)/vmms/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/sconfig: $(TERMINAL) $(OBJECTS)
	gcc $(FLAGS) -o $@ $^ -lncursesw -ljansson

# What needs no page.
VM = $(patsubst %,$(BUILD)/menu_vm_%.o,keys glyphs text state) \
	$(BUILD)/menu_utf8.o \
	$(patsubst %,$(BUILD)/vm_%.o,cell table fields unit)
$(BUILD)/test_vm: test_vm.c $(TESTED) $(VM)
	gcc $(FLAGS) -o $@ $< $(VM) -ljansson

NETWORK = $(BUILD)/menu_network_rows.o $(BUILD)/menu_lines.o \
	$(patsubst %,$(BUILD)/vm_%.o,cell table fields unit)
$(BUILD)/test_network: test_network.c $(TESTED) $(NETWORK)
	gcc $(FLAGS) -o $@ $< $(NETWORK) -ljansson

$(BUILD)/test_%: test_%.c $(TESTED) $(OBJECTS)
	gcc $(FLAGS) -pthread -o $@ $< $(OBJECTS) -ljansson

$(BUILD)/world_events.o $(BUILD)/world_callfilter.o: $(BUILD)/world_%.o: \
		$(OWN)/vmwp/%.c $(HEADERS)
	gcc $(MEANS) -c -o $@ $<

$(BUILD)/world_keysym.o: $(OWN)/vmwp/display/keysym.c $(HEADERS)
	gcc $(MEANS) -c -o $@ $<

$(BUILD)/world_switch_%.o: $(OWN)/switch/%.c $(HEADERS)
	gcc $(MEANS) -c -o $@ $<

$(BUILD)/world_conf_%.o: $(OWN)/conf/%.c $(HEADERS)
	gcc $(MEANS) -c -o $@ $<

$(BUILD)/world_disk_%.o: $(OWN)/disk/%.c $(HEADERS)
	gcc $(MEANS) -c -o $@ $<

$(BUILD)/world_%.o: $(OWN)/vmms/%.c $(HEADERS)
	gcc $(MEANS) -c -o $@ $<

$(BUILD)/sconfig_world: sconfig_world.c $(TESTED) $(SERVICE)
	gcc $(MEANS) -pthread -o $@ $< $(SERVICE) -ljansson

$(BUILD)/vm: $(OWN)/vmms/vm.c $(SERVICE)
	gcc $(MEANS) -o $@ $< $(SERVICE) -ljansson

.SECONDARY:
.PHONY: check programs
