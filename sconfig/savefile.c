/* What the service says, as a file. */
/* SPDX-License-Identifier: MIT */
#include "savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int write_lines(FILE *file, const json_t *lines)
{
	const char *line;
	int error;
	size_t i;

	for (i = 0; i < json_array_size(lines); i++) {
		line = json_string_value(json_array_get(lines, i));
		fprintf(file, "%s\n", line ? line : "");
	}
	error = ferror(file) || fflush(file) || fsync(fileno(file)) ? -errno : 0;
	return fclose(file) && !error ? -errno : error;
}

int savefile_write(const char *path, const json_t *result)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int error;

	if (!file)
		return -errno;
	error = write_lines(file, json_object_get(result, "said"));
	if (error)
		unlink(path);
	return error;
}
