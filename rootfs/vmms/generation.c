/* The files of a definition in a VM's folder. */
/* SPDX-License-Identifier: MIT */
#include "generation.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conf.h"
#include "whole.h"

static const char *const names[] = {
	[GENERATION_CURRENT] = "vm.conf",
	[GENERATION_PREVIOUS] = "vm.conf.old",
	[GENERATION_BAD] = "vm.conf.bad",
	[GENERATION_NEW] = "vm.conf.new",
	[GENERATION_MARK] = "vm.conf.ran",
};

enum { NAMES = sizeof(names) / sizeof(*names) };

const char *generation_name(int which)
{
	return which < NAMES ? names[which] : NULL;
}

bool generation_owns(const char *name, size_t length)
{
	size_t own = strlen(names[GENERATION_CURRENT]);

	return length >= own && !strncasecmp(name, names[GENERATION_CURRENT],
		own);
}

static int open_regular(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		O_NOCTTY | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &info) && S_ISREG(info.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

char *generation_load(int folder, enum generation which, size_t *size)
{
	int fd = open_regular(folder, names[which]);
	ssize_t got = fd;
	char *text = NULL;

	if (fd >= 0) {
		text = malloc(CONF_FILE_MAX + 1);
		got = text ? whole_read(fd, text, CONF_FILE_MAX + 1) : -ENOMEM;
		close(fd);
	}
	if (got > CONF_FILE_MAX)
		got = -EFBIG;
	if (got >= 0) {
		*size = got;
		text[got] = '\0';
		return text;
	}
	free(text);
	errno = -got;
	return NULL;
}

/* What an interrupted writer left is nobody's. */
static int write_new(int folder, const char *text, size_t size)
{
	int fd, result;

	if (unlinkat(folder, names[GENERATION_NEW], 0) && errno != ENOENT)
		return -errno;
	fd = openat(folder, names[GENERATION_NEW], O_WRONLY | O_CREAT |
		O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	result = whole_write(fd, text, size);
	if (!result && fsync(fd))
		result = -errno;
	if (close(fd) && !result)
		result = -errno;
	return result;
}

static int rename_in(int folder, enum generation from, enum generation to)
{
	return renameat(folder, names[from], folder, names[to]) ? -errno : 0;
}

/* Both names in one step: there is a current one at all times. */
static int exchange(int folder)
{
	return syscall(SYS_renameat2, folder, names[GENERATION_NEW], folder,
		names[GENERATION_CURRENT], RENAME_EXCHANGE) ? -errno : 0;
}

/*
 * The new one takes its place. Some file systems cannot exchange names: for a
 * moment there is the previous one only, which counts then.
 */
static int put_new(int folder, enum generation keep)
{
	int result = exchange(folder);

	if (!result) {
		result = rename_in(folder, GENERATION_NEW, keep);
		if (result)
			exchange(folder);
		return result;
	}
	if (result == -EINVAL || result == -ENOSYS)
		result = rename_in(folder, GENERATION_CURRENT, keep);
	return result && result != -ENOENT ? result :
		rename_in(folder, GENERATION_NEW, GENERATION_CURRENT);
}

int generation_save(int folder, const char *text, size_t size,
	enum generation keep)
{
	int result = write_new(folder, text, size);

	if (!result)
		result = put_new(folder, keep);
	if (!result && fsync(folder))
		result = -errno;
	if (result)
		unlinkat(folder, names[GENERATION_NEW], 0);
	return result;
}

/* Onto the medium: 0 or -errno. */
static int write_mark(int folder, const char *text, size_t size)
{
	int fd = openat(folder, names[GENERATION_MARK], O_WRONLY | O_CREAT |
		O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		0600), result;

	if (fd < 0)
		return -errno;
	result = whole_write(fd, text, size);
	if (!result && fsync(fd))
		result = -errno;
	close(fd);
	return result;
}

int generation_mark(int folder, const char *text, size_t size)
{
	int result = 0;

	if (text)
		result = write_mark(folder, text, size);
	else if (unlinkat(folder, names[GENERATION_MARK], 0))
		return errno == ENOENT ? 0 : -errno;
	return !result && fsync(folder) ? -errno : result;
}

ssize_t generation_marked(int folder, char *text, size_t room)
{
	int fd = open_regular(folder, names[GENERATION_MARK]);
	ssize_t got = fd < 0 ? fd : whole_read(fd, text, room);

	if (fd >= 0)
		close(fd);
	return got;
}

int generation_remove(int folder)
{
	int i;

	for (i = NAMES - 1; i >= 0; i--)
		if (unlinkat(folder, names[i], 0) && errno != ENOENT)
			return -errno;
	return 0;
}

bool generation_there(int folder)
{
	struct stat info;

	return !fstatat(folder, names[GENERATION_CURRENT], &info,
			AT_SYMLINK_NOFOLLOW) ||
		!fstatat(folder, names[GENERATION_PREVIOUS], &info,
			AT_SYMLINK_NOFOLLOW);
}
