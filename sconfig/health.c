/* Entry 12: the host's health, and the report for who is to help. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "report.h"
#include "rootfs/vmms/unit.h"
#include "text.h"
#include "watch.h"

static void bytes(const json_t *object, const char *key, char text[UNIT_TEXT])
{
	if (!unit_print("size", json_integer_value(json_object_get(object,
		key)), text))
		strcpy(text, "-");
}

static void put_hypervisor(struct lines *lines, const json_t *host)
{
	const json_t *hypervisor = json_object_get(host, "hypervisor");
	const char *reason = lines_text(hypervisor, "reason");

	if (json_is_true(json_object_get(hypervisor, "running")))
		lines_put(lines, "Hypervisor", "runs");
	else
		lines_put(lines, "Hypervisor", "DOES NOT RUN%s%s",
			*reason ? ": " : "", reason);
}

static void put_memory(struct lines *lines, const json_t *host)
{
	const json_t *memory = json_object_get(host, "memory");
	char total[UNIT_TEXT], free[UNIT_TEXT];

	bytes(memory, "total", total);
	bytes(memory, "available", free);
	lines_put(lines, "Memory", "%s, %s free", total, free);
}

static void put_volumes(struct lines *lines, const json_t *host)
{
	char total[UNIT_TEXT], free[UNIT_TEXT];
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(host, "storage"), i, row) {
		bytes(row, "total", total);
		bytes(row, "free", free);
		if (json_is_true(json_object_get(row, "there")))
			lines_put(lines, i ? "" : "Storage", "%s: %s, %s free",
				lines_text(row, "path"), total, free);
		else
			lines_put(lines, i ? "" : "Storage",
				"%s IS NOT THERE", lines_text(row, "path"));
	}
}

/* Those that hardware is behind. */
static void put_links(struct lines *lines, const json_t *host)
{
	const char *label = "Network";
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(host, "network"), i, row) {
		if (strcmp(lines_text(row, "kind"), "adapter"))
			continue;
		lines_put(lines, label, "%s %s: %s", lines_text(row, "name"),
			lines_text(row, "mac"), json_is_true(
			json_object_get(row, "link")) ? "link" : "NO LINK");
		label = "";
	}
}

static char *make(const json_t *host)
{
	json_int_t problems = json_integer_value(json_object_get(host,
		"problems"));
	struct lines lines;

	if (!lines_begin(&lines))
		return NULL;
	lines_value(&lines, "Version", host, "version");
	put_hypervisor(&lines, host);
	lines_put(&lines, "Machine", "%s %s", lines_text(host, "vendor"),
		lines_text(host, "machine"));
	lines_put(&lines, "Processors", "%lld, %s", (long long)
		json_integer_value(json_object_get(host, "processors")),
		lines_text(host, "processor"));
	lines_value(&lines, "Load", host, "load");
	lines_value(&lines, "Up", host, "uptime");
	put_memory(&lines, host);
	put_volumes(&lines, host);
	put_links(&lines, host);
	lines_value(&lines, "Settings from", host, "settings");
	if (problems)
		lines_put(&lines, "", "LINES WITH PROBLEMS: %lld; the report "
			"has them", (long long)problems);
	return lines_end(&lines);
}

static const struct action actions[] = {
	{ .key = 'r', .text = "report and logs", .words = "host report",
		.help = "Shows all that helps to find a fault: state, "
			"settings, logs. It has no password.",
		.run = report_show },
	{ .key = 's', .text = "save the report", .words =
		"!vm host report > " REPORT_FILE,
		.help = "Writes the report to a file. From another machine: "
			"vm -H USER@HOST host report > report.txt",
		.run = report_save },
	{ .key = 0 },
};

static struct text text = {
	.page = { .title = "Health", .source = "host show", .seconds = 5,
		.actions = actions,
		.help = "How the host is at the moment. What is wrong is in "
			"capital letters." },
	.make = make,
};

static void run(void)
{
	text_run(&text);
}

static void status(char *line, size_t size)
{
	const json_t *host = watch_host();
	char free[UNIT_TEXT];

	if (!host)
		return;
	bytes(json_object_get(host, "memory"), "available", free);
	snprintf(line, size, "%s, %s of memory free, load %.2f", json_is_true(
		json_object_get(json_object_get(host, "hypervisor"),
		"running")) ? "hypervisor runs" : "NO HYPERVISOR", free,
		json_real_value(json_object_get(host, "load")));
}

const struct entry entry_health = { 12, "Health, logs, report", status, run,
	.words = "host show", .actions = actions };
