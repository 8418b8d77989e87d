# Unit tests of vmwp's SCSI controller with a guest that is not there, under
# ASan and UBSan. Needs liburing-dev, whose 2.3 has all symbols only in the
# static library. usage: make -f storage.mk check
# SPDX-License-Identifier: MIT

BUILD ?= .
ROUNDS ?= 2000
SEED ?=
# A test that waits for ever fails.
SECONDS ?= 120
VMWP = ../../rootfs/vmwp
FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-iquote . -iquote $(VMWP) -iquote ../../rootfs
DISK = ../../rootfs/disk
HEADERS = $(wildcard $(VMWP)/*.h $(VMWP)/vmbus/*.h $(VMWP)/storage/*.h) \
	$(wildcard *.h)
PURE = $(addprefix $(BUILD)/,storage_scsi.o storage_inquiry.o storage_mode.o \
	storage_dvd.o clock.o bus.o stream.o)
OBJECTS = $(PURE) $(addprefix $(BUILD)/,storage_storvsp.o storage_packet.o \
	storage_lun.o storage_trouble.o storage_queue.o \
	storage_uring.o \
	storage_option.o storage_command.o \
	storage_request.o storage_drive.o storage_image.o storage_state.o \
	vmbus_vmbus.o vmbus_connection.o vmbus_channel.o vmbus_gpadl.o \
	vmbus_ring.o vmbus_outbox.o shared.o ram.o say.o)
LIBDISK = $(BUILD)/disk/libdisk.a
TESTS = test_scsi test_storvsp test_storage_ids test_storage_race \
	test_storage_hostile test_storage_stress
PROGRAMS = $(addprefix $(BUILD)/,$(TESTS))

check: $(PROGRAMS)
	set -e; cd $(BUILD); \
		for test in $(TESTS); do \
			timeout $(SECONDS) ./$$test $(ROUNDS) $(SEED); done

$(LIBDISK): $(wildcard $(DISK)/*.[ch])
	mkdir -p $(BUILD)/disk
	$(MAKE) -C $(DISK) BUILD=$(abspath $(BUILD))/disk CC=gcc AR=ar \
		CFLAGS="-g -O1 -fsanitize=address,undefined" $(abspath $@)

$(BUILD)/vmbus_%.o: $(VMWP)/vmbus/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/storage_%.o: $(VMWP)/storage/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/%.o: $(VMWP)/%.c $(HEADERS)
	gcc $(FLAGS) -c -o $@ $<

$(BUILD)/test_scsi: test_scsi.c $(HEADERS) $(PURE)
	gcc $(FLAGS) -o $@ $< $(PURE)

# Something happens between two steps of the controller.
$(BUILD)/test_storage_race: WRAP = -Wl,--wrap=disk_prepare,--wrap=ring_mask \
	-Wl,--wrap=io_uring_register_files_update

$(BUILD)/test_%: test_%.c $(HEADERS) $(OBJECTS) $(LIBDISK)
	gcc $(FLAGS) $(WRAP) -pthread -o $@ $< $(OBJECTS) $(LIBDISK) -l:liburing.a

.SECONDARY:
.PHONY: check
