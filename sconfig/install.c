/* From a live system onto a disk: the installer, which asks for itself. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <unistd.h>

#include "outside.h"
#include "page.h"
#include "watch.h"

static void status(char *text, size_t size)
{
	const json_t *boot = json_object_get(watch_host(), "boot");
	const char *disk = json_string_value(json_object_get(boot, "disk"));

	if (json_is_false(json_object_get(boot, "installed")))
		snprintf(text, size, "this system is live: nothing is kept");
	else if (disk)
		snprintf(text, size, "this system is installed on %s", disk);
	else if (boot)
		snprintf(text, size, "the boot medium is not there");
}

static void run(void)
{
	static const char *const words[] = { "/sbin/installer", NULL };

	if (geteuid())
		page_say("Only root installs: log in as root at a console.");
	else
		outside_show(words, "! leaves.");
}

const struct entry entry_install = { 18, "Install on a disk", .status = status,
	.run = run, .words = "!installer" };
