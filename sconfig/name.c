/* Entry 1: the host's name. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>

#include "form.h"
#include "watch.h"

static const struct form_field fields[] = {
	{ "Host name", FORM_TEXT, "name=",
		"Letters, digits and hyphens, at most 63. It counts at once.",
		.most = 63, .sample = "branch-7" },
	{ .label = NULL },
};

static const struct form form = {
	.title = "Host name", .words = "host set host", .fields = fields,
	.changes = true, .source = "host show",
	.help = "The name that this host has on the network, at its logins "
		"and in its menu. Without one it is socle.",
};

static void run(void)
{
	form_run(&form, NULL, watch_host());
}

static void status(char *text, size_t size)
{
	snprintf(text, size, "%s", watch_text("name"));
}

static const struct action actions[] = {
	{ .key = 'n', .text = "name", .form = &form },
	{ .key = 0 },
};

const struct entry entry_name = { 1, "Host name", status, run,
	.words = "host show", .actions = actions };
