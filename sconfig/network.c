/* Entry 3: network. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "list.h"
#include "network_form.h"
#include "network_info.h"
#include "network_rows.h"
#include "network_test.h"
#include "network_trial.h"
#include "terminal.h"
#include "watch.h"

/* "1000": Mb/s. */
static const char *link_cell(const json_t *row, char room[LIST_CELL])
{
	json_int_t speed = json_integer_value(json_object_get(row, "speed"));

	if (!json_is_true(json_object_get(row, "link")))
		return "none";
	if (!speed)
		return "yes";
	snprintf(room, LIST_CELL, "%lld", (long long)speed);
	return room;
}

static const char *part_cell(const json_t *row, char room[LIST_CELL])
{
	const char *part = lines_text(row, "part");

	(void)room;
	return *part ? part : "-";
}

/* "192.0.2.5/24, VLAN 10" */
static const char *address_cell(const json_t *row, char room[LIST_CELL])
{
	const json_t *address, *list = json_object_get(row, "addresses");
	const char *vlan = lines_text(row, "vlan");
	size_t i, used = 0;

	room[0] = '\0';
	json_array_foreach((json_t *)list, i, address)
		if (used < LIST_CELL)
			used += snprintf(room + used, LIST_CELL - used, "%s%s",
				used ? " " : "", json_string_value(address));
	if (*vlan && used < LIST_CELL)
		snprintf(room + used, LIST_CELL - used, "%sVLAN %s",
			used ? ", " : "", vlan);
	return *room ? room : "-";
}

static const struct list_column columns[] = {
	{ "name", "NAME", 5 }, { "mac", "MAC ADDRESS", 17 },
	{ "link", "LINK", 4, link_cell }, { "driver", "DRIVER", 6 },
	{ "part", "PART OF", 7, part_cell },
	{ "addresses", "ADDRESSES", 18, address_cell },
	{ .key = NULL },
};

static const char *row_text(const struct page *page, const char *key)
{
	return page->row ? lines_text(page->row, key) : "";
}

/* An adapter of a bond has no addresses of its own. */
static bool is_member(const struct page *page)
{
	return !strncmp(row_text(page, "part"), "bond", 4);
}

static bool has_addresses(const struct page *page)
{
	return page->row && !is_member(page);
}

static bool has_row(const struct page *page)
{
	return page->row;
}

static bool is_set_nic(const struct page *page)
{
	return json_is_true(json_object_get(page->row, "set")) &&
		strcmp(row_text(page, "kind"), "bond");
}

static bool is_set_bond(const struct page *page)
{
	return json_is_true(json_object_get(page->row, "set")) &&
		!strcmp(row_text(page, "kind"), "bond");
}

static void say_member(struct page *page)
{
	page_say("%s is an adapter of %s: addresses are the bond's.",
		row_text(page, "name"), row_text(page, "part"));
}

static const struct action actions[] = {
	{ PRESSED_ENTER, "change", "Changes addresses, VLAN and MTU; of a bond "
		"its adapters, too.", .form = &network_nic,
		.run = network_change, .may = has_addresses },
	{ PRESSED_ENTER, "addresses", "Says whose the addresses are.",
		"host show", .run = say_member, .may = is_member },
	{ 'i', "info", "Shows all that is known of it.", "host show",
		.run = network_info, .may = has_row },
	{ 'b', "bond", "Makes one of several adapters, with LACP or "
		"without.", .form = &network_new_bond,
		.run = network_add_bond },
	{ 'd', "DNS", "Name servers and search domains.",
		.form = &network_dns, .run = network_change_dns },
	{ 't', "test", "Tests links, gateways, name servers and time servers. "
		"It changes nothing.", "host network test",
		.run = network_test, .more = network_test_actions },
	{ 'f', "forget", "Takes the adapter's settings out.",
		"host set @ --remove", "Forget the settings of [@]",
		.may = is_set_nic, .sample = "nic 52:54:00:12:34:56" },
	{ 'x', "dissolve", "Takes the bond apart.",
		"host set @ --remove", "Dissolve [@]", .may = is_set_bond,
		.sample = "bond bond0" },
	NETWORK_TRIAL_ACTIONS,
	{ .key = 0 },
};

static json_t *make(const struct page *page, const json_t *host)
{
	(void)page;
	return network_rows(host);
}

static struct list adapters = {
	.page = { .title = "Network", .source = "host show", .seconds = 5,
		.actions = actions,
		.help = "The host's network adapters and bonds. LINK is in "
			"Mb/s. Settings go by the MAC address. Without any "
			"settings all adapters with a link get addresses by "
			"DHCP; with some, only the adapters that have them. A "
			"change is on trial: confirm it with c, or it is taken "
			"back after 60 s." },
	.columns = columns, .make = make, .names = "section",
	.empty = "The host has no network adapter that it has a driver for." };

static void run(void)
{
	list_run(&adapters);
}

/* Of each that has some. */
static void status(char *text, size_t size)
{
	json_t *rows, *row;
	char room[LIST_CELL];
	size_t i, used = 0;

	if (watch_trial()) {
		snprintf(text, size, "a change is on trial: %ld s",
			watch_trial());
		return;
	}
	rows = network_rows(watch_host());
	json_array_foreach(rows, i, row)
		if (json_array_size(json_object_get(row, "addresses")) &&
		    used < size)
			used += snprintf(text + used, size - used, "%s%s %s",
				used ? "; " : "", lines_text(row, "name"),
				address_cell(row, room));
	if (!used && watch_host())
		snprintf(text, size, "no address");
	json_decref(rows);
}

const struct entry entry_network = { 3, "Network", status, run,
	.words = "host show", .actions = actions };
