/* The privileged process: files of VMs, disks and discs. */
/* SPDX-License-Identifier: MIT */
#include "helper_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store_folder.h"

static int no_storage(struct work *work)
{
	return trouble(&work->why, -EACCES, "%.200s is in no storage folder",
		work->request->file);
}

int files_place(struct work *work, const char **name)
{
	const struct store *store = &work->helper->store;
	const char *file = work->request->file;
	int storage;

	*name = file;
	if (!image_good(file))
		return trouble(&work->why, -EINVAL,
			"a definition cannot name such a file");
	if (!image_is_path(file))
		return work_folder(work);
	storage = image_storage(file, store->paths, store->count, name);
	if (storage < 0)
		return no_storage(work);
	storage = fcntl(store->folders[storage], F_DUPFD_CLOEXEC, 0);
	return storage < 0 ? -ENODEV : storage;
}

/* In a storage folder, or in the VM's own. */
int helper_image(struct work *work)
{
	const char *name;
	int folder = files_place(work, &name), fd;
	struct stat info;

	if (folder < 0)
		return folder;
	fd = image_open(folder, name, work->request->number & 1, &work->why);
	close(folder);
	if (fd < 0)
		return fd;
	if (!fstat(fd, &info))
		work->size = (uint64_t)info.st_size;
	return parcel_add(work->out, fd);
}

static int remove_file(struct work *work, int folder, const char *last)
{
	int error = unlinkat(folder, last, 0) ? -errno : 0;
	/* What only names a folder cannot be synced. */
	int open_one = folder_open(folder, ".");

	if (open_one >= 0) {
		if (!error && fsync(open_one))
			error = -errno;
		close(open_one);
	}
	return error ? trouble(&work->why, error, "the file %.160s cannot be "
		"removed: %s", work->request->file, strerror(-error)) : 0;
}

/* What cannot be opened as an image is none of ours to remove. */
int helper_disk_delete(struct work *work)
{
	const char *name;
	int folder = files_place(work, &name), fd, at;

	if (folder < 0)
		return folder;
	fd = image_open(folder, name, true, &work->why);
	if (fd < 0) {
		close(folder);
		return fd;
	}
	close(fd);
	at = image_folder(folder, &name);
	close(folder);
	if (at < 0)
		return at;
	fd = remove_file(work, at, name);
	close(at);
	return fd;
}

struct listing {
	struct helper_file *files;
	uint32_t count, room;
};

static int add_file(void *context, int folder, const char *name)
{
	struct listing *listing = context;
	uint32_t room = listing->room ? 2 * listing->room : 64;
	struct helper_file *file;
	struct stat info;

	if (strchr(name, '/') || !image_good(name) ||
	    strlen(name) >= sizeof(file->name) ||
	    fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(info.st_mode))
		return 0;
	if ((listing->count + 1) * sizeof(*file) > HELPER_FILE_MAX)
		return -E2BIG;
	if (listing->count == listing->room) {
		file = realloc(listing->files, room * sizeof(*file));
		if (!file)
			return -ENOMEM;
		listing->files = file;
		listing->room = room;
	}
	file = &listing->files[listing->count++];
	memset(file, 0, sizeof(*file));
	strcpy(file->name, name);
	file->size = (uint64_t)info.st_size;
	file->used = (uint64_t)info.st_blocks * 512;
	file->changed = info.st_mtime;
	return 0;
}

/* A folder by its path; of the storage folder itself there is no rest. */
static int open_path(struct work *work)
{
	const struct store *store = &work->helper->store;
	const char *file = work->request->file, *rest;
	int i, at, fd;

	for (i = 0; i < store->count; i++)
		if (!strcmp(store->paths[i], file))
			return folder_open(store->folders[i], ".");
	i = image_good(file) && image_is_path(file) ? image_storage(file,
		store->paths, store->count, &rest) : -1;
	if (i < 0)
		return no_storage(work);
	at = image_folder(store->folders[i], &rest);
	fd = at < 0 ? at : folder_open(at, rest);
	if (at >= 0)
		close(at);
	return fd < 0 ? trouble(&work->why, fd, "the folder %.200s cannot be "
		"opened: %s", file, strerror(-fd)) : fd;
}

int helper_list_files(struct work *work)
{
	struct listing listing = { .files = NULL };
	int folder = work->request->file[0] ? open_path(work) :
		work_folder(work), error;

	if (folder < 0)
		return folder;
	error = folder_visit(folder, add_file, &listing);
	close(folder);
	if (!error)
		error = work_send(work, listing.files,
			listing.count * sizeof(*listing.files));
	work->number = listing.count;
	free(listing.files);
	return error;
}

int helper_space(struct work *work)
{
	const struct store *store = &work->helper->store;
	struct statvfs info;

	if (work->request->storage >= (uint32_t)store->count)
		return -EINVAL;
	if (store->folders[work->request->storage] < 0)
		return -ENODEV;
	if (fstatvfs(store->folders[work->request->storage], &info))
		return -errno;
	work->size = (uint64_t)info.f_blocks * info.f_frsize;
	work->free = (uint64_t)info.f_bavail * info.f_frsize;
	return 0;
}
