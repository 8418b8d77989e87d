/* Adapters and bonds, as the host tells of them and the settings have them. */
/* SPDX-License-Identifier: MIT */
#include "network_rows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lines.h"

enum { MEMBERS = 4, BONDS = 100, TEXT = 256 };

static const char *const keys[] = { "address", "gateway", "address6",
	"gateway6", "vlan", "mtu", "mode", NULL };

static const json_t *interfaces(const json_t *host)
{
	return json_object_get(host, "network");
}

static bool is(const json_t *object, const char *key, const char *value)
{
	return !strcmp(lines_text(object, key), value);
}

/* Of a list, the object with this text. */
static const json_t *find(const json_t *list, const char *key,
	const char *value)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)list, i, each)
		if (!strcasecmp(lines_text(each, key), value))
			return each;
	return NULL;
}

static bool is_bond(const json_t *interface)
{
	return is(interface, "kind", "bond");
}

/* What may have settings: not loops, VLANs, switches. */
static bool is_adapter(const json_t *interface)
{
	return is_bond(interface) || (is(interface, "kind", "adapter") &&
		json_object_get(interface, "driver"));
}

/* The interface that it is a part of, or NULL. */
static const json_t *whole(const json_t *host, const json_t *interface)
{
	const char *member = lines_text(interface, "member");

	return *member ? find(interfaces(host), "name", member) : NULL;
}

static bool is_in_bond(const json_t *host, const json_t *interface)
{
	const json_t *of = whole(host, interface);

	return of && is_bond(of);
}

static const json_t *settings_of(const json_t *host, const json_t *interface)
{
	return is_bond(interface) ?
		find(json_object_get(host, "bonds"), "name",
			lines_text(interface, "name")) :
		find(json_object_get(host, "nics"), "mac",
			lines_text(interface, "mac"));
}

static void put(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, json_string(text));
}

/* Those of the link alone tell nobody anything. */
static void add_addresses(json_t *list, const json_t *interface)
{
	const json_t *address;
	size_t i;

	json_array_foreach(json_object_get(interface, "addresses"), i, address)
		if (json_is_string(address) && strncmp("fe80:",
			json_string_value(address), 5))
			json_array_append(list, (json_t *)address);
}

static void add_all(json_t *list, const json_t *host, const char *name)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)interfaces(host), i, each)
		if (is(each, "name", name) || is(each, "on", name))
			add_addresses(list, each);
}

static void put_part(json_t *row, const json_t *host,
	const json_t *interface)
{
	const json_t *of = whole(host, interface);
	const char *name = lines_text(interface, "member");
	json_t *addresses = json_array();
	char text[TEXT];

	snprintf(text, sizeof(text), "%s%s", of && is(of, "kind", "switch") ?
		"switch " : "", name);
	put(row, "part", text);
	add_all(addresses, host, lines_text(interface, "name"));
	if (of && is(of, "kind", "switch"))
		add_all(addresses, host, name);
	json_object_set_new(row, "addresses", addresses);
}

/* dhcp, auto and none are ways, and else it is an address. */
static void put_way(json_t *row, const char *value, const char *mode,
	const char *address)
{
	bool fixed = strchr(value, '/');

	put(row, mode, fixed ? "static" : value);
	put(row, address, fixed ? value : "");
}

static void put_members(json_t *row, const char *macs)
{
	char text[TEXT * 2], key[16], *at = text, *mac;
	int i;

	snprintf(text, sizeof(text), "%s", macs);
	for (i = 1; i <= MEMBERS; i++) {
		snprintf(key, sizeof(key), "nic%d", i);
		mac = at ? strsep(&at, " ") : NULL;
		put(row, key, mac ? mac : "");
	}
	put(row, "more", at ? at : "");
}

static void put_settings(json_t *row, const json_t *settings, bool bond)
{
	const char *const *key;
	char section[TEXT];

	snprintf(section, sizeof(section), "%s %s", bond ? "bond" : "nic",
		!settings ? lines_text(row, bond ? "name" : "mac") :
		lines_text(settings, bond ? "name" : "mac"));
	put(row, "section", section);
	json_object_set_new(row, "set", json_boolean(settings));
	for (key = keys; *key; key++)
		put(row, *key, lines_text(settings, *key));
	put_way(row, lines_text(row, "address"), "mode4", "ip4");
	put_way(row, lines_text(row, "address6"), "mode6", "ip6");
	put_members(row, lines_text(settings, "nics"));
}

static json_t *row_of(const json_t *host, const json_t *interface)
{
	json_t *row = json_copy((json_t *)interface);

	put_part(row, host, interface);
	/* The kernel's are not the settings'. */
	put_settings(row, settings_of(host, interface), is_bond(interface));
	return row;
}

json_t *network_rows(const json_t *host)
{
	json_t *rows = json_array();
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)interfaces(host), i, each)
		if (is_adapter(each))
			json_array_append_new(rows, row_of(host, each));
	return rows;
}

/* "eth0  52:54:00:12:34:56  1000 Mb/s, in switch lan" */
static void describe(const json_t *host, const json_t *interface, char *text,
	size_t size)
{
	json_int_t speed = json_integer_value(json_object_get(interface,
		"speed"));
	char link[32] = "link";

	if (speed)
		snprintf(link, sizeof(link), "%lld Mb/s", (long long)speed);
	snprintf(text, size, "%s  %s  %s%s%s", lines_text(interface, "name"),
		lines_text(interface, "mac"), json_is_true(json_object_get(
			interface, "link")) ? link : "no link",
		whole(host, interface) ? ", in " : "",
		lines_text(interface, "member"));
}

static void offer(const json_t *host, const json_t *interface,
	const char *key, struct form_options *options)
{
	char text[TEXT];

	describe(host, interface, text, sizeof(text));
	form_option(options, lines_text(interface, key), text);
}

void network_adapters(const json_t *host, struct form_options *options)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)interfaces(host), i, each)
		if (is_adapter(each) && !is_bond(each))
			offer(host, each, "mac", options);
}

void network_uplinks(const json_t *host, struct form_options *options)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)interfaces(host), i, each)
		if (is_adapter(each) && !is_in_bond(host, each))
			offer(host, each, is_bond(each) ? "name" : "mac",
				options);
}

void network_free_bond(const json_t *host, char *name, size_t size)
{
	int i;

	for (i = 0; i < BONDS; i++) {
		snprintf(name, size, "bond%d", i);
		if (!find(interfaces(host), "name", name) &&
		    !find(json_object_get(host, "bonds"), "name", name))
			return;
	}
}

void network_losers(const json_t *host, const char *section, char *text,
	size_t size)
{
	json_t *rows = network_rows(host), *row;
	size_t i, used = 0;

	text[0] = '\0';
	if (!json_array_size(json_object_get(host, "nics")) &&
	    !json_array_size(json_object_get(host, "bonds")))
		json_array_foreach(rows, i, row)
			if (!is(row, "section", section) && used < size &&
			    json_array_size(json_object_get(row,
				"addresses")))
				used += snprintf(text + used, size - used,
					"%s%s", used ? ", " : "",
					lines_text(row, "name"));
	json_decref(rows);
}

void network_addresses(const json_t *host, const char *name, char *text,
	size_t size)
{
	json_t *list = json_array(), *address;
	size_t i, used = 0;

	text[0] = '\0';
	add_all(list, host, name);
	json_array_foreach(list, i, address)
		if (used < size)
			used += snprintf(text + used, size - used, "%s%s",
				used ? " " : "", json_string_value(address));
	json_decref(list);
}
