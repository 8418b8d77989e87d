/* A file that has its name when it is whole. */
/* SPDX-License-Identifier: MIT */
#include "newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_folder.h"

/* Nothing is left of it, whatever happens; not all file systems can. */
static int open_nameless(int folder)
{
	return openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

/* What an interrupted one left is nobody's. */
static int open_hidden(struct newfile *file)
{
	if (snprintf(file->hidden, sizeof(file->hidden), ".%s.new",
		file->name) >= (int)sizeof(file->hidden)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	unlinkat(file->folder, file->hidden, 0);
	return openat(file->folder, file->hidden, O_RDWR | O_CREAT | O_EXCL |
		O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int failed(struct newfile *file, int error)
{
	newfile_drop(file);
	return error;
}

int newfile_begin(struct newfile *file, int folder, const char *name)
{
	*file = (struct newfile){ .folder = folder, .fd = -1 };
	if (snprintf(file->name, sizeof(file->name), "%s", name) >=
	    (int)sizeof(file->name))
		return failed(file, -ENAMETOOLONG);
	if (!faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW))
		return failed(file, -EEXIST);
	file->fd = open_nameless(folder);
	if (file->fd < 0)
		file->fd = open_hidden(file);
	return file->fd < 0 ? failed(file, -errno) : 0;
}

static int give_name(const struct newfile *file)
{
	char path[32];

	if (file->hidden[0])
		return folder_rename(file->folder, file->hidden, file->name);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	return linkat(AT_FDCWD, path, file->folder, file->name,
		AT_SYMLINK_FOLLOW) ? -errno : 0;
}

int newfile_keep(struct newfile *file)
{
	int error = fsync(file->fd) ? -errno : 0;

	if (!error)
		error = give_name(file);
	if (error)
		return failed(file, error);
	file->hidden[0] = '\0';
	error = fsync(file->folder) ? -errno : 0;
	newfile_drop(file);
	return error;
}

void newfile_drop(struct newfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->hidden[0])
		unlinkat(file->folder, file->hidden, 0);
	if (file->folder >= 0)
		close(file->folder);
	*file = (struct newfile){ .folder = -1, .fd = -1 };
}
