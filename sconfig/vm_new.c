/* A new VM. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rootfs/vmms/arguments_good.h"
#include "rootfs/vmms/cell.h"
#include "rootfs/vmms/name.h"

static char made[PAGE_SUBJECT];

/* Behind a path or name, how big it is or what is free. */
static void add_sized(struct form_options *options, const json_t *row,
	const char *value, const char *name, const char *key, const char *what)
{
	char size[CELL_TEXT], shown[CELL_TEXT + 300];
	const json_t *bytes = json_object_get(row, key);

	if (!name)
		return;
	snprintf(shown, sizeof(shown), "%.280s%s%s%s%s", name,
		bytes ? " (" : "", bytes ? cell_text("size", bytes, size) : "",
		bytes ? what : "", bytes ? ")" : "");
	form_option(options, value, shown);
}

static const char *text_of(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static void add_discs(const json_t *result, struct form_options *options)
{
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)result, i, row)
		add_sized(options, row, text_of(row, "path"),
			text_of(row, "name"), "size", "");
}

/* The first one is where a VM goes if nothing is said. */
static void add_folders(const json_t *result, struct form_options *options)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "storage"), i, row)
		add_sized(options, row, i ? text_of(row, "path") : "",
			text_of(row, "path"), "free", " free");
}

static bool is_none(const char *size)
{
	return !size[strspn(size, "0")];
}

static bool good_disk(const char *size)
{
	return is_none(size) || good_size(size);
}

static const struct form_field fields[] = {
	{ "Name", FORM_TEXT, "@", "Up to 63 letters, digits and . _ -; the "
		"first one is a letter or a digit.", .value = "name",
		.needed = true, .good = name_good, .takes = "a name",
		.sample = "web" },
	{ "Memory", FORM_SIZE, "--memory", "As 512M or 4G, in steps of 2M.",
		.first = "1G", .most = 12, .good = good_memory,
		.takes = "a size as 512M or 4G, in steps of 2M" },
	{ "Processors", FORM_NUMBER, "--processors", "1 to 64. More than the "
		"host has makes it slower.", .first = "1", .least = 1,
		.most = 64 },
	{ "New disk", FORM_SIZE, NULL, "Its size, as 20G; the file grows with "
		"what is written. 0 or nothing: no disk.", .value = "disk",
		.first = "20G", .most = 12, .good = good_disk,
		.takes = "a size as 20G, from 3M to 64T" },
	{ "Disc in its drive", FORM_PICK, "--iso", "From the folder iso of "
		"the storage folders. It can be changed later.",
		.choices = "=none", .source = "iso list",
		.options = add_discs },
	{ "Network", FORM_PICK, "--switch", "The virtual switch that its "
		"adapter is plugged in. Entry 4 makes switches.",
		.choices = "=no adapter", .source = "switch list",
		.pick = "name" },
	{ "Boots from", FORM_CHOICE, "boot=", "Where its system is looked "
		"for, in this order. A new disk is empty: the disc is next.",
		.choices = "=disk, then DVD|dvd disk=DVD, then disk|"
		"disk=disk alone|dvd=DVD alone" },
	{ "Starts with the host", FORM_CHOICE, "start=", "if it ran: when "
		"the host went down the last time.",
		.choices = "=if it ran|always=always|nothing=never" },
	{ "Storage folder", FORM_PICK, "--storage", "Where its definition "
		"and its disks lie. Entry 5 is about storage.",
		.source = "host show", .options = add_folders },
	{ "Notes", FORM_TEXT, "notes=", "One line, for people." },
	{ .label = NULL },
};

/* No disk is no word; and its name is chosen in the list later. */
static bool spell(struct typed *typed, const char *(*value)(const char *),
	char why[])
{
	const char *disk = value("disk");

	(void)why;
	if (!is_none(disk)) {
		typed_add(typed, "--disk");
		typed_add(typed, disk);
	}
	snprintf(made, sizeof(made), "%s", value("name"));
	return true;
}

const struct form vm_create = {
	.title = "New VM", .words = "create @", .fields = fields,
	.names = true, .spell = spell,
	.help = "Only a name is needed. The VM has a DVD drive and, with a "
		"network, one adapter; all can be changed afterwards. It is "
		"off until it is started.",
};

bool vm_new(const struct page *page, char name[PAGE_SUBJECT])
{
	bool done = form_run(&vm_create, page, NULL);

	strcpy(name, made);
	return done;
}
