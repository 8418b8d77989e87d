/* The menu's rows of adapters: what they are made of, and of nonsense. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <jansson.h>

#include "form_line.h"
#include "network_rows.h"

/* Of a form there is but this. */
void form_option(struct form_options *options, const char *value,
	const char *shown)
{
	struct form_option *option = &options->list[options->count++];

	CHECK(options->count < FORM_OPTIONS);
	option->value = strdup(value);
	option->shown = strdup(shown);
	CHECK(option->value && option->shown);
}

static const char text[] = "{\"network\":["
	"{\"name\":\"eth0\",\"kind\":\"adapter\",\"mac\":\"52:54:00:00:00:0a\","
	" \"link\":true,\"speed\":1000,\"driver\":\"e1000e\","
	" \"member\":\"lan\",\"mtu\":1500,\"addresses\":[]},"
	"{\"name\":\"eth1\",\"kind\":\"adapter\",\"mac\":\"52:54:00:00:00:0b\","
	" \"link\":false,\"driver\":\"igb\",\"member\":\"bond0\"},"
	"{\"name\":\"eth2\",\"kind\":\"adapter\",\"mac\":\"52:54:00:00:00:0c\","
	" \"link\":true,\"driver\":\"igb\",\"addresses\":[\"fe80::2/64\","
	" \"198.51.100.2/24\"]},"
	"{\"name\":\"bond0\",\"kind\":\"bond\",\"link\":true,"
	" \"addresses\":[]},"
	"{\"name\":\"bond0.7\",\"kind\":\"vlan\",\"on\":\"bond0\","
	" \"addresses\":[\"192.0.2.7/24\"]},"
	"{\"name\":\"lan\",\"kind\":\"switch\",\"addresses\":"
	" [\"192.0.2.5/24\",\"2001:db8::5/64\"]},"
	"{\"name\":\"dummy0\",\"kind\":\"adapter\",\"mac\":\"x\"}],"
	"\"nics\":[{\"mac\":\"52:54:00:00:00:0A\",\"address\":\"192.0.2.5/24\","
	" \"gateway\":\"192.0.2.1\",\"address6\":\"auto\",\"mtu\":null}],"
	"\"bonds\":[{\"name\":\"bond0\",\"nics\":\"52:54:00:00:00:0b "
	"52:54:00:00:00:0d 52:54:00:00:00:0e 52:54:00:00:00:0f "
	"52:54:00:00:00:10 52:54:00:00:00:11\",\"mode\":\"lacp\","
	" \"vlan\":\"7\"}]}";

static void has(const json_t *rows, size_t index, const char *key,
	const char *value)
{
	CHECK_STRING(value, json_string_value(json_object_get(
		json_array_get(rows, index), key)));
}

static void has_address(const json_t *rows, size_t index, size_t at,
	const char *address)
{
	CHECK_STRING(address, json_string_value(json_array_get(json_object_get(
		json_array_get(rows, index), "addresses"), at)));
}

static void test_rows(const json_t *host)
{
	json_t *rows = network_rows(host);

	CHECK(json_array_size(rows) == 4);
	has(rows, 0, "section", "nic 52:54:00:00:00:0A");
	has(rows, 0, "part", "switch lan");
	has(rows, 0, "mode4", "static");
	has(rows, 0, "ip4", "192.0.2.5/24");
	has(rows, 0, "gateway", "192.0.2.1");
	has(rows, 0, "mode6", "auto");
	has(rows, 0, "ip6", "");
	has(rows, 0, "mtu", "");
	has_address(rows, 0, 1, "2001:db8::5/64");
	has(rows, 1, "part", "bond0");
	has(rows, 1, "section", "nic 52:54:00:00:00:0b");
	has(rows, 1, "mode4", "");
	has_address(rows, 2, 0, "198.51.100.2/24");
	has(rows, 3, "section", "bond bond0");
	has(rows, 3, "vlan", "7");
	has(rows, 3, "nic4", "52:54:00:00:00:0f");
	has(rows, 3, "more", "52:54:00:00:00:10 52:54:00:00:00:11");
	has_address(rows, 3, 0, "192.0.2.7/24");
	json_decref(rows);
}

static void forget(struct form_options *options)
{
	while (options->count) {
		options->count--;
		free(options->list[options->count].value);
		free(options->list[options->count].shown);
	}
}

static void test_options(const json_t *host)
{
	struct form_options options = { .count = 0 };

	network_adapters(host, &options);
	CHECK(options.count == 3);
	CHECK_STRING("eth1  52:54:00:00:00:0b  no link, in bond0",
		options.list[1].shown);
	forget(&options);
	network_uplinks(host, &options);
	CHECK(options.count == 3);
	CHECK_STRING("52:54:00:00:00:0a", options.list[0].value);
	CHECK_STRING("eth0  52:54:00:00:00:0a  1000 Mb/s, in lan",
		options.list[0].shown);
	CHECK_STRING("bond0", options.list[2].value);
	forget(&options);
}

static void test_names(const json_t *host)
{
	json_t *bare = json_deep_copy(host);
	char name[128];

	network_free_bond(host, name, sizeof(name));
	CHECK_STRING("bond1", name);
	network_free_bond(NULL, name, sizeof(name));
	CHECK_STRING("bond0", name);
	network_losers(host, "nic 52:54:00:00:00:0c", name, sizeof(name));
	CHECK_STRING("", name);
	json_object_del(bare, "nics");
	json_object_del(bare, "bonds");
	network_losers(bare, "nic 52:54:00:00:00:0c", name, sizeof(name));
	CHECK_STRING("eth0, bond0", name);
	network_losers(bare, "", name, 8);
	CHECK(strlen(name) < 8);
	network_addresses(host, "lan", name, sizeof(name));
	CHECK_STRING("192.0.2.5/24 2001:db8::5/64", name);
	network_addresses(host, "lan", name, 5);
	CHECK_STRING("192.", name);
	json_decref(bare);
}

/* Of another version, or broken: each value in turn is something else. */
static void replace(json_t *value, int *left, const json_t *other)
{
	const char *key;
	json_t *each;
	size_t i;
	void *next;

	json_object_foreach_safe(value, next, key, each) {
		if (!(*left)--)
			json_object_set_new(value, key, json_deep_copy(other));
		else
			replace(each, left, other);
	}
	if (json_is_array(value))
		json_array_foreach(value, i, each) {
			if (!(*left)--)
				json_array_set_new(value, i,
					json_deep_copy(other));
			else
				replace(each, left, other);
		}
}

static void use(const json_t *host)
{
	struct form_options options = { .count = 0 };
	char name[32];

	json_decref(network_rows(host));
	network_adapters(host, &options);
	network_uplinks(host, &options);
	forget(&options);
	network_free_bond(host, name, sizeof(name));
	network_losers(host, "", name, sizeof(name));
	network_addresses(host, "eth0", name, sizeof(name));
}

static void test_nonsense(const json_t *host)
{
	json_t *others = json_loads("[null, 7, true, \"\", \"/ / /\", [], {}, "
		"[7], [{}], {\"name\": \"eth0\"}]", 0, NULL), *other, *copy;
	int at, left;
	size_t i;

	CHECK(others);
	json_array_foreach(others, i, other)
		for (at = 0, left = -1; left < 0; at++) {
			copy = json_deep_copy(host);
			left = at;
			replace(copy, &left, other);
			use(copy);
			json_decref(copy);
		}
	json_decref(others);
	use(NULL);
}

int main(void)
{
	json_t *host = json_loads(text, 0, NULL);

	CHECK(host);
	test_rows(host);
	test_options(host);
	test_names(host);
	test_nonsense(host);
	json_decref(host);
	return 0;
}
