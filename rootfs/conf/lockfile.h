/* Files with a lock: one process at a time has them. */
/* SPDX-License-Identifier: MIT */
#ifndef LOCKFILE_H
#define LOCKFILE_H

#include <stdbool.h>

/*
 * Makes path, mode 0600, where it is not there, and locks it for one alone.
 * Returns a descriptor, which the caller closes to let it go, or -errno;
 * without wait -EWOULDBLOCK when somebody has it.
 */
int lockfile_take(const char *path, bool wait);

#endif
