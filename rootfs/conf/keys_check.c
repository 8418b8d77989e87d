/* What no single line of a host's socle.conf shows: sections that do not fit. */
/* SPDX-License-Identifier: MIT */
#include "keys.h"
#include "keys_values.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first and the last address of address/prefix, in host order. */
static void network_of(const char *value, uint32_t range[2])
{
	char text[sizeof("255.255.255.255")] = "";
	size_t length = strcspn(value, "/");
	struct in_addr address = { 0 };
	uint32_t mask;

	snprintf(text, sizeof(text), "%.*s", (int)length, value);
	inet_pton(AF_INET, text, &address);
	mask = ~(uint32_t)0 << (32 - atoi(value + length + 1));
	range[0] = ntohl(address.s_addr) & mask;
	range[1] = range[0] | ~mask;
}

struct checker {
	const struct conf *conf;
	conf_report *report;
	void *context;
	int problems;
};

/* Reports a problem of a key, or with key NULL of the section itself. */
static void problem(struct checker *checker, const char *section,
	const char *key, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void problem(struct checker *checker, const char *section,
	const char *key, const char *format, ...)
{
	char sentence[128];
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	snprintf(text, sizeof(text), "[%s] %s%s%s", section, key ? key : "",
		key ? ": " : "", sentence);
	checker->report(checker->context,
		conf_line(checker->conf, section, key), text);
	checker->problems++;
}

/* A gateway is of no use without an address of the same family. */
static void check_gateway(struct checker *checker, const char *section,
	const char *gateway, const char *key)
{
	const char *address = conf_value(checker->conf, section, key, 0);

	if (conf_value(checker->conf, section, gateway, 0) &&
		(!address || !strchr(address, '/')))
		problem(checker, section, gateway,
			"has no effect without an %s/prefix", key);
}

/* The adapter serves in no other bond and stands for itself nowhere. */
static void check_member(struct checker *checker, const char *section,
	const char *mac)
{
	char nic[sizeof("nic ") + MAC_LENGTH];
	const char *other;
	const char *macs;
	int i;

	snprintf(nic, sizeof(nic), "nic %.*s", MAC_LENGTH, mac);
	if (conf_line(checker->conf, nic, NULL))
		problem(checker, section, "nics",
			"%.*s has a [nic] section too", MAC_LENGTH, mac);
	for (i = 0; (other = conf_section(checker->conf, "bond", i)); i++) {
		if (!strcmp(other, section))
			return;
		macs = conf_value(checker->conf, other, "nics", 0);
		if (macs && mac_list_has(macs, mac))
			problem(checker, section, "nics",
				"%.*s is in [%s] too", MAC_LENGTH, mac, other);
	}
}

static void check_bond(struct checker *checker, const char *section)
{
	const char *mac = conf_value(checker->conf, section, "nics", 0);

	if (!mac)
		problem(checker, section, NULL, "nics is missing");
	for (; mac && *mac; mac = mac_next(mac))
		check_member(checker, section, mac);
}

/* Keys that have no effect in a switch of this type. */
static void check_type(struct checker *checker, const char *section,
	const char *type)
{
	static const struct { const char *key, *type; } only[] = {
		{ "nic", "external" }, { "host", "external" },
		{ "address", "internal" }, { "address6", "internal" },
		{ "dhcp", "internal" }, { "nat", "internal" },
	};
	size_t i;

	for (i = 0; i < sizeof(only) / sizeof(*only); i++)
		if (strcmp(only[i].type, type) &&
		    conf_value(checker->conf, section, only[i].key, 0))
			problem(checker, section, only[i].key,
				"is for %s switches", only[i].type);
}

/* The uplink is a bond of the settings, or an adapter outside of bonds. */
static void check_uplink(struct checker *checker, const char *section,
	const char *nic)
{
	const char *other, *value;
	char bond[32];
	int i;

	snprintf(bond, sizeof(bond), "bond %s", nic);
	if (good_bond_name(nic) && !conf_line(checker->conf, bond, NULL))
		problem(checker, section, "nic", "there is no [%s]", bond);
	for (i = 0; (other = conf_section(checker->conf, "bond", i)); i++) {
		value = conf_value(checker->conf, other, "nics", 0);
		if (value && good_mac(nic) && mac_list_has(value, nic))
			problem(checker, section, "nic", "%s is in [%s]", nic,
				other);
	}
	for (i = 0; (other = conf_section(checker->conf, "switch", i)) &&
		strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "nic", 0);
		if (value && !strcasecmp(value, nic))
			problem(checker, section, "nic", "%s is in [%s] too",
				nic, other);
	}
}

/* The networks of internal switches are different ones. */
static void check_networks(struct checker *checker, const char *section,
	const char *address)
{
	const char *dhcp = conf_value(checker->conf, section, "dhcp", 0);
	uint32_t own[2], range[2];
	const char *other, *value;
	int i;

	network_of(address, own);
	if (dhcp && range_parse(dhcp, range) &&
	    (range[0] <= own[0] || range[1] >= own[1]))
		problem(checker, section, "dhcp", "is not within %s",
			address);
	for (i = 0; (other = conf_section(checker->conf, "switch", i)) &&
		strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "address", 0);
		if (!value)
			continue;
		network_of(value, range);
		if (range[0] <= own[1] && own[0] <= range[1])
			problem(checker, section, "address",
				"overlaps with that of [%s]", other);
	}
}

static void check_switch(struct checker *checker, const char *section)
{
	const struct conf *conf = checker->conf;
	const char *type = conf_value(conf, section, "type", 0);
	const char *nic = conf_value(conf, section, "nic", 0);
	const char *address = conf_value(conf, section, "address", 0);
	const char *nat = conf_value(conf, section, "nat", 0);

	if (!type) {
		problem(checker, section, NULL, "type is missing");
		return;
	}
	check_type(checker, section, type);
	if (!strcmp(type, "external") && !nic)
		problem(checker, section, NULL, "nic is missing");
	if (nic)
		check_uplink(checker, section, nic);
	if (address)
		check_networks(checker, section, address);
	else if (conf_value(conf, section, "dhcp", 0))
		problem(checker, section, "dhcp",
			"has no effect without an address");
	else if (nat && !strcmp(nat, "yes"))
		problem(checker, section, "nat",
			"has no effect without an address");
}

/* No two ports with one MAC address, no port that is called as a switch. */
static void check_port_alone(struct checker *checker, const char *section)
{
	const char *mac = conf_value(checker->conf, section, "mac", 0);
	const char *other, *value;
	char name[32];
	int i;

	snprintf(name, sizeof(name), "switch %s", section + strlen("port "));
	if (conf_line(checker->conf, name, NULL))
		problem(checker, section, NULL, "there is a [%s] too", name);
	for (i = 0; mac && (other = conf_section(checker->conf, "port", i)) &&
		strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "mac", 0);
		if (value && !strcasecmp(value, mac))
			problem(checker, section, "mac", "%s is in [%s] too",
				mac, other);
	}
}

static void check_port(struct checker *checker, const char *section)
{
	const struct conf *conf = checker->conf;
	const char *of = conf_value(conf, section, "switch", 0);
	char name[32];

	snprintf(name, sizeof(name), "switch %s", of ? of : "");
	if (!of)
		problem(checker, section, NULL, "switch is missing");
	else if (!conf_line(conf, name, NULL))
		problem(checker, section, "switch", "there is no [%s]", name);
	if (conf_value(conf, section, "vlan", 0) &&
	    conf_value(conf, section, "trunk", 0))
		problem(checker, section, "trunk",
			"has no effect beside vlan");
	else if (conf_value(conf, section, "native", 0) &&
		!conf_value(conf, section, "trunk", 0))
		problem(checker, section, "native",
			"has no effect without trunk");
	check_port_alone(checker, section);
}

/* Two names for one would be mounted in two places. */
static void check_volume(struct checker *checker, const char *section)
{
	const char *uuid = conf_value(checker->conf, section, "uuid", 0);
	const char *other, *value;
	int i;

	if (!uuid)
		problem(checker, section, NULL, "uuid is missing");
	for (i = 0; uuid && (other = conf_section(checker->conf, "volume", i))
		&& strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "uuid", 0);
		if (value && !strcasecmp(value, uuid))
			problem(checker, section, "uuid", "is that of [%s], "
				"too", other);
	}
}

int host_check(const struct conf *conf, conf_report *report, void *context)
{
	struct checker checker = { conf, report, context, 0 };
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, NULL, i)); i++) {
		check_gateway(&checker, section, "gateway", "address");
		check_gateway(&checker, section, "gateway6", "address6");
	}
	for (i = 0; (section = conf_section(conf, "bond", i)); i++)
		check_bond(&checker, section);
	for (i = 0; (section = conf_section(conf, "switch", i)); i++)
		check_switch(&checker, section);
	for (i = 0; (section = conf_section(conf, "port", i)); i++)
		check_port(&checker, section);
	for (i = 0; (section = conf_section(conf, "volume", i)); i++)
		check_volume(&checker, section);
	return checker.problems;
}
