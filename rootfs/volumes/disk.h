/* Disks that become volumes, or parts of one. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_DISK_H
#define VOLUMES_DISK_H

#include <jansson.h>

#include "device.h"
#include "installer/disks.h"
#include "trouble.h"

/* Whether it can be claimed. */
enum disk_can {
	DISK_CAN,	/* nothing is on it */
	DISK_ERASE,	/* what is on it would be lost */
	DISK_CANNOT,	/* why says why */
};

/* Why, for DISK_ERASE: what is on it, or a sentence. */
enum disk_can disk_can_claim(const struct disk *disk, char *why, int size);

/*
 * The disk that was typed, "sda" or "/dev/sda", which can be claimed: with
 * erase also if something is on it. 0, -ENOENT, -EBUSY, or -EINVAL.
 */
int disk_take(const char *typed, bool erase, struct disk *disk,
	struct trouble *why);

/* All that is on it goes; one partition is on it then. 0 or -errno. */
int disk_partition(const struct disk *disk, char partition[DEVICE_NAME],
	struct trouble *why);

/* {name, model, serial, bus, bytes, content, used, can, why}, each. */
json_t *disk_list(void);

#endif
