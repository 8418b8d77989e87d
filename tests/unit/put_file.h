/* Files of machines that are made of files. */
/* SPDX-License-Identifier: MIT */
#ifndef PUT_FILE_H
#define PUT_FILE_H

#include "check.h"

#include <sys/stat.h>

/* With the folders on the way. */
static inline void put(const char *path, const char *bytes, size_t size)
{
	char folder[256], *at = folder;
	FILE *file;

	snprintf(folder, sizeof(folder), "%s", path);
	while ((at = strchr(at, '/'))) {
		*at = '\0';
		mkdir(folder, 0755);
		*at++ = '/';
	}
	file = fopen(path, "w");
	CHECK(file && fwrite(bytes, 1, size, file) == size && !fclose(file));
}

static inline void text(const char *path, const char *line)
{
	put(path, line, strlen(line));
}

#endif
