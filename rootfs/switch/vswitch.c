/* Switches in the kernel: bridges with VLAN filtering. */
/* SPDX-License-Identifier: MIT */
#include "vswitch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "dhcpd.h"
#include "mac.h"
#include "rtnl.h"
#include "sysctl.h"
#include "uplink.h"

static int failed(struct maker *maker, int result,
	const struct vswitch *vswitch, const char *what)
{
	return trouble(&maker->why, result, "switch %s: %s: %s",
		vswitch->name, what, strerror(-result));
}

/* The host is not on it: it has no VLAN and no address of its own. */
static int keep_out(struct maker *maker, const struct link *bridge)
{
	struct vlans first = { 0 };

	vlans_add(&first, VLAN_FIRST);
	sysctl_ipv6(bridge->name, "disable_ipv6", "1");
	return rtnl_vlans_delete(maker->socket, bridge->index, true, &first);
}

static int put_address(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const char *address)
{
	int result = address[0] ?
		address_add(maker->socket, bridge->index, address) : 0;

	return result ? failed(maker, result, vswitch, address) : 0;
}

static int serve_dhcp(struct maker *maker, const struct vswitch *vswitch)
{
	int result = dhcpd_apply(vswitch);

	return result ? failed(maker, result, vswitch,
		"the DHCP server does not start") : 0;
}

/* Address, then who needs it. */
static int make_internal(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge)
{
	int result;

	/* It is the router here and learns of none. */
	sysctl_ipv6(vswitch->name, "accept_ra", "0");
	result = put_address(maker, vswitch, bridge, vswitch->address);
	if (!result)
		result = put_address(maker, vswitch, bridge,
			vswitch->address6);
	return result ? result : serve_dhcp(maker, vswitch);
}

static int fill(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink)
{
	int result = 0;

	if (!vswitch->host)
		result = keep_out(maker, bridge);
	if (!result)
		result = rtnl_set_mtu(maker->socket, bridge->index,
			vswitch->mtu);
	if (!result)
		result = rtnl_set_up(maker->socket, bridge->index, true);
	if (result)
		return failed(maker, result, vswitch, "the bridge");
	if (vswitch->type == SWITCH_INTERNAL)
		return make_internal(maker, vswitch, bridge);
	if (uplink->index)
		return uplink_attach(maker, vswitch, bridge, uplink);
	return 0;
}

/* The bridge has its uplink's address, else one that it keeps. */
static int make_bridge(struct maker *maker, const struct vswitch *vswitch,
	const struct link *uplink, struct link *bridge)
{
	uint8_t mac[6];
	int result = 0;

	if (!rtnl_link(maker->socket, vswitch->name, bridge))
		return trouble(&maker->why, -EEXIST,
			"there is an interface %s already", vswitch->name);
	if (uplink->index)
		memcpy(mac, uplink->mac, sizeof(mac));
	else
		result = mac_choose(&maker->settings, &maker->live,
			maker->socket, vswitch->name,
			(unsigned int)MAC_SWITCH, mac);
	if (!result)
		result = rtnl_bridge_add(maker->socket, vswitch->name, mac);
	if (!result)
		result = rtnl_link(maker->socket, vswitch->name, bridge);
	return result ? failed(maker, result, vswitch,
		"the bridge cannot be made") : 0;
}

int vswitch_make(struct maker *maker, const struct vswitch *vswitch)
{
	struct link bridge, uplink = { 0 };
	int result;

	if (vswitch->type == SWITCH_EXTERNAL)
		uplink_find(maker->socket, vswitch, &uplink);
	result = make_bridge(maker, vswitch, &uplink, &bridge);
	if (result)
		return result;
	result = fill(maker, vswitch, &bridge, &uplink);
	if (result) {
		dhcpd_end(vswitch->name);
		rtnl_delete(maker->socket, bridge.index);
	}
	return result;
}

int vswitch_unmake(struct maker *maker, const struct vswitch *vswitch)
{
	struct link bridge;
	int result = rtnl_link(maker->socket, vswitch->name, &bridge);

	if (result)
		return result == -ENODEV ? 0 : result;
	if (vswitch->type == SWITCH_EXTERNAL)
		result = uplink_detach(maker, vswitch, &bridge);
	else
		dhcpd_end(vswitch->name);
	if (!result)
		result = rtnl_delete(maker->socket, bridge.index);
	return result ? failed(maker, result, vswitch,
		"the bridge cannot be removed") : 0;
}

/* Of the bridge and all its ports. A bridge is never larger than a port. */
static int change_mtu(struct maker *maker, const struct link *bridge,
	uint32_t mtu)
{
	struct link *links = NULL;
	int i, result, count = rtnl_links(maker->socket, &links);

	result = count < 0 ? count : 0;
	for (i = 0; !result && i < count; i++)
		if (links[i].master == bridge->index)
			result = rtnl_set_mtu(maker->socket, links[i].index,
				mtu);
	free(links);
	return result ? result :
		rtnl_set_mtu(maker->socket, bridge->index, mtu);
}

static int change_address(struct maker *maker, const struct vswitch *to,
	const struct link *bridge, const char *old, const char *new)
{
	if (!strcmp(old, new))
		return 0;
	if (old[0])
		address_delete(maker->socket, bridge->index, old);
	return put_address(maker, to, bridge, new);
}

static int change(struct maker *maker, const struct vswitch *from,
	const struct vswitch *to, const struct link *bridge)
{
	int result = 0;

	if (from->mtu != to->mtu)
		result = change_mtu(maker, bridge, to->mtu);
	if (result)
		return failed(maker, result, to, "the MTU cannot be set");
	result = change_address(maker, to, bridge, from->address,
		to->address);
	if (!result)
		result = change_address(maker, to, bridge, from->address6,
			to->address6);
	if (!result && to->type == SWITCH_INTERNAL)
		result = serve_dhcp(maker, to);
	return result;
}

int vswitch_change(struct maker *maker, const struct vswitch *from,
	const struct vswitch *to)
{
	struct link bridge;
	int result = rtnl_link(maker->socket, to->name, &bridge);

	if (result)
		return failed(maker, result, to, "there is no bridge");
	result = change(maker, from, to, &bridge);
	/* The sentence of what went wrong stays. */
	if (result)
		change(maker, to, from, &bridge);
	return result;
}

int vswitch_plug(struct maker *maker, const struct vswitch *vswitch)
{
	struct link bridge, uplink;
	int result;

	if (vswitch->type != SWITCH_EXTERNAL ||
	    uplink_find(maker->socket, vswitch, &uplink) ||
	    rtnl_link(maker->socket, vswitch->name, &bridge))
		return 0;
	if (uplink.master == bridge.index)
		return uplink_host(maker, vswitch, &bridge, &uplink);
	if (uplink.master)
		return 0;
	result = rtnl_set_mac(maker->socket, bridge.index, uplink.mac);
	return result ? failed(maker, result, vswitch, uplink.name) :
		uplink_attach(maker, vswitch, &bridge, &uplink);
}
