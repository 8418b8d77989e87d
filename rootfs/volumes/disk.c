/* Disks that become volumes, or parts of one. */
/* SPDX-License-Identifier: MIT */
#include "disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "places.h"
#include "tool.h"

/* Less is of no use, and has no room for a journal. */
#define CLAIM_LEAST (64ull << 20)

#define PARTITION "socle-data"

enum { TEXT = 200 };

/* blkid does not know arrays' parts. */
static void describe(const struct disk *disk, char *text, size_t size)
{
	struct superblock superblock;
	char name[DEVICE_NAME], content[TEXT - 40];

	device_first(disk->name, name);
	superblock_read(disk->partitions ? name : disk->name, &superblock);
	if (*disk->content)
		snprintf(content, sizeof(content), "%.155s", disk->content);
	else if (superblock.kind == SUPERBLOCK_RAID)
		snprintf(content, sizeof(content), "a part of the array %s",
			superblock.label);
	else
		snprintf(content, sizeof(content), "data of an unknown kind");
	if (disk->partitions)
		snprintf(text, size, "%d partition%s (%s)", disk->partitions,
			disk->partitions == 1 ? "" : "s", content);
	else
		snprintf(text, size, "%s", content);
	conf_printable(text);
}

enum disk_can disk_can_claim(const struct disk *disk, char *why, int size)
{
	const char *reason = disk->medium ? "a boot medium of Socle Server" :
		*disk->used ? "in use: " : !disk->bytes ? "it cannot be read" :
		disk->readonly ? "it is read-only" :
		disk->bytes < CLAIM_LEAST ? "it is too small" : NULL;

	*why = '\0';
	if (reason) {
		snprintf(why, (size_t)size, "%s%s", reason, disk->medium ? "" :
			disk->used);
		conf_printable(why);
		return DISK_CANNOT;
	}
	if (disk_is_blank(disk))
		return DISK_CAN;
	describe(disk, why, (size_t)size);
	return DISK_ERASE;
}

static int judge(const struct disk *disk, bool erase, struct trouble *why)
{
	char text[TEXT];
	enum disk_can can = disk_can_claim(disk, text, sizeof(text));

	if (can == DISK_CANNOT)
		return trouble(why, -EBUSY, "%s cannot be claimed: %s",
			disk->name, text);
	if (can == DISK_ERASE && !erase)
		return trouble(why, -EINVAL, "%s is not empty: %s. With "
			"--erase all of it goes", disk->name, text);
	return 0;
}

/* Read before anything else of it. */
int disk_take(const char *typed, bool erase, struct disk_taken *disk,
	struct trouble *why)
{
	const char *name = strncmp(typed, "/dev/", 5) ? typed : typed + 5;
	unsigned long long number = device_number(name);
	struct disk *disks;
	int i, count = disks_read(&disks), error = -ENOENT;

	for (i = 0; i < count && error == -ENOENT; i++) {
		if (strcmp(disks[i].name, name))
			continue;
		snprintf(disk->name, sizeof(disk->name), "%s", name);
		disk->bytes = disks[i].bytes;
		disk->number = number;
		error = judge(&disks[i], erase, why);
	}
	if (count >= 0)
		free(disks);
	return error == -ENOENT ? trouble(why, error, "there is no disk %.40s",
		name) : error;
}

int disk_still(const struct disk_taken *disk, struct trouble *why)
{
	return device_number(disk->name) == disk->number ? 0 : trouble(why,
		-ENODEV, "%s is another disk now: nothing more is written",
		disk->name);
}

int disk_partition(struct disk_taken *disk, struct trouble *why)
{
	char path[64], what[64];
	const char *words[] = { PLACE_SFDISK, "--quiet", "--wipe", "always",
		"--wipe-partitions", "always", path, NULL };
	int error = disk_still(disk, why);

	snprintf(path, sizeof(path), "%s/%.40s", PLACE_DEV, disk->name);
	snprintf(what, sizeof(what), "%.31s cannot be partitioned",
		disk->name);
	if (!error)
		error = tool_run(words, "label: gpt\nname=" PARTITION
			", type=linux\n", what, why);
	if (error)
		return error;
	if (!device_partition(disk->name, disk->partition))
		return trouble(why, -ENODEV, "%s: its partition does not "
			"appear", disk->name);
	return disk_still(disk, why);
}

static void put(json_t *object, const char *key, const char *value)
{
	char text[TEXT];

	snprintf(text, sizeof(text), "%s", value);
	conf_printable(text);
	json_object_set_new(object, key, json_string(text));
}

static json_t *row(const struct disk *disk)
{
	static const char *const words[] = { "yes", "erase", "no" };
	char why[TEXT], content[TEXT];
	enum disk_can can = disk_can_claim(disk, why, sizeof(why));
	json_t *object = json_object();

	snprintf(content, sizeof(content), "%s", can == DISK_CAN ? "empty" :
		can == DISK_ERASE ? why : "");
	if (can == DISK_CANNOT && (disk->partitions || *disk->content))
		describe(disk, content, sizeof(content));
	put(object, "name", disk->name);
	json_object_set_new(object, "bytes",
		json_integer((json_int_t)disk->bytes));
	put(object, "bus", disk->bus);
	put(object, "can", words[can]);
	put(object, "content", content);
	put(object, "model", disk->model);
	put(object, "serial", disk->serial);
	put(object, "used", disk->used);
	put(object, "why", can == DISK_CANNOT ? why : "");
	return object;
}

json_t *disk_list(void)
{
	json_t *list = json_array();
	struct disk *disks;
	int i, count = disks_read(&disks);

	for (i = 0; i < count; i++)
		json_array_append_new(list, row(&disks[i]));
	if (count >= 0)
		free(disks);
	return list;
}
