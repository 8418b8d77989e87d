/* The partitions of an installed disk, and its first sector. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_TABLE_H
#define INSTALLER_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "trouble.h"

enum table_partition { TABLE_LOADER = 1, TABLE_CONFIG, TABLE_DATA };

/*
 * First of all: whatever was on the disk is no more, and firmware that starts from
 * it says that its installation was interrupted. Synchronised. Like the others
 * below: disk is a device's path; 0, or -errno after a sentence.
 */
int table_interrupt(const char *disk, struct trouble *why);

/*
 * Makes the partitions (docs/installation.md); data: also that for VMs. identity
 * is the loader partition's, a UUID as text. What firmware says stays. -EBUSY: the
 * kernel has others still, as somebody has one of these open for longer than 2 s.
 */
int table_make(const char *disk, const char *identity, bool data,
	struct trouble *why);

/* Last of all: firmware starts the loader. Synchronised. */
int table_finish(const char *disk, struct trouble *why);

/* "/dev/sda1", "/dev/nvme0n1p1": of a disk's path. */
void table_device(const char *disk, enum table_partition partition, char *path,
	size_t size);

/* Whether it begins with what table_interrupt() writes. */
bool table_interrupted(const char *disk);

#endif
