/* A host's network in memory, for the menu's tests: adapters, bonds, switches,
 * changes on trial. What it refuses is what the settings' own checks refuse. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_NETWORK_WORLD_H
#define TESTS_NETWORK_WORLD_H

#include "check.h"

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#include "conf/keys.h"
#include "settings.h"

enum { NETWORK_WORDS = 40, NETWORK_SECTION = 64 };

static struct network_world {
	struct settings settings;
	struct conf *before;	/* of the section on trial */
	char section[NETWORK_SECTION];
	time_t end;		/* of the trial; 0: there is none */
	int seconds;		/* that trials last */
	const char *last;	/* how the last one ended; NULL: none has */
	char says[512];
	int status;
} network;

static const struct { const char *name, *mac, *driver; int speed; }
	network_nics[] = {
	{ "eth0", "52:54:00:12:34:56", "e1000e", 1000 },
	{ "eth1", "52:54:00:12:34:57", "igb", 0 },
	{ "eth2", "52:54:00:12:34:58", "ixgbe", 10000 },
};

static inline void network_begin(int seconds)
{
	network.seconds = seconds;
	network.settings.conf = conf_new(host_kinds);
	CHECK(network.settings.conf);
}

static inline void network_say(int status, const char *format,
	const char *what)
{
	network.status = status;
	snprintf(network.says, sizeof(network.says), format, what);
}

static inline void network_end(const char *how)
{
	network.end = 0;
	network.last = how;
	conf_free(network.before);
	network.before = NULL;
}

static inline void network_back(void)
{
	conf_copy(network.before, network.settings.conf, network.section,
		NULL);
	network_end("reverted");
}

static inline void network_tick(void)
{
	if (network.end && network.end <= time(NULL))
		network_back();
}

static inline const char *network_value(const char *section, const char *key)
{
	return conf_value(network.settings.conf, section, key, 0);
}

static inline json_t *network_text(const char *section, const char *key)
{
	const char *value = network_value(section, key);

	return value ? json_string(value) : json_null();
}

static inline json_t *network_sections(const char *kind, const char *name)
{
	static const char *const keys[] = { "nics", "mode", "address",
		"gateway", "address6", "gateway6", "vlan", "mtu" };
	json_t *rows = json_array(), *row;
	const char *section;
	size_t k;
	int i;

	for (i = 0; (section = conf_section(network.settings.conf, kind, i));
	     i++) {
		row = json_pack("{s:s}", name, section + strlen(kind) + 1);
		for (k = 0; k < sizeof(keys) / sizeof(*keys); k++)
			json_object_set_new(row, keys[k],
				network_text(section, keys[k]));
		json_array_append_new(rows, row);
	}
	return rows;
}

/* Who has it: a bond, or a switch that it is the uplink of; or NULL. */
static inline const char *network_owner(const char *nic)
{
	static const char *const of[][2] = { { "bond", "nics" },
		{ "switch", "nic" } };
	const char *section, *value;
	int i, kind;

	for (kind = 0; kind < 2; kind++)
		for (i = 0; (section = conf_section(network.settings.conf,
			of[kind][0], i)); i++) {
			value = network_value(section, of[kind][1]);
			if (value && strcasestr(value, nic))
				return strchr(section, ' ') + 1;
		}
	return NULL;
}

/* What the section says, or the default. */
static inline json_t *network_addresses_of(const char *section, bool used)
{
	const char *address = network_value(section, "address");

	if (!used || (address && !strcmp(address, "none")))
		return json_array();
	return json_pack("[s, s]", address && strchr(address, '/') ? address :
		strstr(section, ":58") ? "198.51.100.9/24" : "192.0.2.5/24",
		"fe80::5054:ff:fe12:3456/64");
}

static inline bool network_is_used(const char *section)
{
	const struct conf *conf = network.settings.conf;

	return (!conf_section(conf, "nic", 0) && !conf_section(conf, "bond",
		0)) || conf_line(conf, section, NULL);
}

static inline void network_put_nic(json_t *list, size_t at)
{
	const char *name = network_nics[at].name;
	const char *owner = network_owner(network_nics[at].mac);
	char section[NETWORK_SECTION];
	json_t *row;

	snprintf(section, sizeof(section), "nic %s", network_nics[at].mac);
	row = json_pack("{s:s, s:s, s:s, s:b, s:i, s:s, s:o}", "name", name,
		"kind", "adapter", "mac", network_nics[at].mac, "link",
		network_nics[at].speed > 0, "mtu", 1500, "driver",
		network_nics[at].driver, "addresses",
		network_addresses_of(section, !owner && network_nics[at].speed
			&& network_is_used(section)));
	if (network_nics[at].speed)
		json_object_set_new(row, "speed",
			json_integer(network_nics[at].speed));
	if (owner)
		json_object_set_new(row, "member", json_string(owner));
	json_array_append_new(list, row);
}

/* Bonds and switches are interfaces of their own. */
static inline void network_put_made(json_t *list, const char *kind)
{
	const char *section, *name, *mac, *owner;
	char of[NETWORK_SECTION];
	json_t *row;
	int i;

	for (i = 0; (section = conf_section(network.settings.conf, kind, i));
	     i++) {
		name = strchr(section, ' ') + 1;
		mac = network_value(section, "nic");
		owner = network_owner(name);
		snprintf(of, sizeof(of), mac && strchr(mac, ':') ? "nic %s" :
			"bond %s", mac ? mac : name);
		row = json_pack("{s:s, s:s, s:s, s:b, s:i, s:o}", "name", name,
			"kind", kind, "mac", "52:54:00:12:34:56", "link", 1,
			"mtu", 1500, "addresses", network_addresses_of(of,
				!owner && (mac || !strcmp(kind, "bond"))));
		if (owner)
			json_object_set_new(row, "member", json_string(owner));
		json_array_append_new(list, row);
	}
}

static inline json_t *network_list(const char *key)
{
	json_t *list = json_array();
	const char *value;
	int i;

	for (i = 0; (value = conf_value(network.settings.conf, "dns", key,
		i)); i++)
		json_array_append_new(list, json_string(value));
	return list;
}

static inline void network_show_trial(json_t *host)
{
	json_object_set_new(host, "trial", network.end ? json_pack(
		"{s:I, s:[s]}", "seconds", (json_int_t)(network.end -
		time(NULL)), "sections", network.section) : json_null());
	json_object_set_new(host, "last-trial", network.last ?
		json_string(network.last) : json_null());
}

/* What `host show` says of it. */
static inline void network_show(json_t *host)
{
	json_t *list = json_array();
	size_t i;

	network_tick();
	for (i = 0; i < sizeof(network_nics) / sizeof(*network_nics); i++)
		network_put_nic(list, i);
	network_put_made(list, "bond");
	network_put_made(list, "switch");
	json_object_set_new(host, "network", list);
	json_object_set_new(host, "gateways", json_pack("[{s:s, s:s}]",
		"address", "192.0.2.1", "interface", "eth0"));
	json_object_set_new(host, "dns", json_pack("{s:o, s:o, s:[s]}",
		"server", network_list("server"), "search",
		network_list("search"), "in-use", "192.0.2.53"));
	json_object_set_new(host, "nics", network_sections("nic", "mac"));
	json_object_set_new(host, "bonds", network_sections("bond", "name"));
	network_show_trial(host);
}

/* A section as it is now. */
static inline struct conf *network_before(const char *section)
{
	struct conf *before = conf_new(host_kinds);

	CHECK(before && !conf_copy(network.settings.conf, before, section,
		NULL));
	return before;
}

/* It has been changed; before is freed with the trial. */
static inline void network_begin_trial(const char *section,
	struct conf *before)
{
	snprintf(network.section, sizeof(network.section), "%.63s", section);
	network.before = before;
	network.end = time(NULL) + network.seconds;
	network_say(0, "%s", "The change is on trial: without \"vm host "
		"network confirm\" it is taken back in 60 seconds.\n");
}

/* It stays as it was, or is as it was before. */
static inline void network_settle(const char *section, struct conf *before,
	const struct trouble *why, bool trial)
{
	network_say(why->text[0] != '\0', why->text[0] ? "host: %s\n" : "%s",
		why->text);
	if (why->text[0])
		conf_copy(before, network.settings.conf, section, NULL);
	if (!why->text[0] && trial)
		network_begin_trial(section, before);
	else
		conf_free(before);
}

/* A word with = begins a pair; what follows without one is more of it. A list
 * has a pair for each of its values. */
static inline int network_words(char *text, bool list, char **words)
{
	static char room[NETWORK_WORDS][300];
	char key[32] = "", *word;
	int count = 0;

	while ((word = strsep(&text, " ")) && count < NETWORK_WORDS) {
		if (strchr(word, '='))
			snprintf(key, sizeof(key), "%.*s",
				(int)strcspn(word, "="), word);
		else if (list && count) {
			snprintf(room[count], sizeof(room[count]), "%s=%s",
				key, word);
			words[count] = room[count];
			count++;
			continue;
		} else if (count) {
			strcat(strcat(room[count - 1], " "), word);
			continue;
		}
		snprintf(room[count], sizeof(room[count]), "%s", word);
		words[count] = room[count];
		count++;
	}
	return count;
}

/* Members of a bond have nothing of their own. */
static inline void network_drop_members(const char *bond)
{
	const char *nics = network_value(bond, "nics");
	char section[NETWORK_SECTION];
	size_t i;

	for (i = 0; i < sizeof(network_nics) / sizeof(*network_nics); i++) {
		snprintf(section, sizeof(section), "nic %s",
			network_nics[i].mac);
		if (nics && strstr(nics, network_nics[i].mac))
			conf_unset(network.settings.conf, section, NULL);
	}
}

/* "SECTION KEY=VALUE ...". */
static inline void network_put(const char *what, bool trial)
{
	char text[1024], section[NETWORK_SECTION], *at, *pairs;
	char *words[NETWORK_WORDS];
	struct trouble why = { "" };
	struct conf *before;
	int count, result;

	snprintf(text, sizeof(text), "%s", what);
	at = text + strcspn(text, "=");
	while (at > text && *at != ' ')
		at--;
	pairs = at + 1;
	*at = '\0';
	snprintf(section, sizeof(section), "%.63s", text);
	count = network_words(pairs, !strcmp(section, "dns"), words);
	before = network_before(section);
	result = settings_put(&network.settings, section, words, count, &why);
	if (!result)
		network_drop_members(section);
	if (!result)
		settings_check(&network.settings, section, &why);
	network_settle(section, before, &why, trial);
}

static inline void network_unset(const char *section, bool trial)
{
	struct conf *before = network_before(section);
	struct trouble why = { "" };

	if (conf_unset(network.settings.conf, section, NULL))
		snprintf(why.text, sizeof(why.text),
			"the settings have no [%.63s]", section);
	network_settle(section, before, &why, trial);
}

/* "create lan type=..." and so on; the section is the switch's. */
static inline void network_switch(const char *what, bool trial)
{
	size_t verb = strcspn(what, " ");
	char section[600];

	snprintf(section, sizeof(section), "switch%.500s", what + verb);
	if (!strncmp(what, "delete", verb))
		network_unset(section, trial);
	else
		network_put(section, trial);
}

static inline json_t *network_switches(void)
{
	static const char *const keys[] = { "nic", "address", "address6",
		"dhcp" };
	json_t *list = json_array(), *row;
	const char *section, *value;
	size_t k;
	int i;

	network_tick();
	for (i = 0; (section = conf_section(network.settings.conf, "switch",
		i)); i++) {
		value = network_value(section, "mtu");
		row = json_pack("{s:s, s:s, s:i, s:b, s:[]}", "name",
			section + 7, "type", network_value(section, "type"),
			"mtu", value ? atoi(value) : 1500, "made", 1, "ports");
		for (k = 0; k < 4; k++)
			if (network_value(section, keys[k]))
				json_object_set_new(row, keys[k],
					network_text(section, keys[k]));
		value = network_value(section, "nic");
		if (value)
			json_object_set_new(row, "uplink",
				json_string("eth0"));
		value = network_value(section, "host");
		json_object_set_new(row, "host", json_boolean(
			network_value(section, "nic") && (!value ||
			strcmp(value, "no"))));
		value = network_value(section, "nat");
		json_object_set_new(row, "nat", json_boolean(value &&
			!strcmp(value, "yes")));
		json_array_append_new(list, row);
	}
	return list;
}

static const char network_tested[] =
	"[{\"what\": \"link of eth0\", \"result\": \"good\","
	" \"detail\": \"1000 Mb/s\"},"
	"{\"what\": \"address\", \"result\": \"good\","
	" \"detail\": \"192.0.2.5/24\"},"
	"{\"what\": \"gateway 192.0.2.1\", \"result\": \"good\","
	" \"detail\": \"answers a ping in 0.4 ms, by eth0\"},"
	"{\"what\": \"name server 192.0.2.53\", \"result\": \"bad\","
	" \"detail\": \"it does not answer\"},"
	"{\"what\": \"time server pool.ntp.org\", \"result\": \"bad\","
	" \"detail\": \"no name server knows its address\"}]";

/* Behind "host network ". */
static inline void network_do(const char *what)
{
	network_tick();
	if (!strcmp(what, "test")) {
		network_say(0, "%s", "");
	} else if (!strcmp(what, "confirm") || !strcmp(what, "revert")) {
		network_say(!network.end, "%s", network.end ? "" :
			"host: no change of the network is on trial\n");
		if (network.end && *what == 'c')
			network_end("confirmed");
		else if (network.end)
			network_back();
	} else if (network.end) {
		network_say(1, "%s", "host: a change of the network is on "
			"trial: confirm or revert it first\n");
	} else if (!strncmp(what, "set ", 4)) {
		network_put(what + 4, true);
	} else if (!strncmp(what, "unset ", 6)) {
		network_unset(what + 6, true);
	} else if (!strncmp(what, "switch ", 7)) {
		network_switch(what + 7, true);
	}
}

#endif
