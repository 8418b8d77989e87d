/* Image files: opened with a lock, and new ones that appear when whole. */
/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failed(const char *path, const char *what, int error)
{
	fprintf(stderr, "disk: %s: %s: %s\n", path, what, strerror(-error));
	return error;
}

static int take(struct store *store, bool read_only)
{
	int result = file_of(&store->file, store->fd);

	if (result)
		return failed(store->path, "is no image", result);
	if (flock(store->fd, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return failed(store->path, "is in use", -errno);
	return 0;
}

int store_open(struct store *store, const char *path, bool read_only)
{
	int result;

	store->path = path;
	store->new_path[0] = '\0';
	/* Non-blocking: a FIFO is refused, not waited for. */
	store->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC |
		O_NONBLOCK);
	if (store->fd < 0)
		return failed(path, "cannot be opened", -errno);
	result = take(store, read_only);
	if (result)
		close(store->fd);
	return result;
}

void store_close(struct store *store)
{
	close(store->fd);
}

/* O_EXCL of a device: no file system of it is mounted. */
static int open_device(struct store *store)
{
	store->new_path[0] = '\0';
	store->fd = open(store->path, O_RDWR | O_CLOEXEC | O_EXCL);
	return store->fd < 0 ?
		failed(store->path, "cannot be opened", -errno) :
		take(store, false);
}

/* An inherited descriptor of an empty file, whose name is somebody else's. */
static bool is_descriptor(const char *path)
{
	return *path && strlen(path) < 7 &&
		!path[strspn(path, "0123456789")];
}

int store_create(struct store *store, const char *path)
{
	struct stat info;

	store->path = path;
	store->new_path[0] = '\0';
	store->fd = is_descriptor(path) ? atoi(path) : -1;
	if (store->fd >= 0)
		return take(store, false);
	/* Devices are named by links, which elsewhere count as they are. */
	if (!stat(path, &info) && S_ISBLK(info.st_mode))
		return open_device(store);
	if (!lstat(path, &info))
		return failed(path, "cannot be made", -EEXIST);
	if (snprintf(store->new_path, sizeof(store->new_path), "%s.new",
		path) >= (int)sizeof(store->new_path))
		return failed(path, "cannot be made", -ENAMETOOLONG);
	store->fd = open(store->new_path, O_RDWR | O_CREAT | O_EXCL |
		O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->fd < 0)
		return failed(store->new_path, "cannot be made", -errno);
	return take(store, false);
}

int store_reserve(struct store *store)
{
	struct file *file = &store->file;
	uint64_t size;
	int result = file->ops->size(file, &size);

	if (!result)
		result = file->ops->reserve(file, 0, size);
	return result ? failed(store->path, "there is no space", result) : 0;
}

/* A name that is there stays. Some file systems know only the second way. */
static int rename_new(const char *from, const char *to)
{
	if (!syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
		RENAME_NOREPLACE))
		return 0;
	if (errno == EINVAL && !link(from, to)) {
		unlink(from);
		return 0;
	}
	return -errno;
}

static int sync_folder(const char *path)
{
	char copy[4096];
	int result, fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	result = fsync(fd) ? -errno : 0;
	close(fd);
	return result;
}

int store_finish(struct store *store)
{
	int result = fsync(store->fd) ? -errno : 0;

	if (!result && store->new_path[0])
		result = rename_new(store->new_path, store->path);
	if (!result && store->new_path[0]) {
		store->new_path[0] = '\0';
		result = sync_folder(store->path);
	}
	if (result) {
		failed(store->path, "cannot be written", result);
		store_drop(store);
	} else {
		close(store->fd);
	}
	return result;
}

void store_drop(struct store *store)
{
	if (store->fd < 0)
		return;
	close(store->fd);
	if (store->new_path[0])
		unlink(store->new_path);
}
