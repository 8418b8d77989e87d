/* Entry 2: administrators and their keys. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "form.h"
#include "pubkeys.h"
#include "list.h"
#include "outside.h"
#include "terminal.h"
#include "watch.h"

static const struct list_column columns[] = {
	{ "name", "NAME", 12 }, { "keys", "KEYS" }, { "password", "PASSWORD" },
	{ .key = NULL },
};

static const struct form_field fields[] = {
	{ "Name", FORM_TEXT, "@", "At most 31 lower-case letters, digits, "
		"hyphens, underscores; a letter first.", .needed = true,
		.most = 31, .sample = "ann" },
	{ "Public key", FORM_TEXT, "key=", "A line of a file id_*.pub. Who "
		"has its other half comes in over SSH.", .needed = true,
		.sample = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@example" },
	{ .label = NULL },
};

static const struct form add = {
	.title = "New administrator", .words = "host set 'admin @'",
	.fields = fields, .names = true,
	.help = "An administrator may do all that this menu does, and has no "
		"other power on the host. With the first one's key root's "
		"keys do not count any more; root's password does, on "
		"consoles.",
};

static bool is_admin(const struct page *page)
{
	return page->row && strcmp(page->subject, "root");
}

static bool is_root(const struct page *page)
{
	return page->row && !geteuid();
}

/* Root's keys are in [login]. */
static void open_keys(struct page *page)
{
	char section[PAGE_SUBJECT + 8];

	snprintf(section, sizeof(section), "admin %s", page->subject);
	pubkeys_run(is_admin(page) ? section : "login");
}

static void set_password(struct page *page)
{
	const char *const words[] = { "passwd", page->subject, NULL };

	outside_show(words, "A password for consoles; SSH takes none.");
	page_refresh();
}

static const struct action actions[] = {
	{ .key = PRESSED_ENTER, .text = "keys", .words = "host show",
		.help = "Shows, adds and removes the public keys.",
		.run = open_keys, .more = pubkeys_actions },
	{ .key = 'a', .text = "add", .help = "Makes an administrator.",
		.form = &add },
	{ .key = 'p', .text = "password", .words = "!passwd @",
		.help = "Sets the password for consoles; root can.",
		.run = set_password, .may = is_root },
	{ .key = 'd', .text = "remove", .words = "host set 'admin @' --remove",
		.question = "Remove the administrator @, who loses his "
			"sessions", .may = is_admin,
		.help = "Removes an administrator, who loses his sessions." },
	{ .key = 0 },
};

static json_t *make(const struct page *page, const json_t *result)
{
	json_t *rows = json_array();
	json_t *root = json_object_get(result, "root");

	(void)page;
	if (root)
		json_array_append(rows, root);
	json_array_extend(rows, json_object_get(result, "administrators"));
	return rows;
}

static struct list list = {
	.page = { .title = "Administrators", .source = "host show",
		.actions = actions,
		.help = "Who comes in: root and administrators, on consoles "
			"by password and over SSH by key." },
	.columns = columns, .make = make,
};

static void run(void)
{
	list_run(&list);
}

static void status(char *text, size_t size)
{
	const json_t *row, *all = json_object_get(watch_host(),
		"administrators");
	size_t i, used = 0;

	if (all && !json_array_size(all))
		snprintf(text, size, "root only");
	json_array_foreach((json_t *)all, i, row)
		if (used < size)
			used += snprintf(text + used, size - used, "%s%s",
				used ? " " : "", json_string_value(
				json_object_get(row, "name")));
}

const struct entry entry_administrators = { 2, "Administrators", status, run,
	.words = "host show", .actions = actions };
