/* What an image stands on: a file or a block device, or a test in its place. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_FILE_H
#define DISK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file;

/* All of it is done, or -errno: a short read or write is -EIO. Offsets, sizes
 * in bytes. Each may be called from any thread. */
struct file_ops {
	int (*read)(struct file *file, uint64_t offset, void *to, size_t size);
	int (*write)(struct file *file, uint64_t offset, const void *from,
		size_t size);
	/* All that was written before is on the medium, sizes too: called by
	 * file_sync(). */
	int (*sync)(struct file *file);
	int (*size)(struct file *file, uint64_t *size);
	/* Longer: reads as zeros, without space. -EINVAL: a block device. */
	int (*resize)(struct file *file, uint64_t size);
	/* It reads as zeros, and has no space where the medium can do that. */
	int (*zero)(struct file *file, uint64_t offset, uint64_t size);
	/* That part of it has space, and reads as before. */
	int (*reserve)(struct file *file, uint64_t offset, uint64_t size);
};

struct file {
	const struct file_ops *ops;
	int fd;			/* -1: of a test */
	bool device;		/* a block device */
	bool keep;		/* zero() leaves space: of disk_open() */
	unsigned int losses;	/* of file_lose(); atomic */
};

/* A descriptor, which is not owned. 0; -EINVAL: no file, no block device. */
int file_of(struct file *file, int fd);

int file_sync(struct file *file);

/* A sync has failed, with whatever error: what was written may be gone. The
 * kernel says that once of a descriptor, so it is counted for all who use it;
 * file_sync() does so, and who syncs without it says it here. */
void file_lose(struct file *file);
/* How often that was. Any thread. */
unsigned int file_losses(const struct file *file);

#endif
