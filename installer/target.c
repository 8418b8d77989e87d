/* Which disk an installation goes to, by rules. */
/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "attribute.h"
#include "keys.h"
#include "places.h"
#include "table.h"

/* As it is shown, and so copied from there. */
static bool is_called(const char *rule, const char *name)
{
	char squeezed[128];

	snprintf(squeezed, sizeof(squeezed), "%s", rule);
	attribute_squeeze(squeezed);
	return !fnmatch(squeezed, name, 0);
}

/* NULL: it fits, else what does not. */
static const char *misfit(const struct conf *conf, const struct disk *disk)
{
	const char *why = disk_why_not(disk);
	const char *bus = conf_value(conf, "install", "bus", 0);
	const char *least = conf_value(conf, "install", "least", 0);
	const char *most = conf_value(conf, "install", "most", 0);
	const char *model = conf_value(conf, "install", "model", 0);
	const char *serial = conf_value(conf, "install", "serial", 0);

	if (why)
		return why;
	if (bus && strcasecmp(bus, disk->bus))
		return "another bus";
	if (least && disk->bytes < size_value(least))
		return "smaller than least";
	if (most && disk->bytes > size_value(most))
		return "larger than most";
	if (model && !is_called(model, disk->model))
		return "another model";
	if (serial && strcmp(serial, disk->serial))
		return "another serial number";
	return NULL;
}

static void append(char *text, size_t size, const char *one, const char *two)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s%s%s", used ? ", " : "", one,
		two ? ": " : "", two ? two : "");
}

static const struct disk *none(const struct conf *conf,
	const struct disk *disks, int count, struct trouble *why)
{
	char list[160] = "";
	int i;

	for (i = 0; i < count; i++)
		append(list, sizeof(list), disks[i].name,
			misfit(conf, &disks[i]));
	trouble(why, -ENODEV, "no disk is what [install] says%s%s%s",
		*list ? " (" : "", list, *list ? ")" : "");
	return NULL;
}

const struct disk *target_pick(const struct conf *conf,
	const struct disk *disks, int count, struct trouble *why)
{
	const char *overwrite = conf_value(conf, "install", "overwrite", 0);
	const struct disk *found = NULL;
	char list[160] = "", content[200];
	int i, several = 0;

	for (i = 0; i < count; i++) {
		if (misfit(conf, &disks[i]))
			continue;
		append(list, sizeof(list), disks[i].name, NULL);
		found = &disks[i];
		several++;
	}
	if (!several)
		return none(conf, disks, count, why);
	if (several > 1) {
		trouble(why, -EINVAL, "several disks are what [install] says "
			"(%s): say more of the one", list);
		return NULL;
	}
	if (target_content(found, content, sizeof(content)) &&
	    (!overwrite || strcmp(overwrite, "yes"))) {
		trouble(why, -EEXIST, "%s is not empty (%s): only with "
			"overwrite = yes", found->name, content);
		return NULL;
	}
	return found;
}

/* What became a data volume since is called as ours are, too, and sfdisk keeps the
 * first sector's code. */
bool target_interrupted(const struct disk *disk)
{
	char path[64];

	snprintf(path, sizeof(path), PLACE_DEVICES "/%s", disk->name);
	return !disk->foreign && table_interrupted(path) &&
		(disk->loader || (!disk->partitions && !*disk->content));
}

const char *target_content(const struct disk *disk, char *text, size_t size)
{
	if (target_interrupted(disk) || disk_is_blank(disk))
		return NULL;
	if (disk->partitions || *disk->content)
		disk_content_text(disk, text, size);
	else
		snprintf(text, size, "content that is not known");
	return text;
}
