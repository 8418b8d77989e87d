/* The volumes of the settings, as they are. */
/* SPDX-License-Identifier: MIT */
#include "volume.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "array.h"
#include "places.h"

static const char *const words[] = { "mounted", "missing", "several",
	"failed" };

static void set_state(struct volume *volume, enum volume_state state,
	const char *reason)
{
	volume->state = state;
	snprintf(volume->reason, sizeof(volume->reason), "%s", reason);
	conf_printable(volume->reason);
}

/* What the script has left about it. False: nothing. */
static bool read_reason(struct volume *volume)
{
	char path[300], line[VOLUME_REASON] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", PLACE_REASONS, volume->name);
	file = fopen(path, "re");
	if (file && !fgets(line, sizeof(line), file))
		*line = '\0';
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
	set_state(volume, VOLUME_FAILED, *line ? line : "it is not mounted");
	return *line;
}

static void look_mounted(struct volume *volume, const struct mount *mount)
{
	struct statvfs status;

	snprintf(volume->device, sizeof(volume->device), "%s", mount->device);
	if (!device_exists(mount->device)) {
		set_state(volume, VOLUME_FAILED, "its disk is gone");
		return;
	}
	if (mount->failed)
		set_state(volume, VOLUME_FAILED,
			"it can only be read, after an error");
	else
		set_state(volume, VOLUME_MOUNTED,
			array_is_degraded(mount->device) ?
			"its mirror lacks a disk" : "");
	if (statvfs(volume->folder, &status))
		return;
	volume->bytes = (unsigned long long)status.f_blocks * status.f_frsize;
	volume->left = (unsigned long long)status.f_bavail * status.f_frsize;
}

#define MISSING "no disk has it"

static void look_for(struct volume *volume)
{
	struct device_list found;
	char names[80], reason[VOLUME_REASON];

	device_find(volume->uuid, &found);
	device_names(&found, names, sizeof(names));
	snprintf(reason, sizeof(reason), "%s have the same identity; none of "
		"them is used", names);
	if (!found.count)
		set_state(volume, VOLUME_MISSING, MISSING);
	else if (found.count > 1)
		set_state(volume, VOLUME_SEVERAL, reason);
	else
		read_reason(volume);
	if (found.count == 1)
		snprintf(volume->device, sizeof(volume->device), "%s",
			found.names[0]);
}

bool volume_read(const struct conf *conf, const char *name, bool look,
	struct volume *volume)
{
	char section[VOLUME_NAME + 8];
	struct mount mount;
	const char *uuid;

	memset(volume, 0, sizeof(*volume));
	snprintf(section, sizeof(section), "volume %.15s", name);
	uuid = conf_value(conf, section, "uuid", 0);
	if (!uuid)
		return false;
	snprintf(volume->name, sizeof(volume->name), "%.15s", name);
	snprintf(volume->uuid, sizeof(volume->uuid), "%.36s", uuid);
	mount_folder(volume->name, volume->folder);
	if (mount_of(volume->name, &mount))
		look_mounted(volume, &mount);
	else if (look)
		look_for(volume);
	else if (!read_reason(volume))
		set_state(volume, VOLUME_MISSING, MISSING);
	return true;
}

const char *volume_name(const struct conf *conf, int index)
{
	const char *section = conf_section(conf, "volume", index);

	return section ? section + strlen("volume ") : NULL;
}

const char *volume_storage(const struct conf *conf,
	const struct volume *volume)
{
	size_t size = strlen(volume->folder);
	const char *path;
	int i;

	for (i = 0; (path = conf_value(conf, "host", "storage", i)); i++)
		if (!strncmp(path, volume->folder, size) &&
		    (!path[size] || path[size] == '/'))
			return path;
	return NULL;
}

static void put(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_string(text));
}

static void put_sizes(json_t *object, const struct volume *volume)
{
	if (!volume->bytes)
		return;
	json_object_set_new(object, "bytes",
		json_integer((json_int_t)volume->bytes));
	json_object_set_new(object, "free",
		json_integer((json_int_t)volume->left));
}

static json_t *describe(const struct conf *conf, const struct volume *volume)
{
	json_t *object = json_object();
	const char *storage = volume_storage(conf, volume);
	const char *first = conf_value(conf, "host", "storage", 0);

	put(object, "name", volume->name);
	put(object, "state", words[volume->state]);
	put(object, "device", volume->device);
	put_sizes(object, volume);
	put(object, "folder", volume->folder);
	json_object_set_new(object, "storage", json_boolean(storage));
	json_object_set_new(object, "default", json_boolean(storage && first &&
		!strcmp(storage, first)));
	put(object, "uuid", volume->uuid);
	put(object, "reason", volume->reason);
	return object;
}

static json_t *describe_shortly(const struct volume *volume)
{
	json_t *object = json_object();

	put(object, "name", volume->name);
	put(object, "state", words[volume->state]);
	put_sizes(object, volume);
	put(object, "reason", volume->reason);
	return object;
}

static json_t *list(const struct conf *conf, bool shortly)
{
	json_t *rows = json_array();
	struct volume volume;
	const char *name;
	int i;

	for (i = 0; (name = volume_name(conf, i)); i++)
		if (volume_read(conf, name, !shortly, &volume))
			json_array_append_new(rows, shortly ?
				describe_shortly(&volume) :
				describe(conf, &volume));
	return rows;
}

json_t *volume_list(const struct conf *conf)
{
	return list(conf, false);
}

json_t *volume_list_shortly(const struct conf *conf)
{
	return list(conf, true);
}
