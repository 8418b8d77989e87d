/* Volumes that exist: used as they are, or no more; mirrors are made whole. */
/* SPDX-License-Identifier: MIT */
#include "adopt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "busy.h"
#include "claim.h"
#include "disk.h"
#include "entry.h"
#include "keys.h"
#include "places.h"
#include "settings.h"
#include "tool.h"

/* SPARE: bytes that a table of partitions takes at least. */
enum { PATH_SIZE = 64, SPARE = 1 << 20 };

static void assemble_all(void)
{
	const char *words[] = { PLACE_SCRIPT, "assemble", NULL };

	tool_run(words, NULL, "", NULL);
}

/* Those that nobody uses are stopped again. */
static void let_go(void)
{
	const char *words[] = { PLACE_SCRIPT, "release", NULL };

	tool_run(words, NULL, "", NULL);
}

/* Of a part, the array. */
static int uuid_of(const char *device, char uuid[UUID_SIZE],
	struct trouble *why)
{
	struct superblock superblock;
	char holder[DEVICE_NAME];

	superblock_read(device, &superblock);
	if (superblock.kind == SUPERBLOCK_RAID &&
	    device_holder(device, holder))
		superblock_read(holder, &superblock);
	if (superblock.kind == SUPERBLOCK_RAID)
		return trouble(why, -EINVAL, "%s is a part of an array that "
			"cannot be started", device);
	if (superblock.kind != SUPERBLOCK_EXT4)
		return trouble(why, -EINVAL, "%s has no ext4 file system",
			device);
	snprintf(uuid, UUID_SIZE, "%s", superblock.uuid);
	return 0;
}

/* The file system's UUID, of what was typed. */
static int resolve(const char *typed, char uuid[UUID_SIZE],
	struct trouble *why)
{
	char name[DEVICE_NAME];
	struct device_list found;
	struct superblock superblock;

	if (good_uuid(typed)) {
		snprintf(uuid, UUID_SIZE, "%s", typed);
		device_find(uuid, &found);
		if (!found.count)
			assemble_all();
		return 0;
	}
	if (!device_named(typed, name))
		return trouble(why, -ENOENT, "there is no device %.60s",
			typed);
	superblock_read(name, &superblock);
	if (superblock.kind == SUPERBLOCK_RAID)
		assemble_all();
	return uuid_of(name, uuid, why);
}

static int check_alone(const char *uuid, struct trouble *why)
{
	char names[80], folder[MOUNT_FOLDER];
	struct device_list found;

	device_find(uuid, &found);
	device_names(&found, names, sizeof(names));
	if (!found.count)
		return trouble(why, -ENOENT, "no device has the file system "
			"%s", uuid);
	if (found.count > 1)
		return trouble(why, -EINVAL, "%s have the same identity: none "
			"of them is used", names);
	if (mount_of_device(found.names[0], folder))
		return trouble(why, -EBUSY, "%s is in use: %s", found.names[0],
			folder);
	return 0;
}

int adopt(char **words, bool erase, struct trouble *why)
{
	char uuid[UUID_SIZE];
	int error = entry_check_name(words[1], why);

	(void)erase;
	if (!error)
		error = resolve(words[0], uuid, why);
	if (!error)
		error = check_alone(uuid, why);
	if (!error)
		error = claim_mount(words[1], uuid, why);
	if (!error) {
		error = entry_add(words[1], uuid, why);
		if (error)
			claim_unmount(words[1], false, NULL);
	}
	if (error)
		let_go();
	return error;
}

/* What holds the folder for VMs is the management service, which begins anew
 * when the settings do not have it any more. */
static int forget(const struct conf *conf, const struct volume *volume,
	struct trouble *why)
{
	struct mount mount;
	bool mounted = mount_of(volume->name, &mount);
	bool storage = volume_storage(conf, volume);
	char names[80];
	int error = settings_may_keep(why);

	if (error)
		return error;
	if (mounted && busy_vms(volume->folder, names, sizeof(names)))
		return trouble(why, -EBUSY, "VMs that run have files on %s: %s",
			volume->name, names);
	if (mounted && !storage)
		error = claim_unmount(volume->name, false, why);
	if (!error)
		error = entry_remove(volume, why);
	if (!error && mounted && storage)
		error = claim_unmount(volume->name, true, why);
	if (!error)
		let_go();
	return error;
}

int adopt_forget(char **words, bool erase, struct trouble *why)
{
	struct volume volume;
	struct conf *conf;
	int error = entry_read(words[0], &volume, &conf, why);

	(void)erase;
	if (!error)
		error = forget(conf, &volume, why);
	conf_free(conf);
	return error;
}

static int manage(const char *array, const char *action, const char *what,
	struct trouble *why)
{
	char node[PATH_SIZE];
	const char *words[] = { PLACE_MDADM, "--manage", "--quiet", node,
		action, what, NULL };
	char sentence[PATH_SIZE * 2];

	snprintf(node, sizeof(node), "%s/%s", PLACE_DEV, array);
	snprintf(sentence, sizeof(sentence), "%.40s cannot be put into the "
		"mirror", what);
	return tool_run(words, NULL, sentence, why);
}

/* It has been in it, and has but to be brought up to date. */
static bool was_part(const char *disk, const struct array *array)
{
	struct superblock of_array, superblock;
	char name[DEVICE_NAME];
	int i;

	for (i = 0; i < array->count; i++) {
		superblock_read(array->disks[i].name, &of_array);
		if (of_array.kind == SUPERBLOCK_RAID)
			break;
	}
	device_first(disk, name);
	superblock_read(name, &superblock);
	return i < array->count && superblock.kind == SUPERBLOCK_RAID &&
		!strcmp(superblock.uuid, of_array.uuid);
}

static int add_to(const struct array *array, const char *typed, bool erase,
	struct trouble *why)
{
	char partition[DEVICE_NAME], node[PATH_SIZE];
	struct disk_taken disk;
	const char *name = strncmp(typed, "/dev/", 5) ? typed : typed + 5;
	bool again = *name && strlen(name) < DEVICE_NAME &&
		!strchr(name, '/') && was_part(name, array);
	int error;

	manage(array->name, "--remove", "failed", NULL);
	manage(array->name, "--remove", "detached", NULL);
	error = disk_take(name, erase || again, &disk, why);
	if (error)
		return error;
	if (disk.bytes < device_bytes(array->name) + SPARE)
		return trouble(why, -EINVAL, "%s is smaller than the volume",
			disk.name);
	if (again && device_partition(name, partition)) {
		snprintf(node, sizeof(node), "%s/%s", PLACE_DEV, partition);
		if (!manage(array->name, "--re-add", node, NULL))
			return 0;
	}
	if (again && !erase)
		return trouble(why, -EINVAL, "%s was in the mirror, but cannot "
			"be brought up to date. With --erase it is written "
			"anew, and all that is on it goes", disk.name);
	error = disk_partition(&disk, why);
	if (error)
		return error;
	snprintf(node, sizeof(node), "%s/%s", PLACE_DEV, disk.partition);
	return manage(array->name, "--add", node, why);
}

static int sound_disks(const struct array *array)
{
	int i, sound = 0;

	for (i = 0; i < array->count; i++)
		sound += !array->disks[i].failed;
	return sound;
}

int adopt_disk(char **words, bool erase, struct trouble *why)
{
	struct volume volume;
	struct array array;
	struct conf *conf;
	int error = entry_read(words[1], &volume, &conf, why);

	conf_free(conf);
	if (error)
		return error;
	if (!*volume.device || !array_read(volume.device, &array))
		return trouble(why, -EINVAL, "the volume %s is no mirror, or "
			"it is not there", volume.name);
	if (sound_disks(&array) >= array.slots)
		return trouble(why, -EINVAL, "the mirror %s has all its disks",
			volume.name);
	error = add_to(&array, words[2], erase, why);
	if (!error)
		printf("%s is in the mirror %s, which copies to it now\n",
			words[2], volume.name);
	return error;
}
