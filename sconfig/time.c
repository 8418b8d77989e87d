/* Entry 9: clock, time zone, time servers and keyboard. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "form.h"
#include "keys.h"
#include "lines.h"
#include "text.h"
#include "watch.h"

static const struct form_field zone_fields[] = {
	{ "Time zone", FORM_TEXT, "timezone=", "As Europe/Berlin, "
		"America/New_York or UTC. It counts at once.",
		.sample = "Europe/Berlin" },
	{ .label = NULL },
};

static const struct form zone = {
	.title = "Time zone", .words = "host set host", .fields = zone_fields,
	.changes = true,
	.help = "The zone of the host's clock on its screens and in its logs. "
		"Guests have their own.",
};

static const struct form_field server_fields[] = {
	{ "Time servers", FORM_TEXT, "ntp=", "Names or addresses with blanks "
		"between; none: those of pool.ntp.org.",
		.sample = "192.0.2.1 192.0.2.2" },
	{ .label = NULL },
};

static const struct form servers = {
	.title = "Time servers", .words = "host set time",
	.fields = server_fields, .changes = true,
	.help = "The servers that the host's clock follows, by NTP.",
};

static const struct form_field keyboard_fields[] = {
	{ "Layout", FORM_CHOICE, "keyboard=", "Of the keyboard at the host's "
		"screen. It counts at once.", .choices = KEYBOARDS,
		.sample = "de" },
	{ .label = NULL },
};

static const struct form keyboard = {
	.title = "Keyboard", .words = "host set host",
	.fields = keyboard_fields, .changes = true,
	.help = "The layout of the keyboard at the host's screen. Who comes by "
		"SSH or by a serial port has the one of the machine there, and "
		"guests have their own.",
};

static const struct form_field clock_fields[] = {
	{ "Date and time", FORM_TEXT, "", "By the host's time zone. The "
		"machine's own clock is set, too.", .needed = true,
		.sample = "2026-01-31 14:05" },
	{ .label = NULL },
};

static const struct form clock_form = {
	.title = "Clock", .words = "host clock", .fields = clock_fields,
	.help = "Sets the clock by hand, for a host that reaches no time "
		"server. One that answers sets it again.",
};

/* The zone is the host's, whatever it was when the menu began. */
static void local_time(const char *zone_name, char *line, size_t size)
{
	time_t now = time(NULL);
	struct tm local;

	setenv("TZ", *zone_name ? zone_name : "UTC", 1);
	tzset();
	localtime_r(&now, &local);
	strftime(line, size, "%Y-%m-%d %H:%M %Z", &local);
	/* A shell has the host's by a file. */
	unsetenv("TZ");
	tzset();
}

static char *make(const json_t *host)
{
	struct lines lines;
	char now[64];

	if (!lines_begin(&lines))
		return NULL;
	local_time(lines_text(host, "timezone"), now, sizeof(now));
	lines_put(&lines, "Time", "%s", now);
	lines_value(&lines, "Time zone", host, "timezone");
	if (json_array_size(json_object_get(host, "ntp")))
		lines_value(&lines, "Time servers", host, "ntp");
	else
		lines_put(&lines, "Time servers", "those of pool.ntp.org");
	lines_put(&lines, "Clock", json_is_true(json_object_get(host,
		"synchronized")) ? "a time server has set it" :
		"no time server has set it");
	lines_value(&lines, "Keyboard", host, "keyboard");
	return lines_end(&lines);
}

static const struct action actions[] = {
	{ .key = 'z', .text = "zone", .help = "Sets the time zone.",
		.form = &zone },
	{ .key = 'c', .text = "clock", .help = "Sets date and time by hand.",
		.form = &clock_form },
	{ .key = 'k', .text = "keyboard", .help = "Sets the layout of the "
		"keyboard at the screen.", .form = &keyboard },
	{ .key = 'n', .text = "NTP servers", .help = "Sets the servers that "
		"the clock follows.", .form = &servers },
	{ .key = 0 },
};

static struct text text = {
	.page = { .title = "Date and time", .source = "host show",
		.seconds = 10, .actions = actions,
		.help = "The clock follows time servers. Until one has "
			"answered it is the machine's own." },
	.make = make,
};

static void run(void)
{
	text_run(&text);
}

static void status(char *line, size_t size)
{
	char now[64];

	if (!watch_host())
		return;
	local_time(watch_text("timezone"), now, sizeof(now));
	snprintf(line, size, "%s%s", now, json_is_true(json_object_get(
		watch_host(), "synchronized")) ? "" : ", not synchronized");
}

const struct entry entry_time = { 9, "Date and time", status, run,
	.words = "host show", .actions = actions };
