/* Entry 4: virtual switches. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "list.h"
#include "network_rows.h"
#include "network_trial.h"
#include "switches_form.h"
#include "terminal.h"
#include "watch.h"

static bool is(const json_t *row, const char *type)
{
	return !strcmp(lines_text(row, "type"), type);
}

/* An adapter that is not in the machine has no name. */
static const char *uplink_cell(const json_t *row, char room[LIST_CELL])
{
	const char *uplink = lines_text(row, "uplink");

	if (!is(row, "external"))
		return "-";
	snprintf(room, LIST_CELL, "%s%s", *uplink ? uplink :
		lines_text(row, "nic"), *uplink ? "" : " (not there)");
	return room;
}

static const char *address_cell(const json_t *row, char room[LIST_CELL])
{
	const char *address = lines_text(row, "address");
	const char *address6 = lines_text(row, "address6");

	if (is(row, "external") &&
	    !json_is_true(json_object_get(row, "host")))
		return "(host is not on it)";
	if (is(row, "external"))
		network_addresses(watch_host(), lines_text(row, "name"), room,
			LIST_CELL);
	else
		snprintf(room, LIST_CELL, "%s%s%s", address,
			*address && *address6 ? " " : "", address6);
	return *room ? room : "-";
}

/* One that could not be made, or is being made. */
static const char *name_cell(const json_t *row, char room[LIST_CELL])
{
	snprintf(room, LIST_CELL, "%s%s", lines_text(row, "name"),
		json_is_false(json_object_get(row, "made")) ? " (not made)" :
		"");
	return room;
}

static const struct list_column columns[] = {
	{ "name", "NAME", 8, name_cell }, { "type", "TYPE", 8 },
	{ "uplink", "UPLINK", 6, uplink_cell },
	{ "address", "ADDRESS", 14, address_cell },
	{ "nat", "NAT", 3 }, { "mtu", "MTU", 4 },
	{ "in-it", "PLUGGED IN", 10 },
	{ .key = NULL },
};

static const struct action actions[] = {
	{ 'a', "add", "Makes a switch. An external one takes the host's "
		"addresses of its adapter: that is on trial, and taken back "
		"after 60 s unless it is confirmed.",
		.form = &switches_new },
	{ PRESSED_ENTER, "change", "Changes addresses, DHCP, NAT and MTU. Type "
		"and adapter cannot be changed: delete it and make another.",
		.form = &switches_change },
	{ 'd', "delete", "Removes it; refused while a VM is plugged in. An "
		"external one gives the adapter its addresses back, on trial.",
		"switch delete @", "Delete the switch @", .sample = "lan" },
	NETWORK_TRIAL_ACTIONS,
	{ .key = 0 },
};

static struct list switches = {
	.page = { .title = "Virtual switches", .source = "switch list",
		.seconds = 5, .actions = actions,
		.help = "VMs' network adapters are plugged in switches. "
			"External: with an adapter of the host's, to the "
			"network outside. Internal: VMs and the host, with "
			"DHCP and NAT if you like. Private: VMs alone." },
	.columns = columns,
	.empty = "There is no switch yet: a adds one. An external switch "
		"connects VMs to the network outside." };

static void run(void)
{
	list_run(&switches);
}

/* The switches are interfaces of the host's, too. */
static void status(char *text, size_t size)
{
	const json_t *row, *all = json_object_get(watch_host(), "network");
	size_t i, used = 0;

	json_array_foreach((json_t *)all, i, row)
		if (!strcmp(lines_text(row, "kind"), "switch") && used < size)
			used += snprintf(text + used, size - used, "%s%s",
				used ? ", " : "", lines_text(row, "name"));
	if (!used && all)
		snprintf(text, size, "none");
}

const struct entry entry_switches = { 4, "Virtual switches", status, run,
	.words = "switch list", .actions = actions };
