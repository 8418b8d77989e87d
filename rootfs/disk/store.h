/* Image files: opened with a lock, and new ones that appear when whole. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_STORE_H
#define DISK_STORE_H

#include "disk.h"

struct store {
	const char *path;
	char new_path[4096];	/* until it is whole; "": it is there already */
	struct file file;
	int fd;
};

/* 0, or -errno and a line on standard error. Nobody else has the file: of those
 * who read several may have it. */
int store_open(struct store *store, const char *path, bool read_only);
void store_close(struct store *store);

/* A file beside the path, which must be free; a block device itself; of a
 * number, that descriptor. */
int store_create(struct store *store, const char *path);
/* All of the file gets space. */
int store_reserve(struct store *store);
/* It gets its name: on the medium when 0 comes back; else it is gone. */
int store_finish(struct store *store);
/* It goes away. */
void store_drop(struct store *store);

#endif
