/* Volumes of the settings that end with what was on a disk. */
/* SPDX-License-Identifier: MIT */
#include "lost.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION = LOST_NAME + 8, KIND = 7 }; /* "volume " */

#define VOLUMES "/volumes/"

static unsigned where(const struct conf *conf, const struct disk *disk,
	const char *section)
{
	const char *uuid = conf_value(conf, section, "uuid", 0);

	return uuid ? disk_has(disk, uuid) : 0;
}

/* One that is elsewhere, too, is used there when this one is gone. */
static bool is_lost(const struct conf *conf, const struct disk *disk,
	const char *section)
{
	return where(conf, disk, section) == DISK_HERE;
}

/* The index-th of them. */
static const char *lost(const struct conf *conf, const struct disk *disk,
	int index)
{
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, "volume", i)); i++)
		if (is_lost(conf, disk, section) && !index--)
			return section;
	return NULL;
}

const char *lost_names(const struct conf *conf, const struct disk *disk,
	char *names, size_t size)
{
	const char *section;
	size_t used = 0;
	int i;

	for (i = 0; (section = lost(conf, disk, i)) && used < size; i++)
		used += (size_t)snprintf(names + used, size - used, "%s%s",
			i ? ", " : "", section + KIND);
	return i ? names : NULL;
}

/* The section of the volume that a folder is on; false: on none. */
static bool section_of(const char *folder, char section[SECTION])
{
	if (strncmp(folder, VOLUMES, strlen(VOLUMES)))
		return false;
	folder += strlen(VOLUMES);
	snprintf(section, SECTION, "volume %.*s", (int)strcspn(folder, "/"),
		folder);
	return true;
}

static bool is_on(const char *folder, const char *volume)
{
	char section[SECTION];

	return section_of(folder, section) && !strcmp(section, volume);
}

/* VMs can be stored there, as far as one can know. */
static bool is_there(const struct conf *conf, const struct disk *disk,
	const char *folder)
{
	char section[SECTION];

	return !section_of(folder, section) ||
		where(conf, disk, section) & DISK_ELSEWHERE;
}

/* [host] storage: first (NULL: nothing), and what it has but what is on a volume. */
static int change_storage(struct conf *conf, const char *first,
	const char *without)
{
	char **paths;
	const char *folder;
	int i, count = 0, result = 0;

	for (i = 0; conf_value(conf, "host", "storage", i); i++)
		;
	/* Of its own: conf's do not outlive the change. */
	paths = calloc((size_t)i + 1, sizeof(*paths));
	if (!paths)
		return -ENOMEM;
	if (first)
		paths[count++] = strdup(first);
	for (i = 0; (folder = conf_value(conf, "host", "storage", i)); i++)
		if (!without || !is_on(folder, without))
			paths[count++] = strdup(folder);
	for (i = 0; i < count; i++)
		result = paths[i] ? result : -ENOMEM;
	if (!result && count)
		result = conf_set(conf, "host", "storage",
			(const char *const *)paths, count, NULL, NULL);
	else if (!result)
		conf_unset(conf, "host", "storage");
	while (count)
		free(paths[--count]);
	free(paths);
	return result;
}

/* VMs are stored on the new volume, if there is no other place for them. */
static int store(struct conf *conf, const struct disk *disk,
	const char *section)
{
	const char *folder;
	char path[SECTION + 16];
	int i;

	for (i = 0; (folder = conf_value(conf, "host", "storage", i)); i++)
		if (is_on(folder, section) || is_there(conf, disk, folder))
			return 0;
	snprintf(path, sizeof(path), VOLUMES "%s", section + KIND);
	return change_storage(conf, path, NULL);
}

static int forget(struct conf *conf, const char *section)
{
	char name[SECTION];
	int result;

	snprintf(name, sizeof(name), "%s", section);
	result = change_storage(conf, NULL, name);
	return result ? result : conf_unset(conf, name, NULL);
}

static void choose_name(const struct conf *conf, char section[SECTION])
{
	int number = 1;

	do {
		snprintf(section, SECTION, number > 1 ? "volume data%d" :
			"volume data", number);
		number++;
	} while (conf_line(conf, section, NULL));
}

static int renew(struct conf *conf, const struct disk *disk, const char *uuid,
	char name[LOST_NAME])
{
	const char *found = lost(conf, disk, 0);
	char section[SECTION];
	int result;

	if (found)
		snprintf(section, sizeof(section), "%s", found);
	else
		choose_name(conf, section);
	result = conf_set(conf, section, "uuid", &uuid, 1, NULL, NULL);
	snprintf(name, LOST_NAME, "%.31s", section + KIND);
	return result ? result : store(conf, disk, section);
}

int lost_renew(struct conf *conf, const struct disk *disk, const char *uuid,
	char name[LOST_NAME])
{
	const char *section;
	int result = 0;

	if (uuid)
		result = renew(conf, disk, uuid, name);
	while (!result && (section = lost(conf, disk, 0)))
		result = forget(conf, section);
	return result;
}
