/* Which adapters an installation's host is managed by, and their addresses. */
/* SPDX-License-Identifier: MIT */
#include "ask_network.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask_value.h"
#include "keys.h"
#include "line.h"
#include "places.h"
#include "program.h"

enum { ADAPTERS = 64, SECTION = 40, MAC = 20 };

#define HELP "Numbers with blanks between: one adapter, or several that become " \
	"a bond.\n\"all\": every adapter that has a link, by DHCP; \"keep\": as " \
	"the settings of now\nhave it. An adapter is known by its MAC address, " \
	"whatever its name becomes."

struct adapters {
	json_t *host;
	const json_t *each[ADAPTERS];
	int count;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void read_adapters(struct adapters *adapters)
{
	size_t size, i;
	char *text = program_said(PLACE_HOST, &size);
	const json_t *each;

	memset(adapters, 0, sizeof(*adapters));
	adapters->host = text ? json_loadb(text, size, 0, NULL) : NULL;
	free(text);
	json_array_foreach(json_object_get(adapters->host, "network"), i, each)
		if (!strcmp(text_of(each, "kind"), "adapter") &&
		    json_object_get(each, "driver") &&
		    adapters->count < ADAPTERS)
			adapters->each[adapters->count++] = each;
}

static void list_adapters(const struct adapters *adapters)
{
	int i;

	for (i = 0; i < adapters->count; i++)
		printf("  %2d  %-8s %s  %-10s %s\n", i + 1,
			text_of(adapters->each[i], "name"),
			text_of(adapters->each[i], "mac"),
			text_of(adapters->each[i], "driver"),
			json_is_true(json_object_get(adapters->each[i],
				"link")) ? "link" : "no link");
}

/* "1 3" as MAC addresses with a blank between; 0: it is none. */
static int chosen(const struct adapters *adapters, char *text, char *macs,
	size_t size)
{
	char *rest, *word, *end;
	int count = 0;

	*macs = '\0';
	for (word = strtok_r(text, " ,", &rest); word;
		word = strtok_r(NULL, " ,", &rest)) {
		long number = strtol(word, &end, 10);
		const char *mac = !*end && number >= 1 &&
			number <= adapters->count ? text_of(
			adapters->each[number - 1], "mac") : "";
		size_t used = strlen(macs);

		if (!*mac || strstr(macs, mac))
			return 0;
		snprintf(macs + used, size - used, "%s%s", used ? " " : "",
			mac);
		count++;
	}
	return count;
}

/* Whatever the settings had of adapters and bonds. */
static void clear(struct conf *conf)
{
	static const char *const kinds[] = { "nic", "bond" };
	const char *section;
	char name[SECTION];
	int i;

	for (i = 0; i < 2; i++)
		while ((section = conf_section(conf, kinds[i], 0))) {
			snprintf(name, sizeof(name), "%s", section);
			if (conf_unset(conf, name, NULL))
				break;
		}
}

/* Some have no address of their own. */
static bool usable(const char *macs, int count)
{
	return count > 1 ? conf_key_in(host_kinds, "bond bond0", "nics",
		strlen("nics"))->good(macs) :
		conf_kind_in(host_kinds, "nic")->good(macs);
}

static bool ask_bond(struct conf *conf, const char *macs)
{
	return !conf_set(conf, "bond bond0", "nics", &macs, 1, NULL, NULL) &&
		ask_value(conf, &(struct ask_value){ "bond bond0", "mode",
		"The bond's mode", "active-backup",
		"active-backup: one adapter at a time; lacp: all of them, with "
		"a switch that\nspeaks 802.3ad; balance-xor: all of them, with "
		"a switch that was told." });
}

static bool ask_address(struct conf *conf, const char *section)
{
	const char *address;

	if (!ask_value(conf, &(struct ask_value){ section, "vlan",
		"VLAN that the addresses stand on, 1 to 4094", "-",
		"\"-\": none, frames go without a tag." }) ||
	    !ask_value(conf, &(struct ask_value){ section, "address",
		"IPv4: dhcp, none, or address/prefix", "dhcp",
		"For example 192.0.2.5/24." }))
		return false;
	address = conf_value(conf, section, "address", 0);
	if (!address || !strchr(address, '/'))
		conf_unset(conf, section, "gateway");
	else if (!ask_value(conf, &(struct ask_value){ section, "gateway",
		"IPv4 gateway", "-", "\"-\": there is none." }))
		return false;
	if (!ask_value(conf, &(struct ask_value){ section, "address6",
		"IPv6: auto, none, or address/prefix", "auto",
		"For example 2001:db8::5/64." }))
		return false;
	address = conf_value(conf, section, "address6", 0);
	if (address && strchr(address, '/') &&
	    !ask_value(conf, &(struct ask_value){ section, "gateway6",
		"IPv6 gateway", "-", "\"-\": there is none." }))
		return false;
	return ask_value(conf, &(struct ask_value){ "dns", "server",
		"Name servers, blanks between", "-",
		"\"-\": those that DHCP names." });
}

/* A section of an adapter says that it is used, whatever it has of keys. */
static bool use(struct conf *conf, const char *macs, int count)
{
	const char *dhcp = "dhcp";
	char section[SECTION];

	clear(conf);
	if (count > 1)
		return ask_bond(conf, macs) && ask_address(conf, "bond bond0");
	snprintf(section, sizeof(section), "nic %.17s", macs);
	if (!ask_address(conf, section))
		return false;
	if (!conf_value(conf, section, "address", 0))
		conf_set(conf, section, "address", &dhcp, 1, NULL, NULL);
	return true;
}

static bool ask_adapters(struct conf *conf, const struct adapters *adapters)
{
	bool has = conf_section(conf, "nic", 0) || conf_section(conf, "bond",
		0);
	char text[LINE_MAX_BYTES], macs[ADAPTERS * MAC];
	int count;

	for (;;) {
		if (!line_ask("Adapters for the host itself",
			has ? "keep" : adapters->count ? "1" : "all", HELP,
			text))
			return false;
		if (!strcmp(text, "keep"))
			return true;
		if (!strcmp(text, "all")) {
			clear(conf);
			return true;
		}
		count = chosen(adapters, text, macs, sizeof(macs));
		if (count && usable(macs, count))
			return use(conf, macs, count);
		if (count)
			printf("What has no MAC address of its own cannot be "
				"used.\n");
		else
			printf("That is no list of numbers from 1 to %d.\n",
				adapters->count);
	}
}

bool ask_network(struct conf *conf)
{
	struct adapters adapters;
	bool stays;

	read_adapters(&adapters);
	list_adapters(&adapters);
	stays = ask_adapters(conf, &adapters);
	json_decref(adapters.host);
	return stays;
}

void ask_network_show(const struct conf *conf, char *text, size_t size)
{
	const char *section, *address, *vlan;
	size_t used = 0;
	int i;

	snprintf(text, size, "every adapter that has a link, by DHCP");
	for (i = 0; (section = conf_section(conf, NULL, i)); i++) {
		if (strncmp(section, "nic ", 4) &&
		    strncmp(section, "bond ", 5))
			continue;
		address = conf_value(conf, section, "address", 0);
		vlan = conf_value(conf, section, "vlan", 0);
		if (used < size)
			used += (size_t)snprintf(text + used, size - used,
				"%s%s %s%s%s", used ? "; " : "",
				strchr(section, ' ') + 1,
				address ? address : "dhcp",
				vlan ? " VLAN " : "", vlan ? vlan : "");
	}
}
