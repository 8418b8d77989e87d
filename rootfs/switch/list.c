/* Switches and ports, for people and for programs. */
/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "define.h"
#include "rtnl.h"
#include "uplink.h"

/* Long enough for every VLAN that is not beside another. */
enum { VLANS_TEXT = 16384 };

/* How one thing is written. */
struct form {
	void (*begin)(void), (*end)(void);
	void (*vswitch)(struct maker *maker, const struct vswitch *vswitch,
		bool first);
	/* live: the VM's, whose it is; NULL: of the settings. */
	void (*port)(struct maker *maker, const struct port *port,
		const struct liveport *live, bool first);
	void (*switch_end)(void);
};

/* "eth0", or empty: it is not in the machine or not attached. */
static void uplink_name(struct maker *maker, const struct vswitch *vswitch,
	char name[IFNAMSIZ])
{
	struct link link;

	name[0] = '\0';
	if (vswitch->type == SWITCH_EXTERNAL &&
	    !uplink_find(maker->socket, vswitch, &link) && link.master)
		strcpy(name, link.name);
}

static void nothing(void)
{
}

static void print_if(const char *what, const char *value)
{
	if (value[0])
		printf(", %s %s", what, value);
}

static void text_switch(struct maker *maker, const struct vswitch *vswitch,
	bool first)
{
	char nic[IFNAMSIZ];

	(void)first;
	uplink_name(maker, vswitch, nic);
	printf("%s: %s", vswitch->name, define_type_name(vswitch->type));
	print_if("nic", vswitch->nic);
	if (vswitch->type == SWITCH_EXTERNAL)
		printf(" (%s)%s", nic[0] ? nic : "not there",
			vswitch->host ? ", host" : "");
	print_if("address", vswitch->address);
	print_if("address", vswitch->address6);
	print_if("dhcp", vswitch->dhcp);
	printf("%s, mtu %u%s\n", vswitch->nat ? ", nat" : "", vswitch->mtu,
		maker_sees(maker, vswitch->name) ? "" : ", NOT MADE");
}

static void print_vlans(const struct port *port)
{
	char list[VLANS_TEXT];

	if (port->trunk && vlans_print(&port->tagged, list, sizeof(list)))
		printf(", trunk %s", list);
	if (port->native)
		printf(", %s %u", port->trunk ? "native" : "vlan",
			port->native);
}

static void text_port(struct maker *maker, const struct port *port,
	const struct liveport *live, bool first)
{
	char mac[18];
	int i;

	(void)first;
	define_mac_text(port->mac, mac);
	printf("  %s: %s", port->name, mac);
	print_vlans(port);
	for (i = 0; i < port->addresses; i++)
		printf(", address %s", port->address[i]);
	printf(", guard%s%s%s%s", port->guards ? "" : " none",
		port->guards & GUARD_MAC ? " mac" : "",
		port->guards & GUARD_DHCP ? " dhcp" : "",
		port->guards & GUARD_ROUTER ? " router" : "");
	if (live)
		printf(", VM %s adapter %u", live->vm, live->nic);
	printf("%s\n", maker_sees(maker, port->name) ? "" : ", NOT MADE");
}

static void json_begin(void)
{
	printf("[");
}

static void json_end(void)
{
	printf("\n]\n");
}

static void json_text(const char *key, const char *value)
{
	if (value[0])
		printf(", \"%s\": \"%s\"", key, value);
}

static const char *json_bool(bool is)
{
	return is ? "true" : "false";
}

static void json_switch(struct maker *maker, const struct vswitch *vswitch,
	bool first)
{
	char nic[IFNAMSIZ];

	uplink_name(maker, vswitch, nic);
	printf("%s\n{\"name\": \"%s\", \"type\": \"%s\"", first ? "" : ",",
		vswitch->name, define_type_name(vswitch->type));
	json_text("nic", vswitch->nic);
	json_text("uplink", nic);
	json_text("address", vswitch->address);
	json_text("address6", vswitch->address6);
	json_text("dhcp", vswitch->dhcp);
	printf(", \"host\": %s, \"nat\": %s, \"mtu\": %u, \"made\": %s, "
		"\"ports\": [", json_bool(vswitch->host),
		json_bool(vswitch->nat), vswitch->mtu,
		json_bool(maker_sees(maker, vswitch->name)));
}

static void json_port(struct maker *maker, const struct port *port,
	const struct liveport *live, bool first)
{
	char list[VLANS_TEXT];
	int i;

	define_mac_text(port->mac, list);
	printf("%s\n  {\"name\": \"%s\", \"mac\": \"%s\"", first ? "" : ",",
		port->name, list);
	if (port->trunk && vlans_print(&port->tagged, list, sizeof(list)))
		json_text("trunk", list);
	if (port->native)
		printf(", \"%s\": %u", port->trunk ? "native" : "vlan",
			port->native);
	if (live)
		printf(", \"vm\": \"%s\", \"adapter\": %u", live->vm,
			live->nic);
	printf(", \"addresses\": [");
	for (i = 0; i < port->addresses; i++)
		printf("%s\"%s\"", i ? ", " : "", port->address[i]);
	printf("], \"guard\": {\"mac\": %s, \"dhcp\": %s, \"router\": %s}, "
		"\"made\": %s}", json_bool(port->guards & GUARD_MAC),
		json_bool(port->guards & GUARD_DHCP),
		json_bool(port->guards & GUARD_ROUTER),
		json_bool(maker_sees(maker, port->name)));
}

static void json_switch_end(void)
{
	printf("]}");
}

static void list_ports(struct maker *maker, const struct form *form,
	const char *vswitch)
{
	const struct liveport *live;
	struct port port;
	bool first = true;
	int i;

	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++)
		if (!strcmp(port.of, vswitch)) {
			form->port(maker, &port, NULL, first);
			first = false;
		}
	for (i = 0; i < maker->live.count; i++) {
		live = &maker->live.list[i];
		if (strcmp(live->port.of, vswitch))
			continue;
		form->port(maker, &live->port, live, first);
		first = false;
	}
}

static int list(struct maker *maker, const struct form *form,
	const char *name)
{
	struct vswitch vswitch;
	bool first = true;
	int i;

	form->begin();
	for (i = 0; define_switch_at(maker->settings.conf, i, &vswitch); i++) {
		if (name && strcmp(name, vswitch.name))
			continue;
		form->vswitch(maker, &vswitch, first);
		list_ports(maker, form, vswitch.name);
		form->switch_end();
		first = false;
	}
	form->end();
	return name && first ? trouble(&maker->why, -ENOENT,
		"there is no switch %.40s", name) : 0;
}

int list_text(struct maker *maker, const char *name)
{
	static const struct form form = { nothing, nothing, text_switch,
		text_port, nothing };

	return list(maker, &form, name);
}

int list_json(struct maker *maker, const char *name)
{
	static const struct form form = { json_begin, json_end, json_switch,
		json_port, json_switch_end };

	return list(maker, &form, name);
}
