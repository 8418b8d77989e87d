/* Addresses and routes of an interface, and their way to another. */
/* SPDX-License-Identifier: MIT */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

enum {
	REPLACE = NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE,
	APPEND = NLM_F_ACK | NLM_F_CREATE | NLM_F_APPEND,
};

/* The addresses or the routes of an interface, as they come. */
struct collection {
	struct nlmsghdr **all;
	int count, index;
};

static const void *attributes(const struct nlmsghdr *message, size_t header,
	size_t *size)
{
	size_t used = NLMSG_SPACE(header);

	*size = message->nlmsg_len > used ? message->nlmsg_len - used : 0;
	return (const uint8_t *)message + used;
}

static int keep(struct collection *collection,
	const struct nlmsghdr *message)
{
	struct nlmsghdr **all = realloc(collection->all,
		(size_t)(collection->count + 1) * sizeof(*all));

	if (!all)
		return -ENOMEM;
	collection->all = all;
	all[collection->count] = malloc(message->nlmsg_len);
	if (!all[collection->count])
		return -ENOMEM;
	memcpy(all[collection->count++], message, message->nlmsg_len);
	return 0;
}

static int take_address(void *context, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *is = NLMSG_DATA(message);
	struct collection *collection = context;

	if (message->nlmsg_type != RTM_NEWADDR ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(*is)) ||
	    (int)is->ifa_index != collection->index ||
	    (is->ifa_family != AF_INET && is->ifa_family != AF_INET6) ||
	    (is->ifa_family == AF_INET6 && is->ifa_scope == RT_SCOPE_LINK))
		return 0;
	return keep(collection, message);
}

/* Routes that somebody or a router has given, in all tables but "local". */
static int take_route(void *context, const struct nlmsghdr *message)
{
	const struct rtmsg *is = NLMSG_DATA(message);
	struct collection *collection = context;
	const void *bytes;
	size_t size;

	if (message->nlmsg_type != RTM_NEWROUTE ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(*is)) ||
	    is->rtm_protocol == RTPROT_KERNEL || is->rtm_type != RTN_UNICAST ||
	    is->rtm_flags & RTM_F_CLONED)
		return 0;
	bytes = attributes(message, sizeof(*is), &size);
	if (attribute_u32(bytes, size, RTA_OIF, 0) !=
		(uint32_t)collection->index ||
	    attribute_u32(bytes, size, RTA_TABLE, is->rtm_table) ==
		RT_TABLE_LOCAL)
		return 0;
	return keep(collection, message);
}

static int collect(int socket, uint16_t type, int family, netlink_each *each,
	struct collection *collection)
{
	struct rtmsg any = { .rtm_family = (unsigned char)family };
	struct message message = { 0 };
	int result;

	/* struct ifaddrmsg begins with the family too, and is shorter. */
	message_begin(&message, type, NLM_F_DUMP, &any, type == RTM_GETADDR ?
		sizeof(struct ifaddrmsg) : sizeof(any));
	result = netlink_dump(socket, &message, each, collection);
	message_free(&message);
	return result;
}

int addresses_read(int socket, int index, struct addresses *addresses)
{
	struct collection all = { .index = index }, routes = all;
	int result = collect(socket, RTM_GETADDR, AF_UNSPEC, take_address,
		&all);

	if (!result)
		result = collect(socket, RTM_GETROUTE, AF_INET, take_route,
			&routes);
	if (!result)
		result = collect(socket, RTM_GETROUTE, AF_INET6, take_route,
			&routes);
	*addresses = (struct addresses){ all.all, routes.all, all.count,
		routes.count };
	if (result)
		addresses_free(addresses);
	return result;
}

static void free_all(struct nlmsghdr **all, int count)
{
	while (count)
		free(all[--count]);
	free(all);
}

void addresses_free(struct addresses *addresses)
{
	free_all(addresses->addresses, addresses->address_count);
	free_all(addresses->routes, addresses->route_count);
	*addresses = (struct addresses){ 0 };
}

/* All attributes but some, as they are. */
static void put_others(struct message *message, const void *bytes,
	size_t size, const uint16_t *but)
{
	const struct nlattr *at;
	int i;

	for (at = attribute_first(bytes, size); at;
		at = attribute_next(at, &size)) {
		for (i = 0; but[i] && but[i] != at->nla_type; i++)
			;
		if (!but[i])
			message_put(message, at->nla_type, attribute_data(at),
				attribute_size(at));
	}
}

static int change_address(int socket, uint16_t type, uint16_t flags,
	int index, const struct nlmsghdr *was)
{
	/* The label is the old interface's name. */
	static const uint16_t but[] = { IFA_LABEL, IFA_FLAGS, 0 };
	struct ifaddrmsg is = *(const struct ifaddrmsg *)NLMSG_DATA(was);
	struct message message = { 0 };
	const void *bytes;
	uint32_t all;
	size_t size;
	int result;

	bytes = attributes(was, sizeof(is), &size);
	all = attribute_u32(bytes, size, IFA_FLAGS, is.ifa_flags);
	all &= ~(uint32_t)(IFA_F_TENTATIVE | IFA_F_DADFAILED |
		IFA_F_PERMANENT | IFA_F_SECONDARY | IFA_F_OPTIMISTIC);
	all |= is.ifa_family == AF_INET6 ? IFA_F_NODAD : 0;
	is.ifa_index = (uint32_t)index;
	is.ifa_flags = 0;
	message_begin(&message, type, flags, &is, sizeof(is));
	put_others(&message, bytes, size, but);
	message_put_u32(&message, IFA_FLAGS, all);
	result = netlink_do(socket, &message);
	message_free(&message);
	return result;
}

/* When the kernel forgets it, in seconds; 0: never. */
static uint32_t route_expires(const void *bytes, size_t size)
{
	const struct nlattr *at = attribute_find(bytes, size, RTA_CACHEINFO);
	struct rta_cacheinfo info;
	long ticks = sysconf(_SC_CLK_TCK);

	if (!at || attribute_size(at) < sizeof(info) || ticks <= 0)
		return 0;
	memcpy(&info, attribute_data(at), sizeof(info));
	return info.rta_expires > 0 ? (uint32_t)(info.rta_expires / ticks) : 0;
}

static int change_route(int socket, uint16_t type, uint16_t flags, int index,
	const struct nlmsghdr *was)
{
	static const uint16_t but[] = { RTA_OIF, RTA_CACHEINFO, RTA_EXPIRES,
		0 };
	struct rtmsg is = *(const struct rtmsg *)NLMSG_DATA(was);
	struct message message = { 0 };
	const void *bytes;
	uint32_t expires;
	size_t size;
	int result;

	bytes = attributes(was, sizeof(is), &size);
	/* Of what the kernel says of its state, it takes only this back. */
	is.rtm_flags &= RTNH_F_ONLINK;
	message_begin(&message, type, flags, &is, sizeof(is));
	put_others(&message, bytes, size, but);
	message_put_u32(&message, RTA_OIF, (uint32_t)index);
	expires = route_expires(bytes, size);
	if (expires && is.rtm_family == AF_INET6)
		message_put_u32(&message, RTA_EXPIRES, expires);
	result = netlink_do(socket, &message);
	message_free(&message);
	return result;
}

static int put_route(int socket, int index, const struct nlmsghdr *was)
{
	const struct rtmsg *is = NLMSG_DATA(was);
	/* For IPv6 one of another interface may be what is replaced. */
	int result = change_route(socket, RTM_NEWROUTE,
		is->rtm_family == AF_INET6 ? APPEND : REPLACE, index, was);

	return result == -EEXIST ? 0 : result;
}

static bool has_gateway(const struct nlmsghdr *route)
{
	size_t size;
	const void *bytes = attributes(route, sizeof(struct rtmsg), &size);

	return attribute_find(bytes, size, RTA_GATEWAY) ||
		attribute_find(bytes, size, RTA_VIA);
}

int addresses_put(int socket, int index, const struct addresses *addresses)
{
	int i, pass, result = 0;

	for (i = 0; !result && i < addresses->address_count; i++)
		result = change_address(socket, RTM_NEWADDR, REPLACE, index,
			addresses->addresses[i]);
	/* A gateway is found by the routes that have none. */
	for (pass = 0; pass < 2; pass++)
		for (i = 0; !result && i < addresses->route_count; i++)
			if (has_gateway(addresses->routes[i]) == (pass == 1))
				result = put_route(socket, index,
					addresses->routes[i]);
	return result;
}

void addresses_take(int socket, int index, const struct addresses *addresses)
{
	int i;

	for (i = 0; i < addresses->route_count; i++)
		change_route(socket, RTM_DELROUTE, NLM_F_ACK, index,
			addresses->routes[i]);
	/* The last first: with a first one its secondary ones would go. */
	for (i = addresses->address_count - 1; i >= 0; i--)
		change_address(socket, RTM_DELADDR, NLM_F_ACK, index,
			addresses->addresses[i]);
}

static int change_text(int socket, uint16_t type, uint16_t flags, int index,
	const char *text)
{
	size_t length = strcspn(text, "/");
	char host[INET6_ADDRSTRLEN] = "";
	struct ifaddrmsg is = { .ifa_index = (uint32_t)index };
	struct message message = { 0 };
	uint8_t bytes[16];
	size_t size;
	int result;

	snprintf(host, sizeof(host), "%.*s", (int)length, text);
	is.ifa_family = strchr(host, ':') ? AF_INET6 : AF_INET;
	size = is.ifa_family == AF_INET ? 4 : 16;
	if (!text[length] || inet_pton(is.ifa_family, host, bytes) != 1)
		return -EINVAL;
	is.ifa_prefixlen = (uint8_t)atoi(text + length + 1);
	message_begin(&message, type, flags, &is, sizeof(is));
	message_put(&message, IFA_LOCAL, bytes, size);
	message_put(&message, IFA_ADDRESS, bytes, size);
	if (is.ifa_family == AF_INET6)
		message_put_u32(&message, IFA_FLAGS, IFA_F_NODAD);
	result = netlink_do(socket, &message);
	message_free(&message);
	return result;
}

int address_add(int socket, int index, const char *text)
{
	return change_text(socket, RTM_NEWADDR, REPLACE, index, text);
}

int address_delete(int socket, int index, const char *text)
{
	return change_text(socket, RTM_DELADDR, NLM_F_ACK, index, text);
}
