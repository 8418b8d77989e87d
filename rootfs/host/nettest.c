/* Whether the host's network works: what is looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#include "nettest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "echo.h"
#include "gateways.h"
#include "keys.h"
#include "nettest_servers.h"
#include "paths.h"
#include "row.h"
#include "show_network.h"

enum { GATEWAY_MS = 2000, ADDRESSES_TEXT = 256 };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool is_named(const struct conf *conf, const char *kind,
	const char *key, const char *mac)
{
	const char *section, *value;
	int i;

	for (i = 0; (section = conf_section(conf, kind, i)); i++) {
		value = key ? conf_value(conf, section, key, 0) : section;
		if (value && strcasestr(value, mac))
			return true;
	}
	return false;
}

/* Whether the settings count on this adapter. */
static bool is_wanted(const struct conf *conf, const char *mac)
{
	return is_named(conf, "nic", NULL, mac) ||
		is_named(conf, "bond", "nics", mac) ||
		is_named(conf, "switch", "nic", mac);
}

static void say_link(json_t *rows, const json_t *adapter)
{
	json_int_t speed = json_integer_value(json_object_get(adapter,
		"speed"));
	bool link = json_is_true(json_object_get(adapter, "link"));
	char what[64];

	snprintf(what, sizeof(what), "link of %s", text_of(adapter, "name"));
	if (!link)
		row_say(rows, what, BAD,
			"no cable, or nothing at its other end");
	else if (speed)
		row_say(rows, what, GOOD, "%lld Mb/s", (long long)speed);
	else
		row_say(rows, what, GOOD, "there is one");
}

static const json_t *find_adapter(const json_t *network, const char *mac)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)network, i, each)
		if (!strcasecmp(text_of(each, "mac"), mac) &&
		    !strcmp(text_of(each, "kind"), "adapter"))
			return each;
	return NULL;
}

/* What the settings name and nobody has plugged in. */
static void test_missing(json_t *rows, const struct conf *conf,
	const json_t *network)
{
	const char *section, *mac;
	char what[64];
	int i;

	for (i = 0; (section = conf_section(conf, "nic", i)); i++) {
		mac = section + strlen("nic ");
		snprintf(what, sizeof(what), "adapter %.40s", mac);
		if (!find_adapter(network, mac))
			row_say(rows, what, BAD, "the settings name it, but it "
				"is not in this machine");
	}
}

/* Those that have one, or that should. */
static void test_links(json_t *rows, const struct conf *conf,
	const json_t *network)
{
	const json_t *each;
	bool any = false;
	size_t i;

	json_array_foreach((json_t *)network, i, each) {
		if (strcmp(text_of(each, "kind"), "adapter") ||
		    !json_object_get(each, "driver") ||
		    (!json_is_true(json_object_get(each, "link")) &&
		     !is_wanted(conf, text_of(each, "mac"))))
			continue;
		say_link(rows, each);
		any = true;
	}
	if (!any)
		row_say(rows, "link", BAD, "no adapter has one");
}

/* Those of the link alone reach nobody far. */
static void test_addresses(json_t *rows, const json_t *network)
{
	char text[ADDRESSES_TEXT] = "";
	const json_t *each, *address;
	size_t i, j, used = 0;

	json_array_foreach((json_t *)network, i, each)
		json_array_foreach(json_object_get(each, "addresses"), j,
			address) {
			const char *at = json_string_value(address);

			if (!at || !strncmp(at, "fe80:", 5) ||
			    used >= sizeof(text))
				continue;
			used += (size_t)snprintf(text + used,
				sizeof(text) - used, "%s%s",
				used ? " " : "", at);
		}
	if (used)
		row_say(rows, "address", GOOD, "%s", text);
	else
		row_say(rows, "address", BAD, "the host has none: no DHCP "
			"server answers, or none is set");
}

static void say_gateway(json_t *rows, const struct gateway *gateway,
	const struct probe *probe)
{
	char what[64], mac[18];

	snprintf(what, sizeof(what), "gateway %s", gateway->address);
	if (probe->answered)
		row_say(rows, what, GOOD, "answers a ping in %.1f ms, by %s",
			probe->us / 1e3, gateway->interface);
	else if (gateway_is_seen(gateway, mac))
		row_say(rows, what, GOOD, "is there (%s), but answers no ping",
			mac);
	else
		row_say(rows, what, BAD, "%s, by %s", probe_why_not(probe),
			gateway->interface);
}

static void test_gateways(json_t *rows)
{
	struct gateway gateways[GATEWAYS];
	struct probe probes[GATEWAYS];
	int i, count = gateways_read(gateways);

	if (!count)
		row_say(rows, "gateway", NONE, "there is none: the host "
			"reaches its own networks alone");
	for (i = 0; i < count; i++)
		echo_open(&probes[i], gateways[i].address,
			gateways[i].interface, (uint16_t)(getpid() + i));
	probe_run(probes, count, GATEWAY_MS);
	for (i = 0; i < count; i++) {
		say_gateway(rows, &gateways[i], &probes[i]);
		probe_close(&probes[i]);
	}
}

json_t *nettest(const struct conf *conf)
{
	json_t *rows = json_array(), *network = show_network();

	test_missing(rows, conf, network);
	test_links(rows, conf, network);
	test_addresses(rows, network);
	test_gateways(rows);
	servers_test(rows, conf);
	json_decref(network);
	return rows;
}

int network_test(char **words, int count, struct trouble *why)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	json_t *rows;

	(void)words;
	(void)count;
	(void)why;
	if (!conf)
		conf = conf_new(host_kinds);
	rows = nettest(conf);
	json_dumpf(rows, stdout, JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(rows);
	conf_free(conf);
	return 0;
}
