/* Block devices that may have a volume: disks, partitions, arrays. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_DEVICE_H
#define VOLUMES_DEVICE_H

#include <stdbool.h>

#include "superblock.h"

enum { DEVICE_NAME = 32, DEVICES_FOUND = 8 };

struct device_list {
	char names[DEVICES_FOUND][DEVICE_NAME];
	int count;	/* of all: may be more than have room */
};

/*
 * The devices with this ext4 file system, by its UUID. A part of an array that
 * runs is none, the array is.
 */
void device_find(const char *uuid, struct device_list *found);
/* Whether this one has it. */
bool device_has(const char *name, const char *uuid);
/* Every device that may have one, in the order of their names. */
void device_each(void (*take)(void *context, const char *name), void *context);
/* Those that are parts of the array with that UUID. */
void device_find_parts(const char *uuid, struct device_list *found);
/* "sda1 sdb1" */
void device_names(const struct device_list *list, char *text, int size);

/* What may be typed, "sda1" or "/dev/sda1", as a name of the kernel's. False:
 * there is no such device. */
bool device_named(const char *typed, char name[DEVICE_NAME]);
/* The array that it is a part of; false: of none. */
bool device_holder(const char *name, char holder[DEVICE_NAME]);
bool device_exists(const char *name);
unsigned long long device_bytes(const char *name);
/* The kernel's number of a disk, which no other has until the next start. */
unsigned long long device_number(const char *name);
/* What the disk's first partition would be called: sda1, nvme0n1p1. */
void device_first(const char *disk, char partition[DEVICE_NAME]);
/* The same of one that is waited for; false: it does not come. */
bool device_partition(const char *disk, char partition[DEVICE_NAME]);

#endif
