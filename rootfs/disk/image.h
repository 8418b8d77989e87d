/* Between disk.c and the formats: an open image, and what a format does. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_IMAGE_H
#define DISK_IMAGE_H

#include <pthread.h>

#include "disk.h"

/*
 * Locks: change, then lock. With change held a format alone changes metadata,
 * and may wait for the medium; what map() looks at changes with both held.
 */
struct disk {
	const struct disk_ops *ops;
	struct file *file;
	struct disk_facts facts;	/* the size: change and lock */
	void *image;			/* the format's own */
	pthread_mutex_t change;
	pthread_mutex_t lock;
	struct disk_use uses;		/* lock; a ring, the oldest first */
	uint64_t epoch;			/* lock */
	int poison;			/* atomic */
};

/* Who hears what is wrong: the first in a sentence when an image is opened,
 * all of it when it is checked. */
struct problems {
	struct disk_error *error;
	void (*say)(void *context, const char *sentence);
	void *context;
	int count;
};

/* The waist. NULL: nothing to do. Ranges are checked by disk.c. */
struct disk_ops {
	const char *name;
	/* Fills facts and image. */
	int (*open)(struct disk *disk, struct problems *problems);
	/* All is on the medium; not called for a poisoned image. */
	int (*close)(struct disk *disk);
	void (*release)(struct disk *disk);
	/* lock is held. */
	int (*map)(struct disk *disk, uint64_t offset, uint64_t length,
		struct disk_extent *extents, unsigned int max);
	/* change is held by these, and they poison by returning an error. */
	int (*prepare)(struct disk *disk, uint64_t offset, uint64_t length);
	int (*unmap)(struct disk *disk, uint64_t offset, uint64_t length);
	/* But a positive number: refused for that, and all is as before. */
	int (*resize)(struct disk *disk, uint64_t size);

	int (*create)(struct file *file, const struct disk_form *form,
		struct disk_error *error);
	int (*check)(struct file *file, struct problems *problems,
		bool *dirty);
};

extern const struct disk_ops raw_ops, vhdx_ops, vhd_ops;

/* The epoch that ends now: uses until now have it, or an older one. */
uint64_t disk_epoch_end(struct disk *disk);
/* Whether a use of that epoch, or an older one, is left. */
bool disk_epoch_used(struct disk *disk, uint64_t epoch);

/* The file cannot be as long as that, or have so much space. */
bool disk_no_room(int error);

/* error with its sentence, for who wants the first only. */
int problem(struct problems *problems, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
