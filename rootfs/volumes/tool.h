/* Programs that prepare disks. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_TOOL_H
#define VOLUMES_TOOL_H

#include "trouble.h"

/* The descriptor by which the script knows its lock, which it then does not
 * wait for. No other program gets it. */
enum { TOOL_LOCK = 9 };

/*
 * Runs a program, with input as its standard input (NULL: nothing), and waits
 * for its end. 0, or -EIO and why has what it said last; what is what it was
 * run for, for the sentence: "sda cannot be ...".
 */
int tool_run(const char *const *words, const char *input, const char *what,
	struct trouble *why);

#endif
