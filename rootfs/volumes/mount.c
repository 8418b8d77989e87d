/* Where volumes are mounted. */
/* SPDX-License-Identifier: MIT */
#include "mount.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "places.h"

struct line {
	char device[DEVICE_NAME], folder[MOUNT_FOLDER], options[256];
};

void mount_folder(const char *name, char folder[MOUNT_FOLDER])
{
	snprintf(folder, MOUNT_FOLDER, "%s/%.64s", PLACE_VOLUMES, name);
}

/* The next line of a device's; false: there is none. */
static bool next(FILE *file, struct line *line)
{
	char text[PATH_MAX * 2];

	while (fgets(text, sizeof(text), file))
		if (sscanf(text, "/dev/%31s %127s %*s %255s", line->device,
			line->folder, line->options) == 3)
			return true;
	return false;
}

static bool has_option(const char *options, const char *word)
{
	size_t size = strlen(word), length;

	for (; *options; options += length + (options[length] == ',')) {
		length = strcspn(options, ",");
		if (length == size && !strncmp(options, word, size))
			return true;
	}
	return false;
}

/* The last one is on top. */
bool mount_of(const char *name, struct mount *mount)
{
	FILE *file = fopen(PLACE_MOUNTS, "re");
	char folder[MOUNT_FOLDER];
	struct line line;
	bool found = false;

	mount_folder(name, folder);
	while (file && next(file, &line)) {
		if (strcmp(line.folder, folder))
			continue;
		found = true;
		snprintf(mount->device, sizeof(mount->device), "%s",
			line.device);
		mount->failed = !device_exists(line.device) ||
			has_option(line.options, "ro") ||
			has_option(line.options, "emergency_ro") ||
			has_option(line.options, "shutdown");
	}
	if (file)
		fclose(file);
	return found;
}

bool mount_of_device(const char *device, char folder[MOUNT_FOLDER])
{
	FILE *file = fopen(PLACE_MOUNTS, "re");
	struct line line;
	bool found = false;

	while (file && !found && next(file, &line)) {
		found = !strcmp(line.device, device);
		if (found)
			snprintf(folder, MOUNT_FOLDER, "%s", line.folder);
	}
	if (file)
		fclose(file);
	return found;
}
