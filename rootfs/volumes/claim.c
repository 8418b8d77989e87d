/* Volumes that are made: of a disk, of a mirror, anew. */
/* SPDX-License-Identifier: MIT */
#include "claim.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "busy.h"
#include "disk.h"
#include "entry.h"
#include "places.h"
#include "tool.h"

enum { WHAT = 100 };

int claim_mount(const char *name, const char *uuid, struct trouble *why)
{
	char what[WHAT];
	const char *words[] = { PLACE_SCRIPT, "mount", name, uuid,
		NULL };

	snprintf(what, sizeof(what), "the volume %.15s cannot be mounted",
		name);
	return tool_run(words, NULL, what, why);
}

int claim_unmount(const char *name, bool lazily, struct trouble *why)
{
	char what[WHAT];
	const char *words[] = { PLACE_SCRIPT, lazily ? "leave" : "unmount",
		name, NULL };

	snprintf(what, sizeof(what), "the volume %.15s cannot be unmounted",
		name);
	return tool_run(words, NULL, what, why) ? -EBUSY : 0;
}

static int new_uuid(char uuid[UUID_SIZE], struct trouble *why)
{
	FILE *file = fopen(PLACE_NEW_UUID, "re");
	bool good = file && fgets(uuid, UUID_SIZE, file) &&
		strlen(uuid) == UUID_SIZE - 1;

	if (file)
		fclose(file);
	return good ? 0 : trouble(why, -EIO, "there is no new UUID");
}

/* One file in 64 KB at most; what is reserved for root would be lost. */
static int make(const char *device, const char *name, const char *uuid,
	struct trouble *why)
{
	char path[64], what[WHAT];
	const char *words[] = { PLACE_MKFS, "-q", "-F", "-m", "0", "-i", "65536",
		"-E", "lazy_itable_init=1,lazy_journal_init=1", "-L",
		name, "-U", uuid, path, NULL };

	snprintf(path, sizeof(path), "%s/%.40s", PLACE_DEV, device);
	snprintf(what, sizeof(what), "%.31s cannot be formatted", device);
	return tool_run(words, NULL, what, why);
}

/* The settings have it when it is good: until then nothing names it. */
static int finish(const char *device, const char *name, struct trouble *why)
{
	char uuid[UUID_SIZE];
	int error = new_uuid(uuid, why);

	if (!error)
		error = make(device, name, uuid, why);
	if (!error)
		error = claim_mount(name, uuid, why);
	if (error)
		return error;
	error = entry_add(name, uuid, why);
	if (error)
		claim_unmount(name, false, NULL);
	return error;
}

int claim(char **words, bool erase, struct trouble *why)
{
	struct disk_taken disk;
	int error = entry_check_name(words[1], why);

	if (!error)
		error = disk_take(words[0], erase, &disk, why);
	if (!error)
		error = disk_partition(&disk, why);
	return error ? error : finish(disk.partition, words[1], why);
}

static int assemble(const char *name, const char *one, const char *other,
	char array[DEVICE_NAME], struct trouble *why)
{
	char node[64], title[32], first[64], second[64];
	const char *words[] = { PLACE_MDADM, "--create", node, "--run", "--quiet",
		"--level=1", "--metadata=1.2", "--bitmap=internal",
		"--homehost=any", title, "--raid-devices=2", first, second,
		NULL };
	int error;

	snprintf(node, sizeof(node), "%s/md/%s", PLACE_DEV, name);
	snprintf(title, sizeof(title), "--name=%s", name);
	snprintf(first, sizeof(first), "%s/%s", PLACE_DEV, one);
	snprintf(second, sizeof(second), "%s/%s", PLACE_DEV, other);
	error = tool_run(words, NULL, "the mirror cannot be made", why);
	if (error || device_holder(one, array))
		return error;
	return trouble(why, -ENODEV, "the mirror does not appear");
}

/* It is nobody's: its disks can be claimed again. */
static void dissolve(const char *array)
{
	char path[64];
	const char *words[] = { PLACE_MDADM, "--stop", "--quiet", path, NULL };

	snprintf(path, sizeof(path), "%s/%.40s", PLACE_DEV, array);
	tool_run(words, NULL, "", NULL);
}

int claim_mirror(char **words, bool erase, struct trouble *why)
{
	struct disk_taken disks[2];
	char array[DEVICE_NAME];
	int i, error = entry_check_name(words[2], why);

	for (i = 0; !error && i < 2; i++)
		error = disk_take(words[i], erase, &disks[i], why);
	if (!error && !strcmp(disks[0].name, disks[1].name))
		error = trouble(why, -EINVAL, "a mirror has two disks");
	for (i = 0; !error && i < 2; i++)
		error = disk_partition(&disks[i], why);
	/* The first one had time to go. */
	if (!error)
		error = disk_still(&disks[0], why);
	if (!error)
		error = assemble(words[2], disks[0].partition,
			disks[1].partition, array, why);
	if (error)
		return error;
	error = finish(array, words[2], why);
	if (error)
		dissolve(array);
	return error;
}

/* Those that nobody has put there: a copy of the settings is in .socle. */
static bool is_nobodys(const char *name)
{
	static const char *const names[] = { ".", "..", "lost+found",
		".socle" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static bool has_files(const char *folder)
{
	const struct dirent *entry;
	bool any = false;
	DIR *list = opendir(folder);

	while (list && !any && (entry = readdir(list)))
		any = !is_nobodys(entry->d_name);
	if (list)
		closedir(list);
	return any;
}

static int check_format(const struct conf *conf, const struct volume *volume,
	bool erase, struct trouble *why)
{
	const char *storage = volume_storage(conf, volume);
	char names[80];

	if (volume->state == VOLUME_MISSING || volume->state == VOLUME_SEVERAL)
		return trouble(why, -ENODEV, "the volume %s is not there: %s",
			volume->name, volume->reason);
	if (!device_exists(volume->device))
		return trouble(why, -ENODEV, "the volume %s is not there: its "
			"disk is gone", volume->name);
	if (busy_vms(volume->folder, names, sizeof(names)))
		return trouble(why, -EBUSY, "VMs that run have files on %s: %s",
			volume->name, names);
	if (storage)
		return trouble(why, -EBUSY, "[host] storage has %s: take it "
			"out first (host set host storage-=%s)", storage,
			storage);
	if (!erase && (volume->state != VOLUME_MOUNTED ||
		has_files(volume->folder)))
		return trouble(why, -EINVAL, "the volume %s is not empty. With "
			"--erase all of it goes", volume->name);
	return 0;
}

/* What has it now: the name of its device may be another's. */
static int find_again(const struct volume *volume, char device[DEVICE_NAME],
	struct trouble *why)
{
	struct device_list found;
	char names[80];

	device_find(volume->uuid, &found);
	device_names(&found, names, sizeof(names));
	if (found.count > 1)
		return trouble(why, -ENODEV, "the volume %s is there more than "
			"once: %s", volume->name, names);
	if (!found.count)
		return trouble(why, -ENODEV, "the volume %s is not there any "
			"more", volume->name);
	snprintf(device, DEVICE_NAME, "%s", found.names[0]);
	return 0;
}

/* With the UUID that the settings have: a power cut loses but what is to go. */
static int format(const struct volume *volume, struct trouble *why)
{
	char device[DEVICE_NAME];
	struct mount mount;
	int error = find_again(volume, device, why);

	/* Refused, it stays mounted; meanwhile it may have gone. */
	if (!error && mount_of(volume->name, &mount))
		error = claim_unmount(volume->name, false, why);
	if (!error)
		error = find_again(volume, device, why);
	if (!error)
		error = make(device, volume->name, volume->uuid, why);
	if (!error)
		error = claim_mount(volume->name, volume->uuid, why);
	if (!error)
		printf("the volume %s is empty\n", volume->name);
	return error;
}

int claim_format(char **words, bool erase, struct trouble *why)
{
	struct volume volume;
	struct conf *conf;
	int error = entry_read(words[0], &volume, &conf, why);

	if (!error)
		error = check_format(conf, &volume, erase, why);
	conf_free(conf);
	return error ? error : format(&volume, why);
}
