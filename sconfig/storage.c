/* Entry 5: disks, mirrors and the volumes that they become. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "deed.h"
#include "lines.h"
#include "list.h"
#include "rootfs/vmms/unit.h"
#include "storage_forms.h"
#include "storage_rows.h"
#include "watch.h"

static const struct list_column columns[] = {
	{ "name", "NAME", 8 }, { "kind", "WHAT", 6 }, { "bytes", "SIZE", 6 },
	{ "says", "STATE", 8 }, { "about", "ABOUT", 20 },
	{ .key = NULL },
};

static bool is(const struct page *page, const char *key, const char *text)
{
	return page->row && !strcmp(lines_text(page->row, key), text);
}

static bool is_volume(const struct page *page)
{
	return is(page, "kind", "volume");
}

static bool is_empty(const struct page *page)
{
	return is(page, "kind", "disk") && is(page, "can", "yes");
}

static bool has_data(const struct page *page)
{
	return is(page, "kind", "disk") && is(page, "can", "erase");
}

static bool can_mirror(const struct page *page)
{
	return is_empty(page) || has_data(page);
}

static bool is_mirror(const struct page *page)
{
	return is_volume(page) &&
		!strncmp(lines_text(page->row, "device"), "md", 2);
}

/* A folder for VMs it is not yet. */
static bool is_spare(const struct page *page)
{
	return is_volume(page) && is(page, "state", "mounted") &&
		!json_is_true(json_object_get(page->row, "storage"));
}

static bool is_stuck(const struct page *page)
{
	return page->row && !is_volume(page) && !can_mirror(page);
}

/* The first time was the action's question. */
static void format(struct page *page)
{
	struct typed typed;
	char question[200];

	snprintf(question, sizeof(question), "All that is on %.15s goes, for "
		"ever. Go on", page->subject);
	if (!action_confirm(page, question))
		return;
	typed_clear(&typed);
	typed_table(&typed, "host storage format @ --erase", page->subject,
		NULL);
	deed_begin(&typed, NULL, NULL);
}

static void say_stuck(struct page *page)
{
	if (is(page, "kind", "array"))
		page_say("%s is an array: what it is for is on its volume.",
			page->subject);
	else
		page_say("%s cannot be claimed: %s.", page->subject,
			lines_text(page->row, "why"));
}

static const struct action actions[] = {
	{ 'c', "claim", "Makes a volume of an empty disk.",
		.form = &storage_claim, .may = is_empty },
	{ 'c', "claim", "Makes a volume of a disk that has data, which goes.",
		.question = "@ is not empty. Erase it", .form = &storage_erase,
		.may = has_data },
	{ 'm', "mirror", "Makes a volume of two disks, each of which has all.",
		.form = &storage_mirror, .may = can_mirror },
	{ 'r', "replace disk", "Puts a disk into a mirror that lacks one.",
		.form = &storage_replace, .may = is_mirror },
	{ 'v', "for VMs", "Makes the volume a folder for VMs.",
		"host set host storage+=/volumes/@", .may = is_spare,
		.sample = "data" },
	{ 'f', "format", "Empties a volume: all that is on it goes.",
		"host storage format @ --erase",
		"Empty the volume @", .run = format, .may = is_volume,
		.sample = "data" },
	{ 'x', "forget", "Takes a volume out of use; what is on it stays.",
		"host storage forget @",
		"Forget the volume @; what is on it stays", .may = is_volume,
		.sample = "data" },
	{ 'a', "adopt", "Uses a file system that is there.",
		.form = &storage_adopt },
	{ 'w', "why", "Says why a disk cannot be claimed.",
		"host storage list", .run = say_stuck, .may = is_stuck },
	{ .key = 0 },
};

static json_t *make(const struct page *page, const json_t *list)
{
	(void)page;
	return storage_rows(list);
}

static struct list storage = {
	.page = { .title = "Storage", .source = "host storage list",
		.seconds = 10, .actions = actions,
		.help = "Volumes are where VMs and discs lie; each is mounted "
			"on /volumes/NAME, on whatever controller its disk is. "
			"Arrays are mirrors: one that is degraded lacks a "
			"disk. Disks become volumes when they are claimed. "
			"A library of discs and shares come with a later "
			"version: discs lie in the folder iso of a folder for "
			"VMs." },
	.columns = columns, .make = make, .kind = "kind",
	.empty = "The host has no disk that it has a driver for." };

static void run(void)
{
	list_run(&storage);
}

/* A volume that is not there or lacks a disk, else the first folder for VMs. */
static void status(char *text, size_t size)
{
	const json_t *host = watch_host(), *volume, *row = json_array_get(
		json_object_get(host, "storage"), 0);
	const char *path = json_string_value(json_object_get(row, "path"));
	const json_t *left = json_object_get(row, "free");
	char room[UNIT_TEXT];
	size_t i;

	json_array_foreach(json_object_get(host, "volumes"), i, volume)
		if (strcmp(lines_text(volume, "state"), "mounted") ||
		    *lines_text(volume, "reason")) {
			snprintf(text, size, "volume %s: %s", lines_text(
				volume, "name"), lines_text(volume, "reason"));
			return;
		}
	if (path && left && unit_print("free", json_integer_value(left), room))
		snprintf(text, size, "%s: %s free", path, room);
	else if (path)
		snprintf(text, size, "%s IS NOT THERE", path);
}

const struct entry entry_storage = { 5, "Storage", status, run,
	.words = "host storage list", .actions = actions };
