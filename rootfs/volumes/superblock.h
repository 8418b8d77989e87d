/* What the first bytes of a device say of it: ext4, or part of an array. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_SUPERBLOCK_H
#define VOLUMES_SUPERBLOCK_H

#include <stdbool.h>
#include <stddef.h>

enum superblock_kind {
	SUPERBLOCK_NONE,	/* neither, or it cannot be read */
	SUPERBLOCK_EXT4,
	SUPERBLOCK_RAID,	/* a part of an array of disks, md's */
};

enum { UUID_SIZE = 37, SUPERBLOCK_LABEL = 33 };

struct superblock {
	enum superblock_kind kind;
	char uuid[UUID_SIZE];	/* the file system's, or the array's */
	char label[SUPERBLOCK_LABEL];	/* printable */
};

/* Of PLACE_DEV/name. Nothing in it is believed but for the search. */
void superblock_read(const char *name, struct superblock *superblock);

/*
 * The first copy of an ext4's superblock, which e2fsck takes in its place:
 * block 8193 of 1 KB, or 32768 of 4 KB. False: the superblock is good, or is
 * no ext4's; or what is there is no copy of it. One that is half written, as a
 * disk's sector may be 512 bytes, says in its first half where its copy is.
 */
bool superblock_copy(const char *name, unsigned int *block,
	unsigned int *size);

#endif
