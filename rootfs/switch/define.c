/* Switches and ports as the settings describe them. */
/* SPDX-License-Identifier: MIT */
#include "define.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const types[] = {
	[SWITCH_EXTERNAL] = "external",
	[SWITCH_INTERNAL] = "internal",
	[SWITCH_PRIVATE] = "private",
};

enum { TYPES = sizeof(types) / sizeof(*types), SECTION_MAX = 32,
	MTU_DEFAULT = 1500, VLAN_DEFAULT = 1 };

const char *define_type_name(enum switch_type type)
{
	return types[type];
}

void define_mac(const char *text, uint8_t mac[6])
{
	int i;

	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)strtoul(text + 3 * i, NULL, 16);
}

void define_mac_text(const uint8_t mac[6], char text[18])
{
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		mac[2], mac[3], mac[4], mac[5]);
}

/* The key's value into to; without one it is none. */
static void take(const struct conf *conf, const char *section,
	const char *key, const char *none, char *to, size_t size)
{
	const char *value = conf_value(conf, section, key, 0);

	snprintf(to, size, "%s", value ? value : none);
}

static bool is_yes(const struct conf *conf, const char *section,
	const char *key, bool none)
{
	const char *value = conf_value(conf, section, key, 0);

	return value ? !strcmp(value, "yes") : none;
}

static uint32_t number(const struct conf *conf, const char *section,
	const char *key, uint32_t none)
{
	const char *value = conf_value(conf, section, key, 0);

	return value ? (uint32_t)strtoul(value, NULL, 10) : none;
}

static bool take_type(const char *value, enum switch_type *type)
{
	int i;

	for (i = 0; value && i < TYPES; i++)
		if (!strcmp(types[i], value)) {
			*type = i;
			return true;
		}
	return false;
}

bool define_switch(const struct conf *conf, const char *name,
	struct vswitch *vswitch)
{
	struct vswitch is = { 0 };
	char section[SECTION_MAX];

	if (strlen(name) >= sizeof(is.name))
		return false;
	snprintf(section, sizeof(section), "switch %s", name);
	if (!take_type(conf_value(conf, section, "type", 0), &is.type))
		return false;
	strcpy(is.name, name);
	take(conf, section, "nic", "", is.nic, sizeof(is.nic));
	if (is.type == SWITCH_EXTERNAL && !is.nic[0])
		return false;
	is.mtu = number(conf, section, "mtu", MTU_DEFAULT);
	is.host = is.type == SWITCH_EXTERNAL &&
		is_yes(conf, section, "host", true);
	if (is.type == SWITCH_INTERNAL) {
		is.host = true;
		take(conf, section, "address", "", is.address,
			sizeof(is.address));
		take(conf, section, "address6", "", is.address6,
			sizeof(is.address6));
		take(conf, section, "dhcp", "", is.dhcp, sizeof(is.dhcp));
		is.nat = is.address[0] && is_yes(conf, section, "nat", false);
	}
	*vswitch = is;
	return true;
}

static unsigned int take_guards(const char *value)
{
	return (strstr(value, "mac") ? GUARD_MAC : 0) |
		(strstr(value, "dhcp") ? GUARD_DHCP : 0) |
		(strstr(value, "router") ? GUARD_ROUTER : 0);
}

static void take_vlans(const struct conf *conf, const char *section,
	struct port *port)
{
	const char *trunk = conf_value(conf, section, "trunk", 0);
	bool access = conf_value(conf, section, "vlan", 0);

	port->trunk = !access && trunk && vlans_parse(&port->tagged, trunk);
	port->native = port->trunk ?
		(uint16_t)number(conf, section, "native", 0) :
		(uint16_t)number(conf, section, "vlan", VLAN_DEFAULT);
}

void define_port_keys(const struct conf *conf, const char *section,
	struct port *port)
{
	struct port is = { 0 };
	const char *value;

	take(conf, section, "switch", "", is.of, sizeof(is.of));
	value = conf_value(conf, section, "mac", 0);
	if (value)
		define_mac(value, is.mac);
	take_vlans(conf, section, &is);
	value = conf_value(conf, section, "guard", 0);
	is.guards = take_guards(value ? value : "mac");
	for (; is.addresses < PORT_ADDRESSES && (value = conf_value(conf,
		section, "address", is.addresses)); is.addresses++)
		snprintf(is.address[is.addresses], ADDRESS_TEXT, "%s", value);
	*port = is;
}

bool define_port(const struct conf *conf, const char *name,
	struct port *port)
{
	char section[SECTION_MAX];

	if (strlen(name) >= sizeof(port->name))
		return false;
	snprintf(section, sizeof(section), "port %s", name);
	if (!conf_value(conf, section, "switch", 0))
		return false;
	define_port_keys(conf, section, port);
	strcpy(port->name, name);
	return true;
}

bool define_switch_at(const struct conf *conf, int index,
	struct vswitch *vswitch)
{
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, "switch", i)); i++)
		if (define_switch(conf, section + strlen("switch "),
			    vswitch) && !index--)
			return true;
	return false;
}

bool define_port_at(const struct conf *conf, int index, struct port *port)
{
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, "port", i)); i++)
		if (define_port(conf, section + strlen("port "), port) &&
			!index--)
			return true;
	return false;
}

uint16_t define_host_vlan(const struct conf *conf,
	const struct vswitch *vswitch)
{
	bool bond = !strchr(vswitch->nic, ':');
	char section[SECTION_MAX];
	size_t i;

	if (vswitch->type != SWITCH_EXTERNAL || !vswitch->host)
		return 0;
	snprintf(section, sizeof(section), "%s %s", bond ? "bond" : "nic",
		vswitch->nic);
	/* Arguments of sections are kept in lower case. */
	for (i = 0; section[i]; i++)
		if (section[i] >= 'A' && section[i] <= 'Z')
			section[i] += 'a' - 'A';
	return (uint16_t)number(conf, section, "vlan", 0);
}
