/* The public keys by which somebody comes in over SSH. */
/* SPDX-License-Identifier: MIT */
#include "pubkeys.h"

#include <stdio.h>
#include <string.h>

#include "form.h"
#include "list.h"

/* "TYPE BASE64 COMMENT": the n-th part, the last one with its blanks. */
static const char *part(const json_t *row, int number, char room[LIST_CELL])
{
	const char *text = json_string_value(json_object_get(row, "key"));

	while (text && number--) {
		text = strchr(text, ' ');
		text += text ? strspn(text, " ") : 0;
	}
	snprintf(room, LIST_CELL, "%s", text ? text : "");
	return room;
}

static const char *type(const json_t *row, char room[LIST_CELL])
{
	part(row, 0, room);
	room[strcspn(room, " ")] = '\0';
	return room;
}

/* Its end is what differs. */
static const char *end(const json_t *row, char room[LIST_CELL])
{
	char all[LIST_CELL];
	size_t size;

	part(row, 1, all);
	all[strcspn(all, " ")] = '\0';
	size = strlen(all);
	snprintf(room, LIST_CELL, "...%s", all + (size > 12 ? size - 12 : 0));
	return room;
}

static const char *comment(const json_t *row, char room[LIST_CELL])
{
	return part(row, 2, room);
}

static const struct list_column columns[] = {
	{ "type", "TYPE", 12, type }, { "end", "KEY", 15, end },
	{ "comment", "COMMENT", 0, comment }, { .key = NULL },
};

static const struct form_field fields[] = {
	{ "Public key", FORM_TEXT, "key+=", "A line of a file id_*.pub: "
		"ssh-ed25519, ecdsa or rsa, and what comes behind it. Paste "
		"it.", .needed = true,
		.sample = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@example" },
	{ .label = NULL },
};

static const struct form add = {
	.title = "New key for [%]", .words = "host set %", .fields = fields,
	.help = "A public key, as ssh-keygen writes it. Who has its other "
		"half comes in over SSH.",
};

const struct action pubkeys_actions[] = {
	{ .key = 'a', .text = "add", .help = "Adds a public key.",
		.form = &add },
	{ .key = 'd', .text = "remove", .help = "Removes the chosen key.",
		.words = "host set % key-=@",
		.question = "Remove this key of [%]" },
	{ .key = 0 },
};

static json_t *make(const struct page *page, const json_t *result)
{
	json_t *keys = json_object_get(json_object_get(result, "keys"),
		page->of);
	json_t *rows = json_array(), *key;
	size_t i;

	json_array_foreach(keys, i, key)
		json_array_append_new(rows, json_pack("{s:O}", "key", key));
	return rows;
}

static struct list list = {
	.page = { .title = "Public keys of [%]", .source = "host show",
		.actions = pubkeys_actions,
		.help = "SSH takes keys and never passwords. Root's keys "
			"([login]) count as long as no administrator has "
			"one." },
	.columns = columns, .names = "key", .make = make,
	.empty = "There is no key: nobody comes in by it.",
};

void pubkeys_run(const char *section)
{
	list.page.subject[0] = '\0';
	snprintf(list.page.of, sizeof(list.page.of), "%s", section);
	list_run(&list);
}
