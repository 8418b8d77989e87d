/* Arrays of disks that run, as md has them. */
/* SPDX-License-Identifier: MIT */
#include "array.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "installer/attribute.h"
#include "places.h"

enum { PATH_SIZE = 400 };

static void add_disk(struct array *array, const char *folder,
	const char *entry)
{
	struct array_disk *disk = &array->disks[array->count];
	char path[PATH_SIZE + 80], state[128];

	snprintf(disk->name, sizeof(disk->name), "%.31s", entry + 4);
	snprintf(path, sizeof(path), "%s/%.60s", folder, entry);
	attribute_text(path, "state", state, sizeof(state));
	disk->failed = strstr(state, "faulty") ||
		!device_exists(disk->name);
	array->count++;
}

static int by_name(const void *one, const void *other)
{
	const struct array_disk *a = one, *b = other;

	return strcmp(a->name, b->name);
}

static void read_disks(struct array *array, const char *folder)
{
	DIR *list = opendir(folder);
	const struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (!strncmp(entry->d_name, "dev-", 4) &&
		    array->count < ARRAY_DISKS)
			add_disk(array, folder, entry->d_name);
	if (list)
		closedir(list);
	qsort(array->disks, (size_t)array->count, sizeof(*array->disks),
		by_name);
}

/* "1234 / 5678", in sectors. */
static int percent_of(const char *folder)
{
	unsigned long long done, all;
	char text[64];

	attribute_text(folder, "sync_completed", text, sizeof(text));
	if (sscanf(text, "%llu / %llu", &done, &all) != 2 || !all)
		return -1;
	return (int)(done >= all ? 100 : done * 100 / all);
}

static void read_state(struct array *array, const char *folder)
{
	char state[ARRAY_WORD], action[ARRAY_WORD];

	attribute_text(folder, "array_state", state, sizeof(state));
	attribute_text(folder, "sync_action", action, sizeof(action));
	array->percent = percent_of(folder);
	if (!*state || !strcmp(state, "inactive") || !strcmp(state, "clear"))
		array->state = "inactive";
	else if (!strcmp(action, "resync") || !strcmp(action, "recover"))
		array->state = "resyncing";
	else if (attribute_number(folder, "degraded"))
		array->state = "degraded";
	else
		array->state = "clean";
}

static void read_label(struct array *array)
{
	struct superblock superblock;
	int i;

	for (i = 0; i < array->count && !*array->label; i++) {
		superblock_read(array->disks[i].name, &superblock);
		if (superblock.kind == SUPERBLOCK_RAID)
			strcpy(array->label, superblock.label);
	}
}

bool array_read(const char *name, struct array *array)
{
	char folder[PATH_SIZE];

	memset(array, 0, sizeof(*array));
	snprintf(array->name, sizeof(array->name), "%s", name);
	snprintf(folder, sizeof(folder), "%s/%s/md", PLACE_CLASS, name);
	if (access(folder, F_OK))
		return false;
	attribute_text(folder, "level", array->level, sizeof(array->level));
	array->slots = (int)attribute_number(folder, "raid_disks");
	read_disks(array, folder);
	read_state(array, folder);
	read_label(array);
	return true;
}

bool array_is_degraded(const char *name)
{
	struct array array = { .state = NULL };
	char folder[PATH_SIZE];

	snprintf(folder, sizeof(folder), "%s/%s/md", PLACE_CLASS, name);
	read_state(&array, folder);
	return !strcmp(array.state, "degraded");
}

static int is_array(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "md", 2) &&
		isdigit((unsigned char)entry->d_name[2]) &&
		!strchr(entry->d_name, 'p') &&
		strlen(entry->d_name) < DEVICE_NAME;
}

bool array_next(int index, struct array *array)
{
	struct dirent **entries;
	int i, count = scandir(PLACE_CLASS, &entries, is_array, versionsort);
	bool found = false;

	for (i = 0; i < count; i++) {
		found = found || (i == index &&
			array_read(entries[i]->d_name, array));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return found;
}
