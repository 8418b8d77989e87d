/* Entry 13: the host forgets its settings. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "form.h"
#include "lines.h"
#include "text.h"
#include "watch.h"

static bool is_this_host(const char *value)
{
	return !strcmp(value, watch_text("name"));
}

static const struct form_field fields[] = {
	{ "Name of this host", FORM_TEXT, NULL, "As it stands above, at the "
		"right: it says that this host is meant.", .value = "host",
		.needed = true, .good = is_this_host,
		.takes = "the name of this host", .sample = "branch-7" },
	{ .label = NULL },
};

static const struct form reset = {
	.title = "Factory reset", .words = "host settings reset --erase",
	.fields = fields,
	.help = "With the host's name all its settings are forgotten, and it "
		"restarts at once.",
};

static void put_administrators(struct lines *lines, const json_t *host)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(host, "administrators"), i, row)
		lines_put(lines, "", "the administrator %s", lines_text(row,
			"name"));
}

static void put_volumes(struct lines *lines, const json_t *host)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(host, "volumes"), i, row)
		lines_put(lines, "", "what is on the volume %s; entry 5 "
			"adopts it again", lines_text(row, "name"));
}

static char *make(const json_t *host)
{
	struct lines lines;

	if (!lines_begin(&lines))
		return NULL;
	lines_put(&lines, "What goes", "all settings of %s: name, network, "
		"switches, time, passwords, keys", lines_text(host, "name"));
	put_administrators(&lines, host);
	lines_put(&lines, "", "the SSH host key");
	lines_put(&lines, "What stays", "the system, VMs, and all that is on "
		"disks");
	put_volumes(&lines, host);
	lines_put(&lines, "Then", "VMs are stopped as they are to be, and the "
		"host restarts, as new:");
	lines_put(&lines, "", "addresses by DHCP; who comes first to a console "
		"sets root's password");
	lines_put(&lines, "Before", "entry 11 saves the settings to a file");
	return lines_end(&lines);
}

static const struct action actions[] = {
	{ 'r', "reset", "Forgets all settings, and restarts the host.",
		.question = "Forget all settings of this host, and restart it",
		.form = &reset },
	{ .key = 0 },
};

static struct text text = {
	.page = { .title = "Factory reset", .source = "host show",
		.seconds = 10, .actions = actions,
		.help = "The host becomes one without any settings, as for "
			"its next owner. It is asked for twice: the second "
			"time with the host's name. A spare stick keeps the "
			"settings that it was given, until it starts beside a "
			"data volume that is there now." },
	.make = make, .hang = 18,
};

static void run(void)
{
	text_run(&text);
}

const struct entry entry_reset = { 13, "Factory reset", .run = run,
	.words = "host show", .actions = actions };
