/* Block devices that may have a volume: disks, partitions, arrays. */
/* SPDX-License-Identifier: MIT */
#include "device.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "installer/attribute.h"
#include "places.h"

enum { PATH_SIZE = 400, TRIES = 100, PAUSE = 100000 };

/* Nothing that is made of memory or of other machines, or that turns. */
static int may_have(const struct dirent *entry)
{
	static const char *const others[] = { ".", "loop", "ram", "zram", "sr",
		"fd", "nbd", "mtd" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strncmp(entry->d_name, others[i], strlen(others[i])))
			return 0;
	return strlen(entry->d_name) < DEVICE_NAME;
}

static void path_of(char path[PATH_SIZE], const char *name, const char *file)
{
	snprintf(path, PATH_SIZE, "%s/%s/%s", PLACE_CLASS, name, file);
}

/* The first name in one of its folders. */
static bool first_in(const char *name, const char *folder,
	char found[DEVICE_NAME])
{
	char path[PATH_SIZE];
	const struct dirent *entry;
	DIR *list;

	path_of(path, name, folder);
	list = opendir(path);
	*found = '\0';
	while (list && !*found && (entry = readdir(list)))
		if (may_have(entry))
			snprintf(found, DEVICE_NAME, "%.31s", entry->d_name);
	if (list)
		closedir(list);
	return *found;
}

bool device_holder(const char *name, char holder[DEVICE_NAME])
{
	return first_in(name, "holders", holder);
}

bool device_exists(const char *name)
{
	char path[PATH_SIZE];

	path_of(path, name, "size");
	return !access(path, F_OK);
}

unsigned long long device_bytes(const char *name)
{
	char path[PATH_SIZE];

	path_of(path, name, "");
	return attribute_number(path, "size") * 512;
}

/* A name that is none leads out of the folder. */
unsigned long long device_number(const char *name)
{
	char path[PATH_SIZE];

	if (strchr(name, '/'))
		return 0;
	path_of(path, name, "");
	return attribute_number(path, "diskseq");
}

static bool has(const char *name, enum superblock_kind kind, const char *uuid)
{
	struct superblock superblock;
	char holder[DEVICE_NAME];

	if (kind == SUPERBLOCK_EXT4 && device_holder(name, holder))
		return false;
	superblock_read(name, &superblock);
	return superblock.kind == kind && !strcasecmp(superblock.uuid, uuid);
}

bool device_has(const char *name, const char *uuid)
{
	return has(name, SUPERBLOCK_EXT4, uuid);
}

void device_each(void (*take)(void *context, const char *name), void *context)
{
	struct dirent **entries;
	int i, count = scandir(PLACE_CLASS, &entries, may_have, versionsort);

	for (i = 0; i < count; i++) {
		take(context, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

struct wanted {
	enum superblock_kind kind;
	const char *uuid;
	struct device_list *found;
};

static void look(void *context, const char *name)
{
	const struct wanted *wanted = context;
	struct device_list *found = wanted->found;

	if (!has(name, wanted->kind, wanted->uuid))
		return;
	if (found->count < DEVICES_FOUND)
		snprintf(found->names[found->count], DEVICE_NAME, "%.31s",
			name);
	found->count++;
}

static void find(enum superblock_kind kind, const char *uuid,
	struct device_list *found)
{
	struct wanted wanted = { kind, uuid, found };

	found->count = 0;
	device_each(look, &wanted);
}

void device_find(const char *uuid, struct device_list *found)
{
	find(SUPERBLOCK_EXT4, uuid, found);
}

void device_find_parts(const char *uuid, struct device_list *found)
{
	find(SUPERBLOCK_RAID, uuid, found);
}

void device_names(const struct device_list *list, char *text, int size)
{
	int i, used = 0;

	*text = '\0';
	for (i = 0; i < list->count && i < DEVICES_FOUND && used < size; i++)
		used += snprintf(text + used, (size_t)(size - used), "%s%s",
			i ? " " : "", list->names[i]);
}

bool device_named(const char *typed, char name[DEVICE_NAME])
{
	if (!strncmp(typed, "/dev/", 5))
		typed += 5;
	if (!*typed || strlen(typed) >= DEVICE_NAME || strchr(typed, '/') ||
	    *typed == '.')
		return false;
	snprintf(name, DEVICE_NAME, "%s", typed);
	return device_exists(name);
}

void device_first(const char *disk, char partition[DEVICE_NAME])
{
	bool digit = *disk && isdigit((unsigned char)disk[strlen(disk) - 1]);

	snprintf(partition, DEVICE_NAME, "%.28s%s1", disk, digit ? "p" : "");
}

bool device_partition(const char *disk, char partition[DEVICE_NAME])
{
	char path[PATH_SIZE];
	int tries;

	device_first(disk, partition);
	snprintf(path, sizeof(path), "%s/%s", PLACE_DEV, partition);
	for (tries = 0; tries < TRIES; tries++) {
		if (device_exists(partition) && !access(path, F_OK))
			return true;
		usleep(PAUSE);
	}
	return false;
}
