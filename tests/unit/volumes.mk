# Unit tests of data volumes: disks that are claimed, mirrors, what is found. Needs
# libjansson-dev, e2fsprogs. usage: make -f volumes.mk check
# SPDX-License-Identifier: MIT

OWN = ../..
TESTS = test_volumes
PARTS = $(addprefix rootfs/conf/,conf* keys* kept lockfile option)
PLACES = volumes rootfs/volumes rootfs/switch rootfs/conf
LIBRARIES = -ljansson
ARGUMENTS =
include common.mk

# A header beside its source would win over ours: copies lie in $(BUILD).
FLAGS = -iquote volumes $(PLAIN) $(SANITIZED) -iquote $(OWN)
PARTS_OF = volumes/storage volumes/volume volumes/entry volumes/claim \
	volumes/adopt volumes/disk volumes/device volumes/search volumes/mount \
	volumes/array volumes/superblock volumes/busy volumes/tool switch/settings \
	switch/trouble switch/program conf/keep
copies = $(patsubst %,$(BUILD)/of_%.c,$(subst /,_,$(PARTS_OF)) \
	$(addprefix installer_,disks attribute program run))
# A second is as long as half a minute; a disk may not answer.
WITH_test_volumes = $(copies) -Wl,--wrap=alarm -Wl,--wrap=pread
$(BUILD)/test_volumes: $(copies)

check: scripts

scripts:
	sh test_volumes.sh $(BUILD)/scripts ../../rootfs/overlay/lib/socle

.PHONY: scripts

$(BUILD)/of_volumes_%.c: $(OWN)/rootfs/volumes/%.c
	cp $< $@

$(BUILD)/of_switch_%.c: $(OWN)/rootfs/switch/%.c
	cp $< $@

$(BUILD)/of_conf_%.c: $(OWN)/rootfs/conf/%.c
	cp $< $@

# Both have a program.h.
$(BUILD)/of_installer_%.c: $(OWN)/installer/%.c
	sed '/"\(places\|conf\|option\).h"/!s|^#include "|&installer/|' $< > $@
