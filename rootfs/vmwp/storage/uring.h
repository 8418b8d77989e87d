/* io_uring, made for disks and nothing else. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_URING_H
#define VMWP_STORAGE_URING_H

#include <liburing.h>

/* A ring with places for files, -1 for one that comes later; it does nothing before
 * the thread that uses it has called io_uring_enable_rings(). 0 or -errno. */
int uring_make(struct io_uring *ring, unsigned int entries, const int *files,
	unsigned int count);

#endif
