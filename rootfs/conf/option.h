/* Words of the kernel command line. */
/* SPDX-License-Identifier: MIT */
#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value of the first word name=value of path, which is /proc/cmdline, cut off
 * at size. False: there is no such word; value is empty then. Values with blanks
 * in quotes are not for this.
 */
bool option_read(const char *path, const char *name, char *value, size_t size);

#endif
