/* The smallest test frame: a failed check ends the program with its place. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) do { \
	if (!(condition)) { \
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
			#condition); \
		exit(1); \
	} \
} while (0)

#define CHECK_STRING(expected, got) do { \
	const char *got_ = (got); \
	if (!got_ || strcmp(expected, got_)) { \
		fprintf(stderr, "%s:%d: expected \"%s\", got \"%s\"\n", \
			__FILE__, __LINE__, expected, got_ ? got_ : "NULL"); \
		exit(1); \
	} \
} while (0)

#endif
