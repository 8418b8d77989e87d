/* Ports of switches in the kernel: taps. */
/* SPDX-License-Identifier: MIT */
#include "port.h"

#include <errno.h>
#include <string.h>

#include "rtnl.h"
#include "sysctl.h"
#include "tap.h"
#include "uplink.h"

static int failed(struct maker *maker, int result, const struct port *port,
	const char *what)
{
	return trouble(&maker->why, result, "port %s: %s: %s", port->name,
		what, strerror(-result));
}

static int set_vlans(struct maker *maker, const struct port *port, int index)
{
	struct vlans all = { 0 }, tagged = port->tagged, native = { 0 };
	uint16_t id;
	int result;

	for (id = VLAN_FIRST; id <= VLAN_LAST; id++)
		vlans_add(&all, id);
	result = rtnl_vlans_delete(maker->socket, index, false, &all);
	if (!result && port->trunk)
		result = rtnl_vlans_add(maker->socket, index, false, &tagged,
			false);
	if (result || !port->native)
		return result;
	vlans_add(&native, port->native);
	return rtnl_vlans_add(maker->socket, index, false, &native, true);
}

int port_uplink(struct maker *maker, const char *name)
{
	struct vswitch vswitch;
	struct link uplink;

	if (!define_switch(maker->settings.conf, name, &vswitch) ||
	    vswitch.type != SWITCH_EXTERNAL ||
	    uplink_find(maker->socket, &vswitch, &uplink) || !uplink.master)
		return 0;
	return uplink_vlans(maker, &vswitch, &uplink, true);
}

static int set(struct maker *maker, const struct port *port, int index)
{
	char mac[18];
	int result;

	define_mac_text(port->mac, mac);
	result = rtnl_set_alias(maker->socket, index, mac);
	if (!result)
		result = set_vlans(maker, port, index);
	return result ? result : port_uplink(maker, port->of);
}

int port_set(struct maker *maker, const struct port *port)
{
	struct link tap;
	int result = rtnl_link(maker->socket, port->name, &tap);

	if (!result)
		result = set(maker, port, tap.index);
	return result ? failed(maker, result, port, "it cannot be changed") : 0;
}

static int plug(struct maker *maker, const struct port *port,
	const struct link *bridge)
{
	struct link tap;
	int result = rtnl_link(maker->socket, port->name, &tap);

	if (result)
		return result;
	/* The host itself is not at this end. */
	sysctl_ipv6(port->name, "disable_ipv6", "1");
	rtnl_no_address(maker->socket, tap.index);
	result = rtnl_set_mtu(maker->socket, tap.index, bridge->mtu);
	if (!result)
		result = rtnl_set_master(maker->socket, tap.index,
			bridge->index);
	if (!result)
		result = set(maker, port, tap.index);
	return result ? result : rtnl_set_up(maker->socket, tap.index, true);
}

static int find_bridge(struct maker *maker, const struct port *port,
	struct link *bridge)
{
	struct vswitch vswitch;

	if (!define_switch(maker->settings.conf, port->of, &vswitch) ||
	    rtnl_link(maker->socket, port->of, bridge))
		return trouble(&maker->why, -ENODEV,
			"port %s: there is no switch %s", port->name,
			port->of);
	bridge->mtu = vswitch.mtu;
	return 0;
}

int port_plug(struct maker *maker, const struct port *port)
{
	struct link bridge;
	int result = find_bridge(maker, port, &bridge);

	if (result)
		return result;
	result = plug(maker, port, &bridge);
	return result ? failed(maker, result, port, "it cannot be connected") :
		0;
}

/* Down, else what comes from it would be the host's. */
int port_unplug(struct maker *maker, const struct port *port)
{
	struct link tap;
	int result = rtnl_link(maker->socket, port->name, &tap);

	if (!result)
		result = rtnl_set_up(maker->socket, tap.index, false);
	if (!result)
		result = rtnl_set_master(maker->socket, tap.index, 0);
	return result ? failed(maker, result, port,
		"it cannot be disconnected") : 0;
}

int port_make(struct maker *maker, const struct port *port)
{
	struct link bridge;
	int result = find_bridge(maker, port, &bridge);

	if (result)
		return result;
	result = tap_add(port->name);
	if (result)
		return failed(maker, result, port, "the tap cannot be made");
	result = port_plug(maker, port);
	if (result)
		port_unmake(maker, port);
	return result;
}

int port_unused(struct maker *maker, const struct port *port)
{
	struct link tap;

	if (rtnl_link(maker->socket, port->name, &tap) || !tap.carrier)
		return 0;
	return trouble(&maker->why, -EBUSY, "port %s: a VM that runs has it as "
		"its adapter: end the VM, or remove the adapter", port->name);
}

int port_unmake(struct maker *maker, const struct port *port)
{
	struct link tap;
	int result = rtnl_link(maker->socket, port->name, &tap);

	if (!result)
		result = rtnl_delete(maker->socket, tap.index);
	if (result && result != -ENODEV)
		return failed(maker, result, port, "it cannot be removed");
	return 0;
}
