/* Interfaces, bridges and their VLANs, by rtnetlink(7). */
/* SPDX-License-Identifier: MIT */
#include "rtnl.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"

enum { ACK = NLM_F_ACK, NEW = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL };

struct links {
	struct link *all;
	int count;
};

int rtnl_open(void)
{
	return netlink_open(NETLINK_ROUTE);
}

static void take_text(char *to, size_t room, const struct nlattr *from)
{
	size_t size;

	if (!from)
		return;
	size = attribute_size(from);
	if (size > room - 1)
		size = room - 1;
	memcpy(to, attribute_data(from), size);
	to[size] = '\0';
}

static bool take_mac(uint8_t *to, const struct nlattr *from)
{
	if (!from || attribute_size(from) != 6)
		return false;
	memcpy(to, attribute_data(from), 6);
	return true;
}

static bool take_byte(const struct nlattr *from)
{
	return from && attribute_size(from) &&
		*(const uint8_t *)attribute_data(from);
}

static void take_kind(struct link *link, const struct nlattr *info)
{
	const struct nlattr *data;

	if (!info)
		return;
	take_text(link->kind, sizeof(link->kind), attribute_find(
		attribute_data(info), attribute_size(info), IFLA_INFO_KIND));
	data = attribute_find(attribute_data(info), attribute_size(info),
		IFLA_INFO_DATA);
	if (!data || strcmp(link->kind, "vlan"))
		return;
	data = attribute_find(attribute_data(data), attribute_size(data),
		IFLA_VLAN_ID);
	if (data && attribute_size(data) >= sizeof(link->vlan))
		memcpy(&link->vlan, attribute_data(data), sizeof(link->vlan));
}

static int take_link(void *context, const struct nlmsghdr *answer)
{
	const struct ifinfomsg *info = NLMSG_DATA(answer);
	struct links *links = context;
	const void *attributes = (const uint8_t *)info + NLMSG_ALIGN(
		sizeof(*info));
	struct link *link;
	size_t size;

	if (answer->nlmsg_type != RTM_NEWLINK ||
	    answer->nlmsg_len < NLMSG_SPACE(sizeof(*info)))
		return 0;
	size = answer->nlmsg_len - NLMSG_SPACE(sizeof(*info));
	link = realloc(links->all, (size_t)(links->count + 1) *
		sizeof(*link));
	if (!link)
		return -ENOMEM;
	links->all = link;
	link += links->count++;
	*link = (struct link){ .index = info->ifi_index,
		.up = info->ifi_flags & IFF_UP };
	take_text(link->name, sizeof(link->name),
		attribute_find(attributes, size, IFLA_IFNAME));
	take_mac(link->mac, attribute_find(attributes, size, IFLA_ADDRESS));
	link->has_permanent = take_mac(link->permanent,
		attribute_find(attributes, size, IFLA_PERM_ADDRESS));
	link->master = (int)attribute_u32(attributes, size, IFLA_MASTER, 0);
	link->below = (int)attribute_u32(attributes, size, IFLA_LINK, 0);
	link->mtu = attribute_u32(attributes, size, IFLA_MTU, 0);
	link->carrier = take_byte(attribute_find(attributes, size,
		IFLA_CARRIER));
	take_kind(link, attribute_find(attributes, size, IFLA_LINKINFO));
	return 0;
}

int rtnl_links(int socket, struct link **links)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct message message = { 0 };
	struct links all = { 0 };
	int result;

	message_begin(&message, RTM_GETLINK, NLM_F_DUMP, &info, sizeof(info));
	result = netlink_dump(socket, &message, take_link, &all);
	message_free(&message);
	if (result) {
		free(all.all);
		return result;
	}
	*links = all.all;
	return all.count;
}

/* One, not all of them. */
int rtnl_link(int socket, const char *name, struct link *link)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct message message = { 0 };
	struct links all = { 0 };
	int result;

	if (strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	message_begin(&message, RTM_GETLINK, NLM_F_ACK, &info, sizeof(info));
	message_put_string(&message, IFLA_IFNAME, name);
	result = netlink_dump(socket, &message, take_link, &all);
	message_free(&message);
	if (!result && all.count)
		*link = all.all[0];
	else if (!result)
		result = -ENODEV;
	free(all.all);
	return result;
}

static int finish(int socket, struct message *message)
{
	int result = netlink_do(socket, message);

	message_free(message);
	return result;
}

/* Begins a change of an interface; index 0: a new one. */
static void begin(struct message *message, int index)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC,
		.ifi_index = index };

	message_begin(message, RTM_NEWLINK, index ? ACK : NEW, &info,
		sizeof(info));
}

int rtnl_bridge_add(int socket, const char *name, const uint8_t *mac)
{
	struct message message = { 0 };
	size_t info, data;

	begin(&message, 0);
	message_put_string(&message, IFLA_IFNAME, name);
	if (mac)
		message_put(&message, IFLA_ADDRESS, mac, 6);
	info = message_open(&message, IFLA_LINKINFO);
	message_put_string(&message, IFLA_INFO_KIND, "bridge");
	data = message_open(&message, IFLA_INFO_DATA);
	message_put_u32(&message, IFLA_BR_FORWARD_DELAY, 0);
	message_put_u32(&message, IFLA_BR_STP_STATE, 0);
	message_put_u8(&message, IFLA_BR_VLAN_FILTERING, 1);
	message_put_u8(&message, IFLA_BR_MCAST_SNOOPING, 0);
	message_close(&message, data);
	message_close(&message, info);
	return finish(socket, &message);
}

int rtnl_vlan_add(int socket, const char *name, int below, uint16_t id)
{
	struct message message = { 0 };
	size_t info, data;

	begin(&message, 0);
	message_put_string(&message, IFLA_IFNAME, name);
	message_put_u32(&message, IFLA_LINK, (uint32_t)below);
	info = message_open(&message, IFLA_LINKINFO);
	message_put_string(&message, IFLA_INFO_KIND, "vlan");
	data = message_open(&message, IFLA_INFO_DATA);
	message_put_u16(&message, IFLA_VLAN_ID, id);
	message_close(&message, data);
	message_close(&message, info);
	return finish(socket, &message);
}

int rtnl_delete(int socket, int index)
{
	struct ifinfomsg info = { .ifi_index = index };
	struct message message = { 0 };

	message_begin(&message, RTM_DELLINK, ACK, &info, sizeof(info));
	return finish(socket, &message);
}

static int set_u32(int socket, int index, uint16_t type, uint32_t value)
{
	struct message message = { 0 };

	begin(&message, index);
	message_put_u32(&message, type, value);
	return finish(socket, &message);
}

int rtnl_set_mtu(int socket, int index, uint32_t mtu)
{
	return set_u32(socket, index, IFLA_MTU, mtu);
}

int rtnl_set_master(int socket, int index, int master)
{
	return set_u32(socket, index, IFLA_MASTER, (uint32_t)master);
}

int rtnl_set_alias(int socket, int index, const char *alias)
{
	struct message message = { 0 };

	begin(&message, index);
	message_put_string(&message, IFLA_IFALIAS, alias);
	return finish(socket, &message);
}

int rtnl_set_mac(int socket, int index, const uint8_t mac[6])
{
	struct message message = { 0 };

	begin(&message, index);
	message_put(&message, IFLA_ADDRESS, mac, 6);
	return finish(socket, &message);
}

int rtnl_set_up(int socket, int index, bool up)
{
	struct ifinfomsg info = { .ifi_index = index, .ifi_change = IFF_UP,
		.ifi_flags = up ? IFF_UP : 0 };
	struct message message = { 0 };

	message_begin(&message, RTM_NEWLINK, ACK, &info, sizeof(info));
	return finish(socket, &message);
}

int rtnl_no_address(int socket, int index)
{
	struct message message = { 0 };
	size_t families, family;

	begin(&message, index);
	families = message_open(&message, IFLA_AF_SPEC);
	family = message_open(&message, AF_INET6);
	message_put_u8(&message, IFLA_INET6_ADDR_GEN_MODE,
		IN6_ADDR_GEN_MODE_NONE);
	message_close(&message, family);
	message_close(&message, families);
	return finish(socket, &message);
}

static void put_vlan(struct message *message, uint16_t id, uint16_t flags)
{
	struct bridge_vlan_info info = { .vid = id, .flags = flags };

	message_put(message, IFLA_BRIDGE_VLAN_INFO, &info, sizeof(info));
}

/* A run of ids, which are one message together. */
static int change_run(int socket, uint16_t type, int index, bool self,
	const uint16_t *run, uint16_t flags)
{
	struct ifinfomsg info = { .ifi_family = AF_BRIDGE,
		.ifi_index = index };
	struct message message = { 0 };
	size_t family;

	message_begin(&message, type, ACK, &info, sizeof(info));
	family = message_open(&message, IFLA_AF_SPEC);
	message_put_u16(&message, IFLA_BRIDGE_FLAGS, self ?
		BRIDGE_FLAGS_SELF : BRIDGE_FLAGS_MASTER);
	if (run[0] == run[1]) {
		put_vlan(&message, run[0], flags);
	} else {
		put_vlan(&message, run[0],
			flags | BRIDGE_VLAN_INFO_RANGE_BEGIN);
		put_vlan(&message, run[1], flags | BRIDGE_VLAN_INFO_RANGE_END);
	}
	message_close(&message, family);
	return finish(socket, &message);
}

int rtnl_vlans_add(int socket, int index, bool self,
	const struct vlans *vlans, bool native)
{
	uint16_t run[2] = { VLAN_FIRST, 0 };
	int result = 0;

	for (; !result && vlans_run(vlans, &run[0], &run[1]);
		run[0] = run[1] + 1)
		result = change_run(socket, RTM_SETLINK, index, self, run,
			native ? BRIDGE_VLAN_INFO_PVID |
			BRIDGE_VLAN_INFO_UNTAGGED : 0);
	return result;
}

int rtnl_vlans_delete(int socket, int index, bool self,
	const struct vlans *vlans)
{
	uint16_t run[2] = { VLAN_FIRST, 0 };
	int result = 0;

	for (; !result && vlans_run(vlans, &run[0], &run[1]);
		run[0] = run[1] + 1) {
		result = change_run(socket, RTM_DELLINK, index, self, run, 0);
		if (result == -ENOENT)
			result = 0;
	}
	return result;
}
