/* Entry 7: remote management. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "pubkeys.h"
#include "lines.h"
#include "text.h"
#include "watch.h"

static bool is_link_local(const char *address)
{
	return !strncmp(address, "fe80:", 5);
}

/* The first address that another machine can use, without its prefix; "". */
static void first_address(const json_t *host, char *text, size_t size)
{
	const json_t *nic, *address;
	const char *value;
	size_t i, j;

	text[0] = '\0';
	json_array_foreach(json_object_get(host, "network"), i, nic)
		json_array_foreach(json_object_get(nic, "addresses"), j,
			address) {
			value = json_string_value(address);
			if (text[0] || !value || is_link_local(value))
				continue;
			snprintf(text, size, "%.*s",
				(int)strcspn(value, "/"), value);
		}
}

static void put_keys(struct lines *lines, const json_t *host)
{
	const json_t *row, *root = json_object_get(host, "root");
	bool counts = true;
	size_t i;

	json_array_foreach(json_object_get(host, "administrators"), i, row) {
		json_int_t keys = json_integer_value(
			json_object_get(row, "keys"));

		counts = counts && !keys;
		lines_put(lines, i ? "" : "Administrators", "%s: keys %lld",
			lines_text(row, "name"), (long long)keys);
	}
	lines_put(lines, "Root", "keys %lld%s", (long long)json_integer_value(
		json_object_get(root, "keys")), counts ? "" :
		"; they do not count: an administrator has one");
}

static char *make(const json_t *host)
{
	const char *fingerprint = lines_text(host, "ssh");
	char address[64];
	struct lines lines;

	if (!lines_begin(&lines))
		return NULL;
	first_address(host, address, sizeof(address));
	lines_put(&lines, "SSH", *fingerprint ? "on, port 22: keys, never "
		"passwords" : "it has not begun");
	if (*fingerprint)
		lines_put(&lines, "Host key", "%s", fingerprint);
	put_keys(&lines, host);
	lines_put(&lines, "Ping", "is answered");
	lines_value(&lines, "Logins on", host, "consoles");
	lines_put(&lines, "From elsewhere", "vm -H USER@%s list",
		*address ? address : "ADDRESS");
	return lines_end(&lines);
}

static void open_keys(struct page *page)
{
	(void)page;
	pubkeys_run("login");
}

static const struct action actions[] = {
	{ .key = 'k', .text = "root's keys", .words = "host show",
		.help = "Shows, adds and removes root's public keys; those of "
			"administrators are in entry 2.",
		.run = open_keys, .more = pubkeys_actions },
	{ .key = 0 },
};

static struct text text = {
	.page = { .title = "Remote management", .source = "host show",
		.seconds = 10, .actions = actions,
		.help = "This menu and the command vm are reached over SSH "
			"and on serial ports. Compare the host key's "
			"fingerprint with what ssh shows the first time." },
	.make = make,
};

static void run(void)
{
	text_run(&text);
}

static void status(char *line, size_t size)
{
	if (watch_host())
		snprintf(line, size, "SSH %s", *watch_text("ssh") ? "on" :
			"has not begun");
}

const struct entry entry_remote = { 7, "Remote management", status, run,
	.words = "host show", .actions = actions };
