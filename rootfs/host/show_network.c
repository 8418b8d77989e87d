/* Adapters, bonds, switches and what stands on them, as JSON. */
/* SPDX-License-Identifier: MIT */
#include "show_network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <libgen.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define.h"
#include "rtnl.h"

/* A number in a file of the interface's; -1: none. */
static long number(const char *name, const char *what)
{
	char path[128];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, what);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

static void add_driver(json_t *object, const char *name)
{
	char path[128], target[PATH_MAX];
	ssize_t size;

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/driver", name);
	size = readlink(path, target, sizeof(target) - 1);
	if (size <= 0)
		return;
	target[size] = '\0';
	json_object_set_new(object, "driver", json_string(basename(target)));
}

/* address/prefix */
static json_t *address_text(const struct ifaddrs *at)
{
	char text[INET6_ADDRSTRLEN], whole[INET6_ADDRSTRLEN + 16];
	bool v4 = at->ifa_addr->sa_family == AF_INET;
	const void *address = v4 ?
		(void *)&((struct sockaddr_in *)at->ifa_addr)->sin_addr :
		(void *)&((struct sockaddr_in6 *)at->ifa_addr)->sin6_addr;
	const uint8_t *mask = v4 ?
		(void *)&((struct sockaddr_in *)at->ifa_netmask)->sin_addr :
		(void *)&((struct sockaddr_in6 *)at->ifa_netmask)->sin6_addr;
	int i, bits = 0;

	for (i = 0; i < (v4 ? 4 : 16); i++)
		bits += __builtin_popcount(mask[i]);
	if (!inet_ntop(at->ifa_addr->sa_family, address, text, sizeof(text)))
		return NULL;
	snprintf(whole, sizeof(whole), "%s/%d", text, bits);
	return json_string(whole);
}

static json_t *addresses_of(const struct ifaddrs *at, const char *name)
{
	json_t *list = json_array();

	for (; at; at = at->ifa_next)
		if (at->ifa_addr && at->ifa_netmask &&
		    !strcmp(at->ifa_name, name) &&
		    (at->ifa_addr->sa_family == AF_INET ||
		     at->ifa_addr->sa_family == AF_INET6))
			json_array_append_new(list, address_text(at));
	return list;
}

static const char *name_of(const struct link *links, int count, int index)
{
	int i;

	for (i = 0; i < count; i++)
		if (links[i].index == index)
			return links[i].name;
	return NULL;
}

/* What it is, in the words of the settings. */
static const char *kind_of(const struct link *link)
{
	return !link->kind[0] ? "adapter" :
		!strcmp(link->kind, "bridge") ? "switch" : link->kind;
}

static json_t *describe(const struct link *links, int count, int index,
	const struct ifaddrs *addresses)
{
	const struct link *link = &links[index];
	const char *master = name_of(links, count, link->master);
	const char *below = name_of(links, count, link->below);
	long speed = number(link->name, "speed");
	json_t *object = json_object();
	char mac[18];

	define_mac_text(link->has_permanent ? link->permanent : link->mac,
		mac);
	json_object_set_new(object, "name", json_string(link->name));
	json_object_set_new(object, "kind", json_string(kind_of(link)));
	json_object_set_new(object, "mac", json_string(mac));
	json_object_set_new(object, "link",
		json_boolean(number(link->name, "carrier") == 1));
	if (speed > 0)
		json_object_set_new(object, "speed", json_integer(speed));
	json_object_set_new(object, "mtu", json_integer(link->mtu));
	if (link->vlan)
		json_object_set_new(object, "vlan", json_integer(link->vlan));
	if (link->vlan && below)
		json_object_set_new(object, "on", json_string(below));
	if (master)
		json_object_set_new(object, "member", json_string(master));
	add_driver(object, link->name);
	json_object_set_new(object, "addresses",
		addresses_of(addresses, link->name));
	return object;
}

static bool is_shown(const struct link *link)
{
	return strcmp(link->name, "lo") && strcmp(link->kind, "tun");
}

json_t *show_network(void)
{
	json_t *list = json_array();
	struct ifaddrs *addresses = NULL;
	struct link *links = NULL;
	int i, socket = rtnl_open();
	int count = socket < 0 ? 0 : rtnl_links(socket, &links);

	if (getifaddrs(&addresses))
		addresses = NULL;
	for (i = 0; i < count; i++)
		if (is_shown(&links[i]))
			json_array_append_new(list, describe(links, count, i,
				addresses));
	freeifaddrs(addresses);
	free(links);
	if (socket >= 0)
		close(socket);
	return list;
}
