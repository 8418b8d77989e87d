/* Disk images: where a disk's bytes are, and how that changes. docs/disks.md */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_DISK_H
#define DISK_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

#define DISK_SECTOR	512u
#define DISK_SIZE_MIN	(1ull << 20)
#define DISK_SIZE_MAX	(64ull << 40)

/* Never found out by looking at a guest's disk: whoever names the image names
 * the format. */
enum disk_format { DISK_RAW, DISK_VHDX, DISK_VHD, DISK_FORMATS };

struct disk;

/* Of an open image. */
struct disk_facts {
	enum disk_format format;
	bool fixed;		/* all of it has space */
	bool read_only;
	uint64_t size;		/* bytes, of the disk that the guest sees */
	uint32_t block;		/* bytes; the unit of allocation; 0: none */
	uint32_t logical, physical;	/* sectors, in bytes */
	uint8_t id[16];	/* the same as long as the disk lives; raw: zeros */
};

/* Why not, in a sentence for who has named the image. */
struct disk_error {
	char text[200];
};

/*
 * Opens what is in the file, which must live as long as the disk. An image
 * whose log is not empty is repaired, or refused when it is read_only. Nothing
 * is written to an image that is refused, or opened read-only; to others at
 * once that they are in use (VHDX: new GUIDs). 0, or -errno and the sentence:
 * -EINVAL: it is none, or damaged; -EROFS; -ENOTSUP: what this library does not
 * do; and those of the file.
 */
int disk_open(struct disk **disk, struct file *file, enum disk_format format,
	bool read_only, struct disk_error *error);
/* Everything is on the medium and the log is empty, or -errno; it is gone. */
int disk_close(struct disk *disk);

const struct disk_facts *disk_facts(const struct disk *disk);

/*
 * Data goes from and to the file without this library: it tells where. Any
 * thread may call what follows. Ranges are whole sectors within the disk, as
 * it is at that moment: -ERANGE, and nothing done, where they are not.
 */

/* A request that uses places of the file, from disk_begin() to disk_end(): so
 * long they belong to no other block. */
struct disk_use {
	struct disk_use *next, *previous;
	uint64_t epoch;
};

void disk_begin(struct disk *disk, struct disk_use *use);
void disk_end(struct disk *disk, struct disk_use *use);

struct disk_extent {
	uint64_t length;
	uint64_t offset;	/* in the file; of those that are there */
	bool there;		/* else it reads as zeros */
};

/* The extents from offset on, in a row, at most max of them; how many, and they
 * may end before the range does; or -errno. Never waits for the medium. */
int disk_map(struct disk *disk, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max);

/* All of the range has a place that is its own after a power cut, too, and has
 * zeros or what was there. Waits for the medium, and does nothing where that is
 * so already. Before each write whose extents are not all there. */
int disk_prepare(struct disk *disk, uint64_t offset, uint64_t length);

/* The range reads as zeros and gives back the space that it can. */
int disk_unmap(struct disk *disk, uint64_t offset, uint64_t length);

/* What was written is on the medium: data and where it is. */
int disk_flush(struct disk *disk);

/* Larger at any time; smaller, or more than a device has: -ENOTSUP. All is
 * as before, too, when there is no room: -ENOSPC, -EFBIG, -EDQUOT. */
int disk_resize(struct disk *disk, uint64_t size);

/*
 * An error of the medium: all above but disk_map() and disk_end() fail with it
 * until the image is opened again. Errors of this library's own reading and
 * writing do that by themselves, who moves data without it says it here. The
 * first error stays.
 */
void disk_poison(struct disk *disk, int error);
/* 0 or that error. */
int disk_poisoned(const struct disk *disk);

/* For those who can wait: with all the steps above. 0 or -errno. */
int disk_read(struct disk *disk, uint64_t offset, void *to, size_t size);
int disk_write(struct disk *disk, uint64_t offset, const void *from,
	size_t size);

/* A new image in an empty file (VHDX; raw: its size), complete when 0 comes
 * back: nothing else has the format before. block 0: 32 MB. */
struct disk_form {
	enum disk_format format;
	bool fixed;
	uint64_t size;
	uint32_t block;
};
int disk_create(struct file *file, const struct disk_form *form,
	struct disk_error *error);

/* Looks at all of the metadata, of an image that nobody has open and without
 * writing: the number of things that are wrong, each told to say(); -errno when
 * it cannot be read. dirty: the log must be replayed first (no error). */
int disk_check(struct file *file, enum disk_format format,
	void (*say)(void *context, const char *sentence), void *context,
	bool *dirty);

#endif
