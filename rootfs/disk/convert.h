/* One disk's content into another. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_CONVERT_H
#define DISK_CONVERT_H

#include "disk.h"

/* to is new: it reads as zeros, and is at least as large. file: what from lies
 * in. 0 or -errno. */
int convert(struct disk *from, const struct file *file, struct disk *to);

#endif
