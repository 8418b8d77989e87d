/* Forms for the host's addresses: an adapter's, a bond's, name servers. */
/* SPDX-License-Identifier: MIT */
#include "network_form.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "network_rows.h"
#include "watch.h"

enum { MEMBERS = 4, NICS = 512 };

#define ON_TRIAL "What is changed here is on trial: it is taken back after " \
	"60 seconds, unless it is confirmed in the list of adapters (c).\n\n"

static bool is_network(const char *text, int family, long most)
{
	size_t length = strcspn(text, "/"), digits;
	unsigned char bytes[16];
	char address[64];
	long prefix;

	if (!text[length] || length >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)length, text);
	text += length + 1;
	digits = strspn(text, "0123456789");
	prefix = digits && digits < 4 && !text[digits] && *text != '0' ?
		strtol(text, NULL, 10) : 0;
	return prefix >= 1 && prefix <= most &&
		inet_pton(family, address, bytes) == 1;
}

static bool is_network4(const char *text)
{
	return is_network(text, AF_INET, 32);
}

static bool is_network6(const char *text)
{
	return is_network(text, AF_INET6, 128);
}

static bool is_address4(const char *text)
{
	unsigned char bytes[4];

	return inet_pton(AF_INET, text, bytes) == 1;
}

static bool is_address6(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET6, text, bytes) == 1;
}

/* What an adapter and a bond have in common. */
#define ADDRESS_FIELDS \
	{ "IPv4", FORM_CHOICE, NULL, "DHCP: a server gives it. Default: " \
		"DHCP; but an adapter without any setting is not used, when " \
		"another one has settings.", .value = "mode4", .choices = \
		"=default|dhcp=DHCP|static=fixed address|none=no address" }, \
	{ "Address", FORM_TEXT, NULL, "The address and the length of its " \
		"network's part, as 192.0.2.5/24.", .value = "ip4", \
		.needed = true, .most = 18, .good = is_network4, \
		.takes = "an IPv4 address/prefix, as 192.0.2.5/24", \
		.when = "mode4=static" }, \
	{ "Gateway", FORM_TEXT, NULL, "The router to all other networks, as " \
		"192.0.2.1. None: the host reaches its own network alone.", \
		.value = "gateway", .most = 15, .good = is_address4, \
		.takes = "an IPv4 address, as 192.0.2.1", \
		.when = "mode4=static" }, \
	{ "IPv6", FORM_CHOICE, NULL, "Automatic: by what routers and DHCPv6 " \
		"servers tell; that is the default.", .value = "mode6", \
		.choices = \
		"=default|auto=automatic|static=fixed address|none=no IPv6" }, \
	{ "IPv6 address", FORM_TEXT, NULL, "The address and the length of " \
		"its network's part, as 2001:db8::5/64.", .value = "ip6", \
		.needed = true, .most = 43, .good = is_network6, \
		.takes = "an IPv6 address/prefix, as 2001:db8::5/64", \
		.when = "mode6=static" }, \
	{ "IPv6 gateway", FORM_TEXT, NULL, "The router to all other " \
		"networks, as 2001:db8::1 or fe80::1.", .value = "gateway6", \
		.most = 39, \
		.good = is_address6, \
		.takes = "an IPv6 address, as 2001:db8::1", \
		.when = "mode6=static" }, \
	{ "VLAN", FORM_NUMBER, "vlan=", "The addresses stand on this VLAN, " \
		"whose frames have a tag: 1 to 4094. Empty: without a tag.", \
		.least = 1, .most = 4094, .sample = "20" }, \
	{ "MTU", FORM_NUMBER, "mtu=", "Bytes of a packet: 576 to 9216. " \
		"Empty: 1500. All machines on the network must have the " \
		"same.", \
		.least = 576, .most = 9216 }, \
	{ .label = NULL }

/* The first two are needed. */
#define MEMBER(number, none) \
	{ "Adapter " #number, FORM_PICK, NULL, "One of the adapters that are " \
		"to be one. It loses its own addresses.", \
		.value = "nic" #number, .choices = none, \
		.source = "host show", .options = network_adapters }

#define BOND_FIELDS \
	{ "Mode", FORM_CHOICE, "mode=", "active-backup needs nothing of the " \
		"switch. lacp (802.3ad) and balance-xor need a group of " \
		"ports there.", \
		.choices = "=default: active-backup|active-backup|" \
		"lacp=lacp (802.3ad)|balance-xor", .sample = "lacp" }, \
	MEMBER(1, "=none"), MEMBER(2, "=none"), MEMBER(3, "=none"), \
	MEMBER(4, "=none"), \
	{ "More adapters", FORM_TEXT, NULL, "MAC addresses with blanks " \
		"between, if there are more than four.", .value = "more", \
		.most = 255 }, \
	ADDRESS_FIELDS

static const struct form_field nic_fields[] = { ADDRESS_FIELDS };

static const struct form_field bond_fields[] = { BOND_FIELDS };

static const struct form_field new_bond_fields[] = {
	{ "Name", FORM_TEXT, "@", "bond0 to bond99.", .value = "name",
		.needed = true, .most = 6, .sample = "bond0" },
	BOND_FIELDS,
};

/* One way and its address: a key of the settings. Without a fixed address there
 * is no gateway. */
static void spell_way(struct typed *typed,
	const char *(*value)(const char *), const char *const names[4])
{
	const char *mode = names[0], *ip = names[1];
	bool fixed = !strcmp(value(mode), "static");
	const char *key = names[2], *gateway = names[3];
	char word[32];

	snprintf(word, sizeof(word), "%s=", key);
	if (form_changed(mode) || (fixed && form_changed(ip)))
		typed_join(typed, word, value(fixed ? ip : mode));
	snprintf(word, sizeof(word), "%s=", gateway);
	if (fixed && form_changed(gateway))
		typed_join(typed, word, value(gateway));
	else if (!fixed && form_changed(mode) && *value(gateway))
		typed_add(typed, word);
}

static bool spell_addresses(struct typed *typed,
	const char *(*value)(const char *), char why[])
{
	static const char *const v4[] = { "mode4", "ip4", "address",
		"gateway" };
	static const char *const v6[] = { "mode6", "ip6", "address6",
		"gateway6" };

	(void)why;
	spell_way(typed, value, v4);
	spell_way(typed, value, v6);
	return true;
}

/* All that are not empty, with blanks between. Returns how many. */
static int join_members(const char *(*value)(const char *), char nics[NICS],
	bool *changed)
{
	static const char *const names[] = { "nic1", "nic2", "nic3", "nic4",
		"more" };
	size_t i, used = 0;
	const char *at;
	int count = 0;

	nics[0] = '\0';
	*changed = false;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*changed |= form_changed(names[i]);
		if (*value(names[i]))
			used += snprintf(nics + used, NICS - used, "%s%s",
				used ? " " : "", value(names[i]));
	}
	for (at = nics; *at; at += strspn(at, " ")) {
		at += strcspn(at, " ");
		count++;
	}
	return count;
}

static bool spell_bond(struct typed *typed,
	const char *(*value)(const char *), char why[])
{
	char nics[NICS];
	bool changed;
	int count = join_members(value, nics, &changed);

	if (changed)
		typed_join(typed, "nics=", nics);
	spell_addresses(typed, value, why);
	if (count < 2)
		snprintf(why, ASK_TEXT, "Adapter 2: a bond needs two adapters "
			"at least");
	return count >= 2;
}

const struct form network_nic = {
	.title = "Addresses of %", .words = "host set @",
	.fields = nic_fields, .changes = true, .spell = spell_addresses,
	.sample = "nic 52:54:00:12:34:56",
	.help = ON_TRIAL "Settings stay with the adapter's MAC address, "
		"whatever its name becomes. An adapter that an external switch "
		"has taken keeps its settings: the addresses stand on the "
		"switch, unless the host is not on it." };

const struct form network_bond = {
	.title = "Bond %", .words = "host set @", .fields = bond_fields,
	.changes = true, .spell = spell_bond, .sample = "bond bond0",
	.help = ON_TRIAL "A bond is several adapters that are one: when a "
		"cable breaks the others go on." };

const struct form network_new_bond = {
	.title = "New bond", .words = "host set 'bond @'",
	.fields = new_bond_fields, .names = true, .spell = spell_bond,
	.help = ON_TRIAL "A bond is several adapters that are one: when a "
		"cable breaks the others go on. They lose what settings they "
		"have." };

static const struct form_field dns_fields[] = {
	{ "Name servers", FORM_TEXT, "server=", "IPv4 or IPv6 addresses with "
		"blanks between. Empty: those that DHCP gives.",
		.value = "server", .most = 255, .sample = "192.0.2.53" },
	{ "Search domains", FORM_TEXT, "search=", "Domains with blanks "
		"between, in which names without a dot are looked for.",
		.value = "search", .most = 255, .sample = "example.org" },
	{ "Asked now", FORM_CHOICE, NULL, "The name servers that are asked "
		"now: those above, or those that DHCP gave.",
		.value = "in-use" },
	{ .label = NULL },
};

const struct form network_dns = {
	.title = "Name servers (DNS)", .words = "host set dns",
	.fields = dns_fields, .changes = true,
	.help = ON_TRIAL "Who is asked which address a name has." };

/* Who is first in the settings is the only one that is used. */
static void run(const struct form *form, const struct page *about,
	const char *section, const json_t *values)
{
	static char question[ASK_TEXT];
	struct form asks = *form;
	char losers[128];

	network_losers(watch_host(), section, losers, sizeof(losers));
	if (*losers) {
		snprintf(question, sizeof(question), "From now on only "
			"adapters with settings have addresses, and these have "
			"none: %s. Go on", losers);
		asks.question = question;
	}
	form_run(&asks, about, values);
}

/* "eth0 (on switch lan)" */
static void name_it(struct page *about, const json_t *row)
{
	const char *part = lines_text(row, "part");

	snprintf(about->of, sizeof(about->of), "%s%s%s%s",
		lines_text(row, "name"), *part ? " (on " : "", part,
		*part ? ")" : "");
}

void network_change(struct page *page)
{
	static struct page about;
	json_t *row = json_deep_copy(page->row);
	bool bond = !strcmp(lines_text(row, "kind"), "bond");

	if (!row)
		return;
	strcpy(about.subject, page->subject);
	name_it(&about, row);
	run(bond ? &network_bond : &network_nic, &about, page->subject, row);
	json_decref(row);
}

void network_add_bond(struct page *page)
{
	json_t *values;
	char name[16];

	network_free_bond(watch_host(), name, sizeof(name));
	values = json_pack("{s:s}", "name", name);
	run(&network_new_bond, page, "", values);
	json_decref(values);
}

void network_change_dns(struct page *page)
{
	json_t *dns = json_deep_copy(json_object_get(watch_host(), "dns"));

	form_run(&network_dns, page, dns);
	json_decref(dns);
}
