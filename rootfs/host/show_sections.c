/* What the settings say of the network, as JSON. */
/* SPDX-License-Identifier: MIT */
#include "show_sections.h"

#include <string.h>

#include "gateways.h"
#include "nameservers.h"

/* Of a NIC, and of a bond, which has two more before them. */
static const char *const keys[] = { "nics", "mode", "address", "gateway",
	"address6", "gateway6", "vlan", "mtu", NULL };

enum { BOND_KEYS = 2 };

json_t *show_values(const struct conf *conf, const char *section,
	const char *key)
{
	json_t *list = json_array();
	const char *value;
	int i;

	for (i = 0; (value = conf_value(conf, section, key, i)); i++)
		json_array_append_new(list, json_string(value));
	return list;
}

static json_t *value_of(const struct conf *conf, const char *section,
	const char *key)
{
	const char *value = conf_value(conf, section, key, 0);

	return value ? json_string(value) : json_null();
}

static void put_kind(json_t *object, const struct conf *conf,
	const char *kind, const char *name, const char *list,
	const char *const *key)
{
	json_t *rows = json_array(), *row;
	const char *const *at;
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, kind, i)); i++) {
		row = json_object();
		json_object_set_new(row, name,
			json_string(section + strlen(kind) + 1));
		for (at = key; *at; at++)
			json_object_set_new(row, *at, value_of(conf, section,
				*at));
		json_array_append_new(rows, row);
	}
	json_object_set_new(object, list, rows);
}

static void put_dns(json_t *object, const struct conf *conf)
{
	char servers[NAMESERVERS][NAMESERVER_TEXT];
	json_t *dns = json_object(), *used = json_array();
	int i, count = nameservers_read(servers);

	for (i = 0; i < count; i++)
		json_array_append_new(used, json_string(servers[i]));
	json_object_set_new(dns, "server",
		show_values(conf, "dns", "server"));
	json_object_set_new(dns, "search",
		show_values(conf, "dns", "search"));
	json_object_set_new(dns, "in-use", used);
	json_object_set_new(object, "dns", dns);
}

static void put_gateways(json_t *object)
{
	struct gateway gateways[GATEWAYS];
	int i, count = gateways_read(gateways);
	json_t *list = json_array();

	for (i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "address",
			gateways[i].address, "interface",
			gateways[i].interface));
	json_object_set_new(object, "gateways", list);
}

void show_sections(json_t *object, const struct conf *conf)
{
	put_gateways(object);
	put_dns(object, conf);
	put_kind(object, conf, "nic", "mac", "nics", keys + BOND_KEYS);
	put_kind(object, conf, "bond", "name", "bonds", keys);
}
