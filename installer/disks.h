/* The disks of this machine. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_DISKS_H
#define INSTALLER_DISKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that an installation needs at least: a stick that is sold as 2 GB. */
#define DISK_LEAST 1900000000ull

/* Where a live system has the volume that its settings came from. */
#define DISK_SETTINGS "/config"

struct disk {
	char name[32];		/* "sda" */
	char model[96];		/* with the vendor's; empty: not known */
	char serial[64];	/* empty: it has none */
	char bus[32];		/* "SATA", "USB", "NVMe", "virtio", "SCSI" ... */
	uint64_t bytes;
	unsigned long long sequence; /* no other disk has had it */
	unsigned sector;	/* bytes of a logical one */
	bool readonly;
	bool medium;		/* a Socle Server's own boot medium */
	int partitions;
	bool loader;		/* one of them is called as the loader's */
	bool foreign;		/* not all of them are called as ours are */
	/* What is on it: types of file systems and the like with their labels, as
	 * "ext4 data, vfat"; empty: nothing that is known. */
	char content[160];
	char used[96];		/* where something of it is mounted, or what it is a
				 * part of; or empty */
};

/*
 * All disks but optical and floppy ones, by name; a card reader without a card is
 * none. The caller frees *disks. Their number, or -errno.
 */
int disks_read(struct disk **disks);

/* That which somebody calls sda, or /dev/sda. NULL: none of them. */
const struct disk *disk_named(const struct disk *disks, int count,
	const char *name);

/* Whether the disk of that name is still the one that was read. */
bool disk_is_there(const struct disk *disk);

/* Where a file system with this UUID is, one of these or both; 0: nowhere. */
enum { DISK_HERE = 1, DISK_ELSEWHERE = 2 };
unsigned disk_has(const struct disk *disk, const char *uuid);

/* Why it cannot be installed on, in words; NULL: it can. */
const char *disk_why_not(const struct disk *disk);

/* By what it is in use, and for a data volume the command that ends that. */
void disk_use_text(const struct disk *disk, char *text, size_t size);

/* Whether no partition, nothing that is known, and nothing in its first and its last
 * megabyte is on it. False, too, when it cannot be read. */
bool disk_is_blank(const struct disk *disk);

/* "20.0 GB": as disks are sold. */
void disk_size_text(uint64_t bytes, char *text, size_t size);
/* "2 partitions (ext4 data, vfat)", "empty". */
void disk_content_text(const struct disk *disk, char *text, size_t size);

#endif
