/* Forms for the host's settings as a file, and for a spare stick. */
/* SPDX-License-Identifier: MIT */
#include "backup_forms.h"

#include <stdio.h>
#include <string.h>

#include "installer/disks.h"
#include "lines.h"
#include "rootfs/vmms/unit.h"

/* Absolute, and as a shell takes it without quotes. */
static bool good_path(const char *value)
{
	return *value == '/' && value[strlen(value) - 1] != '/' &&
		!value[strspn(value, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")];
}

#define PATH(word_, help_) { "File", FORM_TEXT, word_, help_, \
	.first = "/tmp/socle.conf", .value = "file", .needed = true, \
	.most = 200, .good = good_path, .takes = "a path of letters, digits, " \
	"hyphens, underscores and dots, from / on" }

static const struct form_field save_fields[] = {
	PATH(NULL, "A new file on this host: in /tmp, which is in memory, by "
		"whoever is here; on a volume, as in /volumes/data, by root."),
	{ "Passwords", FORM_YES_NO, "--secrets", "Their hashes are written, "
		"too. Without them the file is one to show.", .first = "no" },
	{ .label = NULL },
};

const struct form backup_save = {
	.title = "Save the settings", .words = "host settings export",
	.fields = save_fields, .file = "file",
	.help = "The settings as they count now become a file, which this "
		"host or another one takes. From another machine, and to a "
		"file there: vm -H USER@HOST host settings export > "
		"socle.conf",
};

static const struct form_field restore_fields[] = {
	PATH("", "A file on this host, which who runs this menu may read: "
		"below /tmp, or on a volume, as /volumes/data/socle.conf."),
	{ .label = NULL },
};

const struct form backup_restore = {
	.title = "Restore the settings", .words = "host settings import",
	.fields = restore_fields,
	.question = "What this host has now is lost, from its next start on. "
		"Go on",
	.help = "All settings of the host become those of the file, from its "
		"next start on: also its addresses and who may come in. "
		"Passwords that the file does not have stay. All of it is "
		"checked before. From another machine, with a file there: vm "
		"-H USER@HOST host settings import socle.conf",
};

static bool is_stick(const json_t *disk)
{
	const char *bus = lines_text(disk, "bus");

	return !strcmp(bus, "USB") || !strcmp(bus, "SD");
}

static bool is_large_enough(const json_t *disk)
{
	return json_integer_value(json_object_get(disk, "bytes")) >=
		(json_int_t)DISK_LEAST;
}

static void offer(const json_t *disk, struct form_options *options)
{
	char text[256], size[UNIT_TEXT] = "";

	unit_print("bytes", json_integer_value(json_object_get(disk, "bytes")),
		size);
	snprintf(text, sizeof(text), "%.31s  %s, %.31s %.60s, %.40s",
		lines_text(disk, "name"), size, lines_text(disk, "bus"),
		lines_text(disk, "model"), lines_text(disk, "content"));
	form_option(options, lines_text(disk, "name"), text);
}

/* Those that may be taken: sticks, then the others. */
static void offer_disks(const json_t *list, struct form_options *options)
{
	const json_t *disk;
	int others;
	size_t i;

	for (others = 0; others < 2; others++)
		json_array_foreach(json_object_get(list, "disks"), i, disk)
			if (is_stick(disk) == !others &&
			    strcmp(lines_text(disk, "can"), "no") &&
			    is_large_enough(disk))
				offer(disk, options);
}

static const struct form_field stick_fields[] = {
	{ "Stick or disk", FORM_PICK, "@", "One of 2 GB or more, on which "
		"nothing is in use.", .value = "disk", .needed = true,
		.source = "host storage list", .options = offer_disks,
		.sample = "sdb" },
	{ "Erase it", FORM_YES_NO, "--erase", "Needed when it is not empty: "
		"all that is on it goes.", .first = "no" },
	{ .label = NULL },
};

const struct form backup_stick = {
	.title = "Spare stick", .words = "host make-stick @",
	.fields = stick_fields, .names = true,
	.question = "@ is written anew; what is on it goes, for ever. Go on",
	.help = "The stick gets this host's system and settings: when the "
		"boot medium fails, the host starts from it. It takes up to "
		"three minutes; Esc leaves it running. Make it anew when the "
		"system was updated, and take it out afterwards.",
};
