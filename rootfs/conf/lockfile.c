/* Files with a lock: one process at a time has them. */
/* SPDX-License-Identifier: MIT */
#include "lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int lockfile_take(const char *path, bool wait)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int result;

	if (file < 0)
		return -errno;
	while ((result = flock(file, LOCK_EX | (wait ? 0 : LOCK_NB))) &&
		errno == EINTR)
		;
	if (!result)
		return file;
	result = -errno;
	close(file);
	return result;
}
