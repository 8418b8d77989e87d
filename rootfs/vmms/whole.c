/* Files read and written to the last byte. */
/* SPDX-License-Identifier: MIT */
#include "whole.h"

#include <errno.h>
#include <unistd.h>

ssize_t whole_read(int fd, void *bytes, size_t room)
{
	size_t done = 0;
	ssize_t got = 1;

	while (got && done < room) {
		got = pread(fd, (char *)bytes + done, room - done,
			(off_t)done);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			done += (size_t)got;
	}
	return (ssize_t)done;
}

int whole_write(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;
	ssize_t count;

	while (size) {
		count = write(fd, at, size);
		if (count < 0 && errno != EINTR)
			return -errno;
		if (count > 0) {
			at += count;
			size -= (size_t)count;
		}
	}
	return 0;
}
