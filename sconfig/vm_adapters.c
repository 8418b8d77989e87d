/* A VM's network adapters. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "list.h"
#include "rootfs/vmms/cell.h"

static bool has_cable(const struct page *page)
{
	return *lines_text(page->row, "switch");
}

#define MODEL_HELP "synthetic is fast and needs Hyper-V's drivers in the " \
	"guest; e1000 is for systems without them."
#define VLAN_HELP "1 to 4094; 1 is the switch's own. The guest sees no tag."
#define TRUNK_HELP "The VLANs whose tags the guest sees, as 10,20-29."
#define NATIVE_HELP "Of frames without a tag; nothing: there are none."
#define GUARD_HELP "mac: no address but its own. dhcp, router: it is no " \
	"such server. none: it may send as anybody."
#define ADDRESS_HELP "IP addresses that it may use, with blanks between; " \
	"16 at most. Nothing: any."
#define MAC_HELP "As 02:00:00:12:34:56. Nothing: one is made."
#define VLAN_CHOICES "access=one VLAN|trunk=several, with tags"
#define GUARD_CHOICES "mac dhcp=mac, dhcp|mac router=mac, router|" \
	"mac dhcp router=mac, dhcp, router|dhcp router=dhcp, router|none=none"

/* Those of both forms. Usual: the guards that an adapter has by itself,
 * as a choice. */
#define PORT_FIELDS(usual) \
	{ "VLAN mode", FORM_CHOICE, NULL, "What the guest is given: frames of " \
		"one VLAN, without its tag, or several with theirs.", \
		.value = "mode", .choices = VLAN_CHOICES }, \
	{ "VLAN", FORM_NUMBER, "vlan=", VLAN_HELP, .least = 1, .most = 4094, \
		.when = "mode=access", .sample = "20" }, \
	{ "Trunk", FORM_TEXT, "trunk=", TRUNK_HELP, .needed = true, \
		.when = "mode=trunk" }, \
	{ "Native VLAN", FORM_NUMBER, "native=", NATIVE_HELP, .least = 1, \
		.most = 4094, .when = "mode=trunk" }, \
	{ "Guards", FORM_CHOICE, "guard=", GUARD_HELP, \
		.choices = usual "|" GUARD_CHOICES }, \
	{ "Addresses", FORM_TEXT, "address=", ADDRESS_HELP }, \
	{ "MAC address", FORM_TEXT, "mac=", MAC_HELP }

static const struct form_field add_fields[] = {
	{ "Switch", FORM_PICK, "--switch", "The virtual switch that it is "
		"plugged in. Entry 4 makes switches.", .choices = "=no cable",
		.source = "switch list", .pick = "name" },
	{ "Model", FORM_CHOICE, "--model", MODEL_HELP,
		.choices = "=synthetic|e1000=e1000" },
	PORT_FIELDS("=mac"),
	{ .label = NULL },
};

static const struct form add = {
	.title = "Add an adapter to %", .words = "nic add %",
	.fields = add_fields,
	.help = "Gives the VM a network adapter. A VM that runs gets a "
		"synthetic one at once.",
};

static const struct form_field connect_fields[] = {
	{ "Switch", FORM_PICK, "", "The virtual switch that it is plugged in.",
		.value = "to", .needed = true, .source = "switch list",
		.pick = "name", .sample = "lan" },
	{ .label = NULL },
};

static const struct form connect = {
	.sample = "0",
	.title = "Connect adapter @ of %", .words = "nic connect % @",
	.fields = connect_fields,
	.help = "Plugs the adapter in a switch, at once.",
};

static const struct form_field change_fields[] = {
	PORT_FIELDS("mac"),
	{ "Model", FORM_CHOICE, "model=", MODEL_HELP,
		.choices = "synthetic=synthetic|e1000=e1000" },
	{ .label = NULL },
};

/* One of the two ways to VLANs takes the other one's keys away. */
static bool spell(struct typed *typed, const char *(*value)(const char *),
	char why[])
{
	(void)why;
	if (!form_changed("mode"))
		return true;
	if (!strcmp(value("mode"), "trunk")) {
		typed_add(typed, "vlan=");
	} else {
		typed_add(typed, "trunk=");
		typed_add(typed, "native=");
	}
	return true;
}

static const struct form change = {
	.sample = "0",
	.title = "Adapter @ of %", .words = "nic set % @",
	.fields = change_fields, .changes = true, .spell = spell,
	.help = "Only what is changed becomes part of the command. A VM that "
		"runs has VLANs, guards and addresses at once, the rest from "
		"its next start on.",
};

const struct action vm_adapter_actions[] = {
	{ .key = 'a', .text = "add adapter", .form = &add,
		.help = "Gives the VM a network adapter." },
	{ .key = 'c', .text = "connect", .form = &connect,
		.help = "Plugs this adapter in a switch." },
	{ .key = 'x', .text = "disconnect", .words = "nic disconnect % @",
		.help = "Pulls this adapter's cable.", .may = has_cable,
		.sample = "0" },
	{ .key = 'e', .text = "change", .form = &change,
		.help = "VLANs, guards, addresses, MAC address, model." },
	{ .key = 'd', .text = "remove", .words = "nic remove % @",
		.question = "Take the adapter @ out of %",
		.help = "Takes this adapter out of the VM.", .sample = "0" },
	{ .key = 0 },
};

static const char *switch_of(const json_t *row, char room[LIST_CELL])
{
	(void)room;
	return has_cable(&(struct page){ .row = row }) ?
		lines_text(row, "switch") : "(no cable)";
}

static const struct list_column columns[] = {
	{ "nic", "NIC", 3, NULL }, { "switch", "SWITCH", 6, switch_of },
	{ "vlans", "VLAN", 4, NULL }, { "mac", "MAC ADDRESS", 17, NULL },
	{ "model", "MODEL", 5, NULL }, { "guard", "GUARDS", 6, NULL },
	{ "address", "ADDRESSES", 0, NULL }, { .key = NULL },
};

static void put(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, json_string(text));
}

/* A list, or a number, as a text. */
static void put_text(json_t *row, const char *key, const json_t *value)
{
	char room[CELL_TEXT];

	put(row, key, cell_is_empty(value) ? "" :
		cell_text(NULL, value, room));
}

/* A trunk is a text: "10,20-29/1", with its native VLAN. */
static void put_vlans(json_t *row, const json_t *value)
{
	const char *trunk = json_string_value(value);
	const char *native = trunk ? strchr(trunk, '/') : NULL;
	char text[CELL_TEXT];

	put_text(row, "vlans", value);
	put(row, "mode", trunk ? "trunk" : "access");
	if (!trunk) {
		put_text(row, "vlan", value);
		return;
	}
	json_object_del(row, "vlan");
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(trunk, "/"), trunk);
	put(row, "trunk", text);
	put(row, "native", native ? native + 1 : "");
}

/* As the fields of a form take them. */
static void dress(json_t *row)
{
	const json_t *guards = json_object_get(row, "guard");
	json_t *vlan = json_incref(json_object_get(row, "vlan"));

	put_vlans(row, vlan);
	json_decref(vlan);
	put_text(row, "nic", json_object_get(row, "nic"));
	put_text(row, "address", json_object_get(row, "addresses"));
	if (json_array_size(guards))
		put_text(row, "guard", guards);
	else
		put(row, "guard", "none");
}

static json_t *rows_of(const struct page *page, const json_t *result)
{
	json_t *rows = vm_rows(result, "adapters"), *row;
	size_t i;

	(void)page;
	json_array_foreach(rows, i, row)
		dress(row);
	return rows;
}

static struct list adapters = {
	.page = { .title = "Network adapters of VM %", .source = "show %",
		.seconds = 5, .actions = vm_adapter_actions, .help = "The "
			"VM's network adapters, the switches that they are "
			"plugged in, and what they may send." },
	.columns = columns, .make = rows_of,
	.empty = "The VM has no adapter: a adds one.",
};

void vm_adapters_run(struct page *page)
{
	strcpy(adapters.page.of, page->subject);
	adapters.page.subject[0] = '\0';
	list_run(&adapters);
}
