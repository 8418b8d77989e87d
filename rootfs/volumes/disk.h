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

/* A disk that was judged. Names are given again when disks go and come: what
 * has its name later is it as long as its number is the same. */
struct disk_taken {
	char name[DEVICE_NAME];		/* "sda" */
	unsigned long long bytes, number;
	char partition[DEVICE_NAME];	/* "sda1", by disk_partition() */
};

/*
 * The disk that was typed, "sda" or "/dev/sda", which can be claimed: with
 * erase also if something is on it. 0, -ENOENT, -EBUSY, or -EINVAL.
 */
int disk_take(const char *typed, bool erase, struct disk_taken *disk,
	struct trouble *why);
/* Before something is written: -ENODEV, another one has its name now. */
int disk_still(const struct disk_taken *disk, struct trouble *why);

/* All that is on it goes; one partition is on it then. 0 or -errno. */
int disk_partition(struct disk_taken *disk, struct trouble *why);

/* {name, model, serial, bus, bytes, content, used, can, why}, each. */
json_t *disk_list(void);

#endif
