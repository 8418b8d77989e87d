/* The files that a definition may name as disks and discs. */
/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generation.h"

/* A part of a path, of length bytes. */
static bool good_part(const char *part, size_t length)
{
	return length && length <= NAME_MAX && part[0] != '.' &&
		!memchr(part, '\t', length) && !generation_owns(part, length);
}

bool image_good(const char *file)
{
	size_t length;

	if (strlen(file) >= IMAGE_SIZE)
		return false;
	if (!image_is_path(file))
		return !strchr(file, '/') && good_part(file, strlen(file));
	do {
		file++;
		length = strcspn(file, "/");
		if (!good_part(file, length))
			return false;
		file += length;
	} while (*file);
	return true;
}

bool image_is_path(const char *file)
{
	return file[0] == '/';
}

int image_storage(const char *path, const char *const *storages, int count,
	const char **rest)
{
	size_t length, most = 0;
	int i, found = -1;

	for (i = 0; i < count; i++) {
		length = strlen(storages[i]);
		if (length <= most || strncmp(path, storages[i], length) ||
		    path[length] != '/')
			continue;
		most = length;
		found = i;
		*rest = path + length + 1;
	}
	return found;
}

static int open_part(int folder, const char *part, size_t length)
{
	char name[NAME_MAX + 1];
	int fd;

	memcpy(name, part, length);
	name[length] = '\0';
	fd = openat(folder, name,
		O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int image_folder(int folder, const char **name)
{
	int at = open_part(folder, ".", 1), next;
	size_t length;

	while (at >= 0 && (*name)[length = strcspn(*name, "/")]) {
		next = good_part(*name, length) ?
			open_part(at, *name, length) : -EINVAL;
		close(at);
		at = next;
		*name += length + 1;
	}
	if (at < 0 || good_part(*name, strlen(*name)))
		return at;
	close(at);
	return -EINVAL;
}

static bool same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* By another name: FAT has short ones. */
static bool is_definition(int folder, const struct stat *info)
{
	struct stat other;
	const char *name;
	int i;

	for (i = 0; (name = generation_name(i)); i++)
		if (!fstatat(folder, name, &other, AT_SYMLINK_NOFOLLOW) &&
		    same_file(&other, info))
			return true;
	return false;
}

/* Nothing but a file is opened: a device may act on that alone. */
static int open_file(int folder, const char *name, bool read_only)
{
	struct stat info, opened;
	int fd;

	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (S_ISLNK(info.st_mode))
		return -ELOOP;
	if (!S_ISREG(info.st_mode))
		return -EINVAL;
	if (is_definition(folder, &info))
		return -EPERM;
	fd = openat(folder, name, (read_only ? O_RDONLY : O_RDWR) |
		O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &opened) && same_file(&info, &opened))
		return fd;
	close(fd);
	return -ESTALE;
}

static const char *reason(int error)
{
	switch (error) {
	case -ELOOP:
		return "it is a link, and links are not followed";
	case -ENOTDIR:
		return "a part of its path is no folder, or a link, which is "
			"not followed";
	case -EINVAL:
		return "it is no file, or none that a definition may name";
	case -EPERM:
		return "it is a definition";
	case -ENOENT:
		return "there is none";
	default:
		return strerror(-error);
	}
}

int image_open(int folder, const char *name, bool read_only,
	struct trouble *why)
{
	const char *last = name;
	int at = image_folder(folder, &last), result = at;

	if (at >= 0) {
		result = open_file(at, last, read_only);
		close(at);
	}
	return result >= 0 ? result : trouble(why, result,
		"the file %.160s cannot be opened: %s", name, reason(result));
}
