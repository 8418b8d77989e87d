/* What this system was started from, as JSON. */
/* SPDX-License-Identifier: MIT */
#include "show_boot.h"

#include <glob.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "option.h"
#include "places.h"

enum { WORD = 64, PATH = 256, SECTOR = 512 };

/* Whether the partition of this folder in sysfs is of that identity. */
static bool is_it(const char *folder, const char *identity)
{
	char path[PATH], line[160];
	bool is = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/uevent", folder);
	file = fopen(path, "re");
	while (file && !is && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		is = !strncmp(line, "PARTUUID=", 9) &&
			!strcasecmp(line + 9, identity);
	}
	if (file)
		fclose(file);
	return is;
}

/* Linux Documentation/block/stat.rst: the seventh is sectors written. */
static json_int_t written(const char *disk)
{
	unsigned long long sectors = 0;
	char path[PATH];
	FILE *file;

	snprintf(path, sizeof(path), "%s/stat", disk);
	file = fopen(path, "re");
	if (file && fscanf(file, "%*u %*u %*u %*u %*u %*u %llu", &sectors) != 1)
		sectors = 0;
	if (file)
		fclose(file);
	return (json_int_t)(sectors * SECTOR);
}

static void put_disk(json_t *boot, const char *identity)
{
	glob_t found;
	size_t i;

	json_object_set_new(boot, "disk", json_null());
	if (glob(PLACE_PARTITIONS, 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		char *disk;

		if (!is_it(found.gl_pathv[i], identity))
			continue;
		disk = dirname(found.gl_pathv[i]);
		json_object_set_new(boot, "written",
			json_integer(written(disk)));
		json_object_set_new(boot, "disk", json_string(basename(disk)));
		break;
	}
	globfree(&found);
}

void show_boot(json_t *object)
{
	char identity[WORD], slot[WORD];
	bool installed = option_read(PLACE_COMMAND_LINE, "socle.disk",
		identity, sizeof(identity));
	json_t *boot = json_pack("{s:b}", "installed", installed);

	if (installed && option_read(PLACE_COMMAND_LINE, "socle.slot", slot,
		sizeof(slot)))
		json_object_set_new(boot, "slot", json_string(slot));
	if (installed)
		put_disk(boot, identity);
	json_object_set_new(object, "boot", boot);
}
