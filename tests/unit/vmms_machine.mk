# Unit tests of VMs in the service: their lives, files, workers, under ASan and
# UBSan. usage: make -f vmms_machine.mk check
# SPDX-License-Identifier: MIT

ROUNDS ?= 10000
SECONDS ?= 300
TESTS = test_life test_machine test_machines
ARGUMENTS = "$(CURDIR)/../../docs/management.md" $(ROUNDS) $(SEED)
PARTS = $(addprefix vmms/,definition definition_* name id nicmac twins image \
	finding generation whole parcel plan dialogue errand life link timers \
	outcome refusal process worker machine machine_* wait machines \
	machines_* launch launch_* adopt autostart going_down) \
	$(addprefix switch/,mac define vlans trouble settings rtnl netlink) \
	conf/* disk/names vmwp/events
PLACES = vmms . vmwp conf switch
# Workers are the helper's children, not the service's.
WITH_test_machine = -Wl,--wrap=waitid
WITH_test_machines = $(WITH_test_machine)
include common.mk
