/* What the switch command changes: kernel and settings, both or none. */
/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define.h"
#include "mac.h"
#include "port.h"
#include "rtnl.h"
#include "uplink.h"
#include "vswitch.h"

enum { SECTION = 64 };

static void section_of(char *section, const char *kind, const char *name)
{
	snprintf(section, SECTION, "%s %s", kind, name);
}

static bool has(struct maker *maker, const char *kind, const char *name)
{
	char section[SECTION];

	if (strlen(name) >= IFNAMSIZ)
		return false;
	section_of(section, kind, name);
	return conf_line(maker->settings.conf, section, NULL);
}

/* A name that no switch and no port has yet. */
static int check_new(struct maker *maker, const char *name)
{
	if (strlen(name) >= IFNAMSIZ)
		return trouble(&maker->why, -EINVAL, "\"%.40s\" is too long",
			name);
	if (has(maker, "switch", name))
		return trouble(&maker->why, -EEXIST,
			"there is a switch %s already", name);
	if (has(maker, "port", name))
		return trouble(&maker->why, -EEXIST,
			"there is a port %s already", name);
	return 0;
}

static int put(struct maker *maker, const char *section, char **words,
	int count)
{
	int result = settings_put(&maker->settings, section, words, count,
		&maker->why);

	return result ? result : settings_check(&maker->settings, section,
		&maker->why);
}

static int check_uplink(struct maker *maker, const struct vswitch *vswitch)
{
	struct link uplink;

	if (vswitch->type == SWITCH_EXTERNAL &&
	    uplink_find(maker->socket, vswitch, &uplink))
		return trouble(&maker->why, -ENODEV,
			"there is no adapter %s", vswitch->nic);
	return 0;
}

int change_create(struct maker *maker, const char *name, char **words,
	int count, bool *kept)
{
	struct vswitch vswitch;
	char section[SECTION];
	int result = check_new(maker, name);

	if (result)
		return result;
	section_of(section, "switch", name);
	result = put(maker, section, words, count);
	if (result)
		return result;
	if (!define_switch(maker->settings.conf, name, &vswitch))
		return trouble(&maker->why, -EINVAL, "[%s] type is missing",
			section);
	maker_modules();
	result = check_uplink(maker, &vswitch);
	if (!result)
		result = vswitch_make(maker, &vswitch);
	if (result)
		return result;
	result = maker_rules(maker);
	if (!result)
		result = settings_save(&maker->settings, section, kept,
			&maker->why);
	if (result) {
		conf_unset(maker->settings.conf, section, NULL);
		vswitch_unmake(maker, &vswitch);
		maker_rules(maker);
	}
	return result;
}

/* Ports of the settings, and what else stands on the bridge. */
static int check_unused(struct maker *maker, const struct vswitch *vswitch)
{
	struct link *links = NULL, bridge, uplink = { 0 };
	struct port port;
	int i, count, result = 0;

	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++)
		if (!strcmp(port.of, vswitch->name))
			return trouble(&maker->why, -EBUSY,
				"the switch %s is in use by the port %s",
				vswitch->name, port.name);
	for (i = 0; i < maker->live.count; i++)
		if (!strcmp(maker->live.list[i].port.of, vswitch->name))
			return trouble(&maker->why, -EBUSY, "the switch %s is "
				"in use by the VM %s, adapter %u",
				vswitch->name, maker->live.list[i].vm,
				maker->live.list[i].nic);
	if (rtnl_link(maker->socket, vswitch->name, &bridge))
		return 0;
	uplink_find(maker->socket, vswitch, &uplink);
	count = rtnl_links(maker->socket, &links);
	for (i = 0; i < count; i++)
		if (links[i].master == bridge.index &&
		    links[i].index != uplink.index)
			result = trouble(&maker->why, -EBUSY,
				"the switch %s is in use by %s",
				vswitch->name, links[i].name);
	free(links);
	return count < 0 ? count : result;
}

int change_delete(struct maker *maker, const char *name, bool *kept)
{
	struct vswitch vswitch;
	char section[SECTION];
	int result;

	if (!define_switch(maker->settings.conf, name, &vswitch))
		return trouble(&maker->why, -ENOENT,
			"there is no switch %.40s", name);
	section_of(section, "switch", name);
	result = check_unused(maker, &vswitch);
	if (!result)
		result = vswitch_unmake(maker, &vswitch);
	if (result)
		return result;
	conf_unset(maker->settings.conf, section, NULL);
	result = maker_rules(maker);
	return result ? result : settings_save(&maker->settings, section,
		kept, &maker->why);
}

/* An address that no other port and no interface of the host has. */
static int give_mac(struct maker *maker, const char *name)
{
	char section[SECTION], text[18];
	const char *value = text;
	uint8_t mac[6];
	int result;

	section_of(section, "port", name);
	if (conf_value(maker->settings.conf, section, "mac", 0))
		return 0;
	result = mac_choose(&maker->settings, &maker->live, maker->socket,
		name, (unsigned int)MAC_PORT, mac);
	if (result)
		return trouble(&maker->why, result,
			"port %s: no MAC address can be given: %s", name,
			strerror(-result));
	define_mac_text(mac, text);
	return conf_set(maker->settings.conf, section, "mac", &value, 1, NULL,
		NULL);
}

static int check_mac(struct maker *maker, const struct port *port)
{
	struct link *links = NULL;
	int i, count = rtnl_links(maker->socket, &links), result = 0;

	for (i = 0; i < maker->live.count; i++)
		if (!memcmp(maker->live.list[i].port.mac, port->mac, 6))
			result = trouble(&maker->why, -EINVAL,
				"port %s: the VM %s has this MAC address",
				port->name, maker->live.list[i].vm);
	for (i = 0; i < count; i++)
		if (!memcmp(links[i].mac, port->mac, 6))
			result = trouble(&maker->why, -EINVAL,
				"port %s: %s has this MAC address",
				port->name, links[i].name);
	free(links);
	return count < 0 ? count : result;
}

static int define(struct maker *maker, const char *name, struct port *port)
{
	int result = give_mac(maker, name);

	if (!result && !define_port(maker->settings.conf, name, port))
		result = -EINVAL;
	return result ? result : check_mac(maker, port);
}

/* The rules first: a port is never without. */
static int make_port(struct maker *maker, const struct port *port)
{
	int result = maker_rules(maker);

	return result ? result : port_make(maker, port);
}

static void forget_port(struct maker *maker, const struct port *port,
	const char *section)
{
	conf_unset(maker->settings.conf, section, NULL);
	port_uplink(maker, port->of);
	maker_rules(maker);
}

int change_connect(struct maker *maker, const char *vswitch,
	const char *name, char **words, int count, bool *kept)
{
	struct port port;
	char section[SECTION];
	int result = check_new(maker, name);

	if (!result && !has(maker, "switch", vswitch))
		result = trouble(&maker->why, -ENOENT,
			"there is no switch %.40s", vswitch);
	if (result)
		return result;
	section_of(section, "port", name);
	result = conf_set(maker->settings.conf, section, "switch", &vswitch,
		1, NULL, NULL);
	if (result)
		return trouble(&maker->why, result, "\"%s\" is no name of a "
			"port: lower-case letters, digits and hyphens", name);
	result = put(maker, section, words, count);
	if (!result)
		result = define(maker, name, &port);
	if (result)
		return result;
	result = make_port(maker, &port);
	if (result) {
		forget_port(maker, &port, section);
		return result;
	}
	result = settings_save(&maker->settings, section, kept, &maker->why);
	if (result) {
		port_unmake(maker, &port);
		forget_port(maker, &port, section);
	}
	return result;
}

int change_disconnect(struct maker *maker, const char *name, bool *kept)
{
	struct port port;
	char section[SECTION];
	int result;

	if (!define_port(maker->settings.conf, name, &port))
		return trouble(&maker->why, -ENOENT, "there is no port %.40s",
			name);
	section_of(section, "port", name);
	result = port_unused(maker, &port);
	if (!result)
		result = port_unmake(maker, &port);
	if (result)
		return result;
	forget_port(maker, &port, section);
	return settings_save(&maker->settings, section, kept, &maker->why);
}

/* What the settings in effect say is in force again. */
static void go_back(struct maker *maker)
{
	if (!settings_again(&maker->settings))
		maker_rules(maker);
}

static int save(struct maker *maker, const char *section, bool *kept)
{
	return settings_save(&maker->settings, section, kept, &maker->why);
}

static int check_same(struct maker *maker, const struct vswitch *from,
	const struct vswitch *to)
{
	if (from->type == to->type && from->host == to->host &&
	    !strcasecmp(from->nic, to->nic))
		return 0;
	return trouble(&maker->why, -EINVAL, "type, nic and host of the "
		"switch %s cannot be changed: delete it, and create it anew",
		from->name);
}

static int set_switch(struct maker *maker, const char *section,
	const char *name, char **words, int count, bool *kept)
{
	struct vswitch from, to;
	int result;

	if (!define_switch(maker->settings.conf, name, &from))
		return trouble(&maker->why, -EINVAL, "[%s] is not whole",
			section);
	result = put(maker, section, words, count);
	if (result)
		return result;
	if (!define_switch(maker->settings.conf, name, &to))
		to = (struct vswitch){ 0 };
	result = check_same(maker, &from, &to);
	if (!result)
		result = vswitch_change(maker, &from, &to);
	if (result)
		return result;
	result = maker_rules(maker);
	if (!result)
		result = save(maker, section, kept);
	if (result) {
		go_back(maker);
		vswitch_change(maker, &to, &from);
	}
	return result;
}

static int set_port(struct maker *maker, const char *section,
	const char *name, char **words, int count, bool *kept)
{
	struct port from, to;
	int result;

	if (!define_port(maker->settings.conf, name, &from))
		return trouble(&maker->why, -EINVAL, "[%s] is not whole",
			section);
	result = put(maker, section, words, count);
	if (!result)
		result = define(maker, name, &to);
	if (result)
		return result;
	if (strcmp(from.of, to.of))
		return trouble(&maker->why, -EINVAL, "the switch of the port "
			"%s cannot be changed: disconnect it first", name);
	result = maker_rules(maker);
	if (!result)
		result = port_set(maker, &to);
	if (!result)
		result = save(maker, section, kept);
	if (result) {
		go_back(maker);
		port_set(maker, &from);
	}
	return result;
}

int change_set(struct maker *maker, const char *name, char **words, int count,
	bool *kept)
{
	bool is_switch = has(maker, "switch", name);
	char section[SECTION];

	if (!is_switch && !has(maker, "port", name))
		return trouble(&maker->why, -ENOENT,
			"there is no switch and no port %.40s", name);
	section_of(section, is_switch ? "switch" : "port", name);
	return is_switch ?
		set_switch(maker, section, name, words, count, kept) :
		set_port(maker, section, name, words, count, kept);
}

/* Says what went wrong, so that the next thing can be said too. */
static int count_problem(struct maker *maker, int result)
{
	if (!result)
		return 0;
	fprintf(stderr, "switch: %s\n", maker->why.text);
	maker->why.text[0] = '\0';
	return 1;
}

static int start_switch(struct maker *maker, const struct vswitch *vswitch)
{
	int problems = 0;

	if (maker_sees(maker, vswitch->name))
		return 0;
	problems += count_problem(maker, vswitch_make(maker, vswitch));
	return problems + count_problem(maker, check_uplink(maker, vswitch));
}

/* One that was written by hand gets its MAC address now, and keeps it. */
static int start_mac(struct maker *maker, const struct port *port)
{
	char section[SECTION];
	bool kept;
	int result;

	section_of(section, "port", port->name);
	if (conf_value(maker->settings.conf, section, "mac", 0))
		return 0;
	result = give_mac(maker, port->name);
	return result ? result : settings_save(&maker->settings, section,
		&kept, &maker->why);
}

int change_start(struct maker *maker)
{
	struct vswitch vswitch;
	struct port port;
	int i, problems = 0;

	if (!conf_section(maker->settings.conf, "switch", 0))
		return 0;
	maker_modules();
	for (i = 0; define_switch_at(maker->settings.conf, i, &vswitch); i++)
		problems += start_switch(maker, &vswitch);
	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++)
		problems += count_problem(maker, start_mac(maker, &port));
	problems += count_problem(maker, maker_rules(maker));
	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++)
		if (!maker_sees(maker, port.name))
			problems += count_problem(maker,
				port_make(maker, &port));
	return problems;
}
