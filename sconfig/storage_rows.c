/* Volumes, disks and arrays as rows of one list. */
/* SPDX-License-Identifier: MIT */
#include "storage_rows.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "rootfs/vmms/cell.h"
#include "rootfs/vmms/unit.h"

enum { ABOUT = 320 };

static void put(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, json_string(text));
}

/* "RAID 1" */
static const char *level(const json_t *row, char room[32])
{
	const char *text = lines_text(row, "level");

	snprintf(room, 32, "%s%.20s", strncmp(text, "raid", 4) ? "" : "RAID ",
		text + (strncmp(text, "raid", 4) ? 0 : 4));
	return room;
}

static void say_volume(json_t *row)
{
	const json_t *left = json_object_get(row, "free");
	char room[UNIT_TEXT] = "", about[ABOUT];

	if (left)
		unit_print("free", json_integer_value(left), room);
	if (*lines_text(row, "reason") && left)
		snprintf(about, sizeof(about), "%s free, on %s: %s", room,
			lines_text(row, "device"), lines_text(row, "reason"));
	else if (*lines_text(row, "reason"))
		snprintf(about, sizeof(about), "%s", lines_text(row,
			"reason"));
	else
		snprintf(about, sizeof(about), "%s free, on %s%s", room,
			lines_text(row, "device"), json_is_true(
				json_object_get(row, "default")) ?
			", for new VMs" : json_is_true(json_object_get(row,
				"storage")) ? ", for VMs" : "");
	put(row, "says", strcmp(lines_text(row, "state"), "mounted") ?
		lines_text(row, "state") : "in use");
	put(row, "about", about);
}

static void say_disk(json_t *row)
{
	const char *can = lines_text(row, "can"), *used = lines_text(row,
		"used");
	const char *content = lines_text(row, "content");
	char about[ABOUT];

	put(row, "says", !strcmp(can, "yes") ? "empty" : !strcmp(can,
		"erase") ? "has data" : *used ? "in use" : "no");
	snprintf(about, sizeof(about), "%s%s%.60s%s%.80s", lines_text(row,
		"bus"), *lines_text(row, "model") ? ", " : "", lines_text(row,
			"model"), strcmp(can, "yes") ? ": " : "",
		*used ? used : !strcmp(can, "no") ? lines_text(row, "why") :
		!strcmp(can, "yes") ? "" : content);
	put(row, "about", about);
}

static void say_array(json_t *row)
{
	const json_t *percent = json_object_get(row, "percent");
	char room[CELL_TEXT], about[ABOUT], kind[32];

	snprintf(about, sizeof(about), "%s of %.200s", level(row, kind),
		cell_text("disks", json_object_get(row, "disks"), room));
	put(row, "about", about);
	snprintf(about, sizeof(about), "%s", lines_text(row, "state"));
	if (percent)
		snprintf(about, sizeof(about), "copying %lld %%",
			(long long)json_integer_value(percent));
	put(row, "says", about);
}

static void add(json_t *rows, const json_t *list, const char *key,
	const char *kind, void (*say)(json_t *row))
{
	const json_t *each;
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(list, key), i, each) {
		row = json_copy((json_t *)each);
		put(row, "kind", kind);
		say(row);
		json_array_append_new(rows, row);
	}
}

json_t *storage_rows(const json_t *list)
{
	json_t *rows = json_array();

	add(rows, list, "volumes", "volume", say_volume);
	add(rows, list, "arrays", "array", say_array);
	add(rows, list, "disks", "disk", say_disk);
	return rows;
}
