/* What is written to a disk, in its order, and faults of it: linked with
 * --wrap=pwrite,--wrap=fsync,--wrap=fdatasync. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_WRITES_H
#define INSTALLER_WRITES_H

#include "check.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

enum { WRITES = 4096, SYNC = -1 };

static struct {
	off_t at[WRITES];	/* SYNC: what came before is on the disk */
	size_t size[WRITES];
	int count;
	int fails;		/* this one, from 0; -1: none */
	int error;
	bool halves;		/* each write takes half of what it gets */
} writes = { .fails = -1 };

ssize_t __real_pwrite(int file, const void *bytes, size_t size, off_t at);
int __real_fsync(int file);
int __real_fdatasync(int file);
ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t at);
int __wrap_fsync(int file);
int __wrap_fdatasync(int file);

static inline bool note(off_t at, size_t size)
{
	CHECK(writes.count < WRITES);
	writes.at[writes.count] = at;
	writes.size[writes.count] = size;
	errno = writes.error;
	return writes.count++ != writes.fails;
}

ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t at)
{
	if (writes.halves && size > 1)
		size /= 2;
	return note(at, size) ? __real_pwrite(file, bytes, size, at) : -1;
}

int __wrap_fsync(int file)
{
	return note(SYNC, 0) ? __real_fsync(file) : -1;
}

int __wrap_fdatasync(int file)
{
	return note(SYNC, 0) ? __real_fdatasync(file) : -1;
}

static inline void writes_begin(int fails, int error)
{
	writes.count = 0;
	writes.fails = fails;
	writes.error = error;
	writes.halves = false;
}

#endif
