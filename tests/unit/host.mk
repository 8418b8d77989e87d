# Unit tests of the host's own program: its clock, trials of its network, what it
# shows, and tests of its network; of the SSH server's script. Needs libjansson-dev.
# usage: make -f host.mk check
# SPDX-License-Identifier: MIT

TESTS = test_clock test_trial test_show test_nettest
PARTS = conf/*
PLACES = host switch conf volumes
LIBRARIES = -ljansson
ARGUMENTS =
include common.mk

# A header beside its source would win over ours: copies lie in $(BUILD).
FLAGS = -iquote host $(PLAIN) $(SANITIZED) -iquote ../..
TRIAL = trial network back change words settings keep trouble program rtnl \
	netlink vlans
SHOW = show show_access show_boot show_sections export import
VOLUMES = volume device mount array superblock attribute
NETTEST = nettest nettest_servers row probe echo dns ntp
BOTH = show_network gateways nameservers define
copies = $(patsubst %,$(BUILD)/host_%.c,$(1))
# It sets a clock of its own.
WITH_test_clock = $(call copies,clock trouble) -Wl,--wrap=clock_settime
WITH_test_trial = $(call copies,$(TRIAL))
WITH_test_show = $(call copies,$(TRIAL) $(BOTH) $(SHOW) $(VOLUMES))
WITH_test_nettest = $(call copies,$(TRIAL) $(BOTH) $(NETTEST))
$(addprefix $(BUILD)/,$(TESTS)): $(call copies,clock $(TRIAL) $(BOTH) $(SHOW) \
	$(VOLUMES) $(NETTEST))

check: scripts

scripts:
	sh test_ssh.sh $(BUILD)/ssh ../../rootfs/overlay/lib/socle

.PHONY: scripts

$(BUILD)/host_%.c: $(OWN)/host/%.c
	cp $< $@

$(BUILD)/host_%.c: $(OWN)/switch/%.c
	cp $< $@

$(BUILD)/host_%.c: $(OWN)/conf/%.c
	cp $< $@

$(BUILD)/host_%.c: $(OWN)/volumes/%.c
	cp $< $@

$(BUILD)/host_%.c: ../../installer/%.c
	sed '/"\(places\|conf\|option\).h"/!s|^#include "|&installer/|' $< > $@
