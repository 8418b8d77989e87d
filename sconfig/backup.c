/* Entry 11: settings as a file, a spare stick, what the boot medium bears. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>

#include "backup_forms.h"
#include "lines.h"
#include "rootfs/vmms/unit.h"
#include "text.h"
#include "watch.h"

/* "sdb, 2M written"; "" where it is not there. */
static const char *medium(const json_t *boot, const char *before, char *text,
	size_t size)
{
	const json_t *written = json_object_get(boot, "written");
	const char *disk = lines_text(boot, "disk");
	char bytes[UNIT_TEXT] = "";

	text[0] = '\0';
	if (written)
		unit_print("written", json_integer_value(written), bytes);
	if (*disk)
		snprintf(text, size, "%s%s, %s written", before, disk,
			*bytes ? bytes : "?");
	return text;
}

static bool is_installed(const json_t *boot)
{
	return json_is_true(json_object_get(boot, "installed"));
}

static void put_medium(struct lines *lines, const json_t *host)
{
	const json_t *boot = json_object_get(host, "boot");
	char text[80];

	medium(boot, "", text, sizeof(text));
	if (!is_installed(boot))
		lines_put(lines, "Boot medium", "none: this system is live");
	else if (*text)
		lines_put(lines, "Boot medium", "%s since it was plugged in",
			text);
	else
		lines_put(lines, "Boot medium", "IS NOT THERE");
}

static void put_kept(struct lines *lines, const json_t *host)
{
	const json_t *file, *kept = json_object_get(host, "kept");
	size_t i;

	json_array_foreach((json_t *)kept, i, file)
		lines_put(lines, i ? "" : "Settings kept in", "%s",
			json_string_value(file));
	if (!json_array_size(kept))
		lines_put(lines, "Settings kept in", "NO FILE: they go with "
			"the next start");
	lines_value(lines, "Settings from", host, "settings");
}

static char *make(const json_t *host)
{
	struct lines lines;

	if (!lines_begin(&lines))
		return NULL;
	put_medium(&lines, host);
	put_kept(&lines, host);
	lines_put(&lines, "Virtual machines", "backing them up comes with a "
		"later version");
	return lines_end(&lines);
}

static bool can_make_stick(const struct page *page)
{
	return is_installed(json_object_get(page->row, "boot"));
}

static const struct action actions[] = {
	{ 's', "save settings", "Writes the host's settings to a file.",
		.form = &backup_save },
	{ 'r', "restore settings", "Replaces the host's settings by those of "
		"a file, from its next start on.", .question = "Replace all "
		"settings of this host by those of a file",
		.form = &backup_restore },
	{ 'm', "make a spare stick", "Makes a stick that boots this host, "
		"with its settings.", .form = &backup_stick,
		.may = can_make_stick },
	{ .key = 0 },
};

static struct text text = {
	.page = { .title = "Back up", .source = "host show", .seconds = 5,
		.actions = actions,
		.help = "The settings are kept on the boot medium, and once "
			"more on each data volume that is on another disk: the "
			"newest good copy is what the next start takes. The "
			"system runs from memory, and next to nothing is "
			"written to the boot medium; how much, since the start "
			"or since it was plugged in, stands here." },
	.make = make, .hang = 18,
};

static void run(void)
{
	text_run(&text);
}

static void status(char *line, size_t size)
{
	const json_t *boot = json_object_get(watch_host(), "boot");

	if (is_installed(boot) && !*medium(boot, "boot medium ", line, size))
		snprintf(line, size, "BOOT MEDIUM IS NOT THERE");
}

const struct entry entry_backup = { 11, "Back up", status, run,
	.words = "host show", .actions = actions };
