# Unit tests of vmwp's SCSI controller with a guest that is not there, under
# ASan and UBSan. Needs liburing-dev, whose 2.3 has all symbols only in the
# static library. usage: make -f storage.mk check
# SPDX-License-Identifier: MIT

TESTS = test_scsi test_storvsp test_storage_ids test_storage_race \
	test_storage_hostile test_storage_stress
PARTS = $(addprefix vmwp/,storage/* vmbus/* shared ram say clock bus stream \
	thread files filter filter_rules callfilter) disk/*
PLACES = vmwp .
LIBRARIES = -l:liburing.a
# Something happens between two steps of the controller.
WITH_test_storage_race = -Wl,--wrap=disk_prepare,--wrap=ring_mask \
	-Wl,--wrap=io_uring_register_files_update
include common.mk
