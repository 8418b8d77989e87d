/* What the parts of the store share. */
/* SPDX-License-Identifier: MIT */
#include "store_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int folder_open(int folder, const char *name)
{
	int fd = openat(folder, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int folder_vms(const struct store *store, int storage)
{
	if (store->folders[storage] < 0)
		return -ENOENT;
	return folder_open(store->folders[storage], "vms");
}

int folder_visit(int folder, int (*visit)(void *context, int folder,
	const char *name), void *context)
{
	/* A place in it of its own. */
	int fd = folder_open(folder, "."), result = 0;
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (fd < 0)
		return fd;
	if (!directory) {
		result = -errno;
		close(fd);
		return result;
	}
	while (!result) {
		errno = 0;
		entry = readdir(directory);
		if (!entry) {
			result = -errno;
			break;
		}
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			result = visit(context, folder, entry->d_name);
	}
	closedir(directory);
	return result;
}

void folder_show(const char *name, char shown[NAME_SIZE])
{
	int i;

	for (i = 0; i < NAME_MAX_LENGTH && name[i]; i++)
		shown[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
	shown[i] = '\0';
}

int folder_rename(int folder, const char *from, const char *to)
{
	if (!syscall(SYS_renameat2, folder, from, folder, to,
		RENAME_NOREPLACE))
		return 0;
	/* Not all file systems know how; nothing but an empty folder could be
	 * replaced by one. */
	if ((errno == EINVAL || errno == ENOSYS) &&
	    !renameat(folder, from, folder, to))
		return 0;
	return -errno;
}

struct search {
	const char *name, *but;
	char found[NAME_SIZE];
};

static int compare(void *context, int folder, const char *name)
{
	struct search *search = context;

	(void)folder;
	if (!name_same(search->name, name) ||
	    (search->but && !strcmp(search->but, name)))
		return 0;
	folder_show(name, search->found);
	return -EEXIST;
}

int folder_free(const struct store *store, const char *name,
	const struct store_entry *but, struct trouble *why)
{
	struct search search = { .name = name };
	int i, vms, result = 0;

	for (i = 0; i < store->count; i++) {
		vms = folder_vms(store, i);
		if (vms == -ENOENT)
			continue;
		search.but = but && but->storage == i ? but->name : NULL;
		result = vms < 0 ? vms : folder_visit(vms, compare, &search);
		if (vms >= 0)
			close(vms);
		if (result == -EEXIST)
			return trouble(why, result, "\"%s\" is there already "
				"in %.100s/vms; names that differ only in case "
				"are one", search.found, store->paths[i]);
		if (result)
			return trouble(why, result, "%.100s/vms cannot be "
				"read: %s", store->paths[i],
				strerror(-result));
	}
	return 0;
}
