/* Files and sockets that the command line names. */
/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "say.h"

#define FILE_MAX (4ull << 30)

static int wrong(const char *what, const char *path, int error)
{
	say("cannot read the %s %s: %s", what, path, strerror(error));
	return -error;
}

static int read_all(int fd, uint8_t *to, size_t size)
{
	size_t done = 0;
	ssize_t count;

	while (done < size) {
		count = pread(fd, to + done, size - done, done);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		if (!count)
			return ENODATA;
		done += count;
	}
	return 0;
}

bool files_is_descriptor(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

int files_descriptor(const char *text)
{
	int fd = strlen(text) < 7 ? atoi(text) : -1;

	if (fd < 3 || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return -EBADF;
	return fd;
}

int files_open(const char *path, int flags)
{
	int fd;

	if (files_is_descriptor(path))
		return files_descriptor(path);
	fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Read, not mapped: nobody can change it between our looks. */
static int read_file(int fd, const char *path, const char *what,
	const uint8_t **data, size_t *size)
{
	struct stat info;
	uint8_t *all;
	int error = 0;

	if (fd < 0)
		return wrong(what, path, -fd);
	if (fstat(fd, &info))
		error = errno;
	else if (S_ISDIR(info.st_mode))
		error = EISDIR;
	else if (!S_ISREG(info.st_mode))
		error = ENXIO;
	else if (!info.st_size)
		error = ENODATA;
	else if ((uint64_t)info.st_size > FILE_MAX)
		error = EFBIG;
	if (error) {
		close(fd);
		return wrong(what, path, error);
	}
	all = malloc(info.st_size);
	error = all ? read_all(fd, all, info.st_size) : ENOMEM;
	close(fd);
	if (error) {
		free(all);
		return wrong(what, path, error);
	}
	*data = all;
	*size = info.st_size;
	return 0;
}

int files_read(const char *path, const char *what, const uint8_t **data,
	size_t *size)
{
	return read_file(files_open(path, O_RDONLY), path, what, data, size);
}

int files_read_in(int folder, const char *name, const char *what,
	const uint8_t **data, size_t *size)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
		O_NOFOLLOW);

	return read_file(fd < 0 ? -errno : fd, name, what, data, size);
}

void files_drop(const uint8_t **data)
{
	free((void *)*data);
	*data = NULL;
}

static int listen_at(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat info;
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	/* What a worker before us left; never anything but a socket. */
	if (!lstat(path, &info) && S_ISSOCK(info.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* Nobody but its owner, from the first moment. */
	if (fchmod(fd, 0600) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 4)) {
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

static int inherited(const char *number, int type)
{
	int is = 0, flags, fd = files_descriptor(number);
	socklen_t size = sizeof(is);

	if (fd < 0)
		return fd;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &is, &size))
		return -errno;
	if (is != type)
		return -EPROTOTYPE;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
		return -errno;
	return fd;
}

int files_socket(const char *from, const char *what, int type, int *fd)
{
	*fd = -1;
	if (!from)
		return 0;
	*fd = files_is_descriptor(from) ? inherited(from, type) :
		listen_at(from, type);
	if (*fd >= 0)
		return 0;
	say("cannot use '%s' as the %s socket: %s", from, what,
		strerror(-*fd));
	return *fd;
}
