/* All that is known of an adapter or a bond. */
/* SPDX-License-Identifier: MIT */
#include "network_info.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "network_rows.h"
#include "text.h"

/* Its subject is the section. */
static struct text info;

/* The row of that section; its reference is the caller's. */
static json_t *find_row(const json_t *host)
{
	json_t *rows = network_rows(host), *row, *found = NULL;
	size_t i;

	json_array_foreach(rows, i, row)
		if (!strcmp(lines_text(row, "section"), info.page.subject))
			found = json_incref(row);
	json_decref(rows);
	return found;
}

static void put_link(struct lines *lines, const json_t *row)
{
	json_int_t speed = json_integer_value(json_object_get(row, "speed"));

	if (!json_is_true(json_object_get(row, "link")))
		lines_put(lines, "Link", "none: no cable, or nothing at its "
			"other end");
	else if (speed)
		lines_put(lines, "Link", "%lld Mb/s", (long long)speed);
	else
		lines_put(lines, "Link", "yes");
}

/* On the interface, its VLANs, or the switch that has it. */
static void put_gateways(struct lines *lines, const json_t *host,
	const json_t *row)
{
	const char *name = lines_text(row, "name"), *at;
	const char *part = lines_text(row, "part");
	const json_t *gateway;
	size_t i, size;

	if (!strncmp(part, "switch ", 7))
		name = part + 7;
	size = strlen(name);
	json_array_foreach(json_object_get(host, "gateways"), i, gateway) {
		at = lines_text(gateway, "interface");
		if (!strncmp(at, name, size) && (!at[size] || at[size] == '.'))
			lines_put(lines, "Gateway", "%s",
				lines_text(gateway, "address"));
	}
}

static void put_settings(struct lines *lines, const json_t *row)
{
	static const char *const keys[] = { "mode", "address", "gateway",
		"address6", "gateway6", "vlan", "mtu" };
	size_t i;

	fputc('\n', lines->stream);
	lines_put(lines, "Settings", "%s%s", info.page.subject, json_is_true(
		json_object_get(row, "set")) ? "" : ": none, so it has the "
		"defaults");
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (*lines_text(row, keys[i]))
			lines_put(lines, "", "%s = %s", keys[i],
				lines_text(row, keys[i]));
}

static char *make(const json_t *host)
{
	json_t *row = find_row(host);
	struct lines lines;

	if (!lines_begin(&lines)) {
		json_decref(row);
		return NULL;
	}
	if (!row)
		lines_put(&lines, "Adapter", "it is not there any more");
	lines_value(&lines, "Name", row, "name");
	lines_value(&lines, "MAC address", row, "mac");
	lines_value(&lines, "Driver", row, "driver");
	if (row)
		put_link(&lines, row);
	lines_value(&lines, "Part of", row, "part");
	lines_value(&lines, "Addresses", row, "addresses");
	if (row)
		put_gateways(&lines, host, row);
	lines_value(&lines, "DNS", json_object_get(host, "dns"), "in-use");
	if (row)
		put_settings(&lines, row);
	json_decref(row);
	return lines_end(&lines);
}

static struct text info = {
	.page = { .title = "@", .source = "host show", .seconds = 5,
		.help = "What the adapter is and has now, and what the "
			"settings say of it." },
	.make = make };

void network_info(struct page *page)
{
	strcpy(info.page.subject, page->subject);
	text_run(&info);
}
