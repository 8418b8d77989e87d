/* Storage folders: VMs go, with what is theirs and nothing else. */
/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "generation.h"
#include "image.h"
#include "store_folder.h"

/* A file of this folder; a link or a folder of this name stays. */
static int remove_disk(int folder, const char *disk)
{
	struct stat info;

	if (image_is_path(disk) || !image_good(disk))
		return 0;
	if (fstatat(folder, disk, &info, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(info.st_mode))
		return 0;
	return unlinkat(folder, disk, 0) && errno != ENOENT ? -errno : 0;
}

/* The definition last: until then all can be done again. */
static int empty(int folder, const char *const *disks, int count)
{
	int i, result = 0;

	for (i = 0; !result && i < count; i++)
		result = remove_disk(folder, disks[i]);
	if (!result && fsync(folder))
		result = -errno;
	if (!result)
		result = generation_remove(folder);
	if (!result && fsync(folder))
		result = -errno;
	return result;
}

struct others {
	int count;
	char first[NAME_SIZE];
};

static int count_one(void *context, int folder, const char *name)
{
	struct others *others = context;

	(void)folder;
	if (!others->count++)
		folder_show(name, others->first);
	return 0;
}

/* What is not the VM's. */
static void tell_others(int folder, const char *path, const char *name,
	store_say *say, void *context)
{
	struct others others = { 0, "" };
	char text[320];

	folder_visit(folder, count_one, &others);
	if (!say || !others.count)
		return;
	snprintf(text, sizeof(text), "the folder %.100s/vms/%s stays: what "
		"else is in it (%s%s) is not the VM's", path, name,
		others.first, others.count > 1 ? " and more" : "");
	conf_printable(text);
	say(context, text);
}

static int remove_folder(int vms, const char *name)
{
	if (unlinkat(vms, name, AT_REMOVEDIR) && errno != ENOTEMPTY &&
	    errno != EEXIST)
		return -errno;
	return fsync(vms) ? -errno : 0;
}

int store_delete(const struct store *store, const char *name,
	const char *const *disks, int count, store_say *say, void *context,
	struct trouble *why)
{
	struct store_entry entry;
	int folder = store_open(store, name, &entry, why), vms, result;

	if (folder < 0)
		return folder;
	result = empty(folder, disks, count);
	if (!result)
		tell_others(folder, store->paths[entry.storage], name, say,
			context);
	close(folder);
	vms = result ? result : folder_vms(store, entry.storage);
	if (vms >= 0) {
		result = remove_folder(vms, name);
		close(vms);
	} else {
		result = vms;
	}
	return result ? trouble(why, result, "the VM \"%s\" cannot be "
		"deleted: %s", name, strerror(-result)) : 0;
}
