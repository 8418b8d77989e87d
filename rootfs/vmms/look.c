/* What a VM runs with, and what its guest tells of itself: asked of the worker,
 * item by item. */
/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS	64u	/* no guest has more to say */

static void finish(struct look *look)
{
	look->done(look->context, look);
	free(look);
}

/* A guest says what it likes. */
static void keep(char *to, size_t room, const char *value)
{
	snprintf(to, room, "%s", value);
	conf_printable(to);
}

static void take(struct look *look, const struct control_item *item)
{
	const struct {
		const char *key;
		char *to;
		size_t room;
	} known[] = {
		{ "FullyQualifiedDomainName", look->host, LOOK_NAME },
		{ "OSName", look->system, LOOK_NAME },
		{ "NetworkAddressIPv4", look->ipv4, LOOK_ADDRESSES },
		{ "NetworkAddressIPv6", look->ipv6, LOOK_ADDRESSES },
	};
	size_t i;

	if (!memchr(item->key, 0, sizeof(item->key)) ||
	    !memchr(item->value, 0, sizeof(item->value)))
		return;
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(item->key, known[i].key))
			keep(known[i].to, known[i].room, item->value);
}

static void ask_item(struct look *look);

static void got_item(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct look *look = context;

	(void)parcel;
	if (error) {
		finish(look);
		return;
	}
	take(look, reply);
	look->item++;
	ask_item(look);
}

static bool is_enough(const struct look *look)
{
	return look->item >= look->items || look->item >= ITEMS ||
		(!look->all && look->ipv4[0]);
}

static void ask_item(struct look *look)
{
	struct dialogue *link = machine_link(look->machine);

	if (is_enough(look) || !link ||
	    link_say(link, CONTROL_KVP, look->item, got_item, look))
		finish(look);
}

static void got_services(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	/* enum heartbeat_state of the worker's. */
	static const char *const beats[] = { "none", "good", "lost" };
	const struct control_integration *services = reply;
	struct look *look = context;

	(void)parcel;
	if (!error && services->beat < 3)
		look->heartbeat = beats[services->beat];
	if (!error) {
		look->items = services->items;
		look->processors = services->reply.processors;
		look->memory = services->reply.memory;
	}
	ask_item(look);
}

bool look_begin(struct machine *machine, bool all,
	void (*done)(void *context, const struct look *look), void *context)
{
	struct dialogue *link = machine_link(machine);
	struct look *look = link ? calloc(1, sizeof(*look)) : NULL;

	if (!look)
		return false;
	look->heartbeat = "none";
	look->machine = machine;
	look->all = all;
	look->done = done;
	look->context = context;
	if (!link_say(link, CONTROL_INTEGRATION, 0, got_services, look))
		return true;
	free(look);
	return false;
}

/* The next one of a list, if it is one. */
static const char *next_address(const char *list, int family, char *text,
	bool *good)
{
	size_t size = strcspn(list, "; ,");
	unsigned char address[sizeof(struct in6_addr)];

	*good = size && size < INET6_ADDRSTRLEN;
	if (*good) {
		memcpy(text, list, size);
		text[size] = '\0';
		*good = inet_pton(family, text, address) == 1;
	}
	list += size;
	return list + strspn(list, "; ,");
}

void look_address(const struct look *look, char *text)
{
	const char *list;
	bool good;

	for (list = look->ipv4; *list;) {
		list = next_address(list, AF_INET, text, &good);
		if (good)
			return;
	}
	for (list = look->ipv6; *list;) {
		list = next_address(list, AF_INET6, text, &good);
		if (good && strncasecmp(text, "fe80", 4))
			return;
	}
	*text = '\0';
}

static void add_all(json_t *addresses, const char *list, int family)
{
	char text[INET6_ADDRSTRLEN];
	bool good;

	while (*list) {
		list = next_address(list, family, text, &good);
		if (good)
			json_array_append_new(addresses, json_string(text));
	}
}

json_t *look_addresses(const struct look *look)
{
	json_t *addresses = json_array();

	add_all(addresses, look->ipv4, AF_INET);
	add_all(addresses, look->ipv6, AF_INET6);
	return addresses;
}
