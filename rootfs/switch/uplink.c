/* The adapter or bond of an external switch. */
/* SPDX-License-Identifier: MIT */
#include "uplink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "move.h"
#include "paths.h"
#include "program.h"
#include "sysctl.h"

enum { MTU_DEFAULT = 1500 };

/* An adapter, not what stands on one and has its address. */
static bool is_adapter(const struct link *link)
{
	return !link->kind[0] || !strcmp(link->kind, "veth");
}

static bool is_uplink(const struct link *link, const struct vswitch *vswitch)
{
	uint8_t mac[6];

	if (!strchr(vswitch->nic, ':'))
		return !strcmp(link->name, vswitch->nic);
	define_mac(vswitch->nic, mac);
	return is_adapter(link) && (!memcmp(link->mac, mac, 6) ||
		(link->has_permanent && !memcmp(link->permanent, mac, 6)));
}

int uplink_find(int socket, const struct vswitch *vswitch, struct link *link)
{
	struct link *links = NULL;
	int i, count = rtnl_links(socket, &links);
	int result = count < 0 ? count : -ENODEV;

	for (i = 0; i < count; i++)
		if (is_uplink(&links[i], vswitch)) {
			*link = links[i];
			result = 0;
			break;
		}
	free(links);
	return result;
}

static void add_vlans(struct vlans *vlans, const struct port *port,
	const struct vswitch *vswitch)
{
	int word;

	if (strcmp(port->of, vswitch->name))
		return;
	for (word = 0; port->trunk && word < 64; word++)
		vlans->bits[word] |= port->tagged.bits[word];
	if (port->native)
		vlans_add(vlans, port->native);
}

/* Those of ports, of the host's settings, of interfaces on the bridge. */
static int used_vlans(struct maker *maker, const struct vswitch *vswitch,
	struct vlans *vlans)
{
	uint16_t host = define_host_vlan(maker->settings.conf, vswitch);
	struct link *links = NULL, bridge;
	struct port port;
	int i, count;

	*vlans = (struct vlans){ 0 };
	if (host)
		vlans_add(vlans, host);
	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++)
		add_vlans(vlans, &port, vswitch);
	for (i = 0; i < maker->live.count; i++)
		add_vlans(vlans, &maker->live.list[i].port, vswitch);
	if (rtnl_link(maker->socket, vswitch->name, &bridge))
		return 0;
	count = rtnl_links(maker->socket, &links);
	for (i = 0; i < count; i++)
		if (links[i].below == bridge.index && links[i].vlan)
			vlans_add(vlans, links[i].vlan);
	free(links);
	return count < 0 ? count : 0;
}

int uplink_vlans(struct maker *maker, const struct vswitch *vswitch,
	const struct link *uplink, bool fresh)
{
	struct vlans used, others;
	int i, result = used_vlans(maker, vswitch, &used);

	if (result)
		return result;
	/* What has no tag outside is VLAN 1 here. */
	used.bits[0] &= ~(uint64_t)3;
	for (i = 0; i < 64; i++)
		others.bits[i] = ~used.bits[i];
	others.bits[0] &= ~(uint64_t)3;
	others.bits[63] &= ~(1ull << 63);
	if (fresh)
		result = rtnl_vlans_delete(maker->socket, uplink->index,
			false, &others);
	return result ? result : rtnl_vlans_add(maker->socket, uplink->index,
		false, &used, false);
}

/* The bridge's own port: the host's VLAN from the settings. */
static int host_vlan(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge)
{
	uint16_t id = define_host_vlan(maker->settings.conf, vswitch);
	struct vlans vlans = { 0 };

	if (id)
		vlans_add(&vlans, id);
	return rtnl_vlans_add(maker->socket, bridge->index, true, &vlans,
		false);
}

int uplink_host(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink)
{
	int result = uplink_vlans(maker, vswitch, uplink, true);

	if (!result)
		result = host_vlan(maker, vswitch, bridge);
	return result ? trouble(&maker->why, result,
		"the VLANs of %s cannot be set: %s", uplink->name,
		strerror(-result)) : 0;
}

static int enslave(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink)
{
	int result = rtnl_set_mtu(maker->socket, uplink->index, vswitch->mtu);

	if (result)
		return trouble(&maker->why, result,
			"%s does not take an MTU of %u: %s", uplink->name,
			vswitch->mtu, strerror(-result));
	result = rtnl_set_up(maker->socket, uplink->index, true);
	if (!result)
		result = rtnl_set_master(maker->socket, uplink->index,
			bridge->index);
	if (!result)
		result = uplink_vlans(maker, vswitch, uplink, false);
	if (!result)
		result = host_vlan(maker, vswitch, bridge);
	if (result)
		trouble(&maker->why, result,
			"%s cannot be a port of the switch %s: %s",
			uplink->name, vswitch->name, strerror(-result));
	return result;
}

/* The host is not on the switch: it loses what it had on the adapter. */
static void release(struct maker *maker, const struct link *uplink)
{
	struct addresses addresses;

	program_run((char *[]){ PATH_NETWORK, "release",
		(char *)uplink->name, NULL });
	if (addresses_read(maker->socket, uplink->index, &addresses))
		return;
	addresses_take(maker->socket, uplink->index, &addresses);
	addresses_free(&addresses);
}

/* The host's addresses, and the VLANs that they need on the way out. */
static int move_in(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink)
{
	struct move move;
	int result = move_begin(&move, maker->socket, uplink, bridge,
		&maker->why);

	if (result)
		return result;
	result = uplink_vlans(maker, vswitch, uplink, false);
	if (!result) {
		move_commit(&move);
		return 0;
	}
	move_undo(&move);
	return trouble(&maker->why, result,
		"the VLANs of %s cannot be set: %s", uplink->name,
		strerror(-result));
}

int uplink_attach(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink)
{
	int result;

	if (uplink->master)
		return trouble(&maker->why, -EBUSY,
			"%s belongs to another interface", uplink->name);
	if (vswitch->host)
		sysctl_ipv6_copy(uplink->name, bridge->name);
	result = enslave(maker, vswitch, bridge, uplink);
	if (!result && vswitch->host)
		result = move_in(maker, vswitch, bridge, uplink);
	if (result) {
		rtnl_set_master(maker->socket, uplink->index, 0);
		rtnl_set_mtu(maker->socket, uplink->index, uplink->mtu);
		return result;
	}
	if (!vswitch->host)
		release(maker, uplink);
	sysctl_ipv6(uplink->name, "disable_ipv6", "1");
	return 0;
}

static bool is_port(const struct vswitch *vswitch, const struct link *bridge,
	int socket, struct link *uplink)
{
	return !uplink_find(socket, vswitch, uplink) &&
		uplink->master == bridge->index;
}

int uplink_detach(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge)
{
	struct link uplink;
	struct move move;
	int result;

	if (!is_port(vswitch, bridge, maker->socket, &uplink))
		return 0;
	if (!vswitch->host) {
		sysctl_ipv6(uplink.name, "disable_ipv6", "0");
		return rtnl_set_master(maker->socket, uplink.index, 0);
	}
	sysctl_ipv6_copy(bridge->name, uplink.name);
	result = move_begin(&move, maker->socket, bridge, &uplink,
		&maker->why);
	if (!result) {
		result = rtnl_set_master(maker->socket, uplink.index, 0);
		if (result)
			move_undo(&move);
	}
	if (result) {
		sysctl_ipv6(uplink.name, "disable_ipv6", "1");
		return trouble(&maker->why, result,
			"%s cannot leave the switch %s: %s", uplink.name,
			vswitch->name, strerror(-result));
	}
	move_commit(&move);
	rtnl_set_mtu(maker->socket, uplink.index, MTU_DEFAULT);
	return 0;
}
