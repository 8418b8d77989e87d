/* Arrays of disks that run, as md has them. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_ARRAY_H
#define VOLUMES_ARRAY_H

#include <stdbool.h>

#include "device.h"

enum { ARRAY_DISKS = 16, ARRAY_WORD = 32 };

struct array_disk {
	char name[DEVICE_NAME];
	bool failed;
};

struct array {
	char name[DEVICE_NAME];		/* "md127" */
	char level[ARRAY_WORD];		/* "raid1" */
	char label[SUPERBLOCK_LABEL];	/* its name in its superblocks */
	const char *state;	/* inactive, degraded, resyncing, clean */
	int percent;		/* of what is resynced; -1: nothing is */
	int slots;		/* disks that it is made for */
	struct array_disk disks[ARRAY_DISKS];
	int count;
};

/* False: there is no such array. */
bool array_read(const char *name, struct array *array);
/* Whether it lacks a disk, and none is being copied to; no disk is read. */
bool array_is_degraded(const char *name);
/* The index-th that there is, in the kernel's order; false: no more. */
bool array_next(int index, struct array *array);

#endif
