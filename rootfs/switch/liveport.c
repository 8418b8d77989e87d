/* A tap that a VM's worker has, as a port of a switch. */
/* SPDX-License-Identifier: MIT */
#include "liveport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "port.h"
#include "rtnl.h"
#include "tap.h"

enum { ADAPTERS = 8, NAMES = 64 };

static int taken(struct maker *maker, const struct liveport *live,
	const char *what, const char *whose)
{
	char mac[18];

	define_mac_text(live->port.mac, mac);
	return trouble(&maker->why, -EADDRINUSE, "the MAC address %s of %s is "
		"that of %s%s, too", mac, live->vm, what, whose);
}

/* An address that no port and no interface of the host has. */
static int check_mac(struct maker *maker, const struct liveport *live)
{
	const uint8_t *mac = live->port.mac;
	struct link *links = NULL;
	struct port port;
	int i, count, result = 0;

	for (i = 0; i < maker->live.count; i++)
		if (!memcmp(maker->live.list[i].port.mac, mac, 6))
			return taken(maker, live, "the VM ",
				maker->live.list[i].vm);
	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++)
		if (!memcmp(port.mac, mac, 6))
			return taken(maker, live, "the port ", port.name);
	count = rtnl_links(maker->socket, &links);
	for (i = 0; i < count; i++)
		if (!memcmp(links[i].mac, mac, 6))
			result = taken(maker, live, "", links[i].name);
	free(links);
	return count < 0 ? count : result;
}

static int check_new(struct maker *maker, const struct liveport *live)
{
	if (!liveports_find(&maker->live, live->vm, live->nic))
		return check_mac(maker, live);
	return trouble(&maker->why, -EBUSY, "the adapter %u of %s has a tap "
		"already", live->nic, live->vm);
}

/* By the first name that nobody has. */
static int open_tap(struct liveport *live, int *queues, unsigned int count)
{
	char stem[10];
	unsigned int i;
	int result = -EBUSY;

	snprintf(stem, sizeof(stem), "%.9s", live->port.name);
	for (i = 0; result == -EBUSY && i < NAMES; i++) {
		snprintf(live->port.name, sizeof(live->port.name), "%s-%u",
			stem, live->nic + i * ADAPTERS);
		result = tap_open(live->port.name, queues, count);
	}
	return result;
}

/* The rules first: a port is never without. */
static int plug(struct maker *maker, const struct port *port)
{
	int result = port->of[0] ? maker_rules(maker) : 0;

	if (!result && port->of[0])
		result = port_plug(maker, port);
	return result ? result : liveports_write(&maker->live, &maker->why);
}

/* Whether it was in a switch. */
static bool forget_one(struct maker *maker, struct liveport *port)
{
	struct port gone = port->port;
	struct link tap;

	liveports_remove(&maker->live, port);
	if (!rtnl_link(maker->socket, gone.name, &tap))
		rtnl_delete(maker->socket, tap.index);
	if (gone.of[0])
		port_uplink(maker, gone.of);
	return gone.of[0];
}

int liveport_connect(struct maker *maker, struct liveport *live, int *queues,
	unsigned int count)
{
	int result = check_new(maker, live);

	if (result)
		return result;
	result = open_tap(live, queues, count);
	if (result)
		return trouble(&maker->why, result, "a tap for %s cannot be "
			"made: %s", live->vm, strerror(-result));
	result = liveports_add(&maker->live, live);
	if (!result)
		result = plug(maker, &live->port);
	if (!result)
		return 0;
	while (count)
		close(queues[--count]);
	live = liveports_find(&maker->live, live->vm, live->nic);
	if (live) {
		forget_one(maker, live);
		maker_rules(maker);
		liveports_write(&maker->live, &maker->why);
	}
	return result;
}

/* Out of one switch into another, or the same. */
static int move(struct maker *maker, const struct port *from,
	const struct port *to)
{
	int result = 0;

	if (!strcmp(from->of, to->of)) {
		result = maker_rules(maker);
		return result || !to->of[0] ? result : port_set(maker, to);
	}
	if (from->of[0])
		result = port_unplug(maker, from);
	if (!result)
		result = maker_rules(maker);
	if (!result && to->of[0])
		result = port_plug(maker, to);
	if (from->of[0])
		port_uplink(maker, from->of);
	return result;
}

int liveport_change(struct maker *maker, const struct liveport *live)
{
	struct liveport *is = liveports_find(&maker->live, live->vm,
		live->nic);
	struct port from, to = live->port;
	int result;

	if (!is)
		return trouble(&maker->why, -ENOENT,
			"%s has no adapter %u at work", live->vm, live->nic);
	from = is->port;
	memcpy(to.name, from.name, sizeof(to.name));
	memcpy(to.mac, from.mac, sizeof(to.mac));
	is->port = to;
	result = move(maker, &from, &to);
	if (!result)
		result = liveports_write(&maker->live, &maker->why);
	if (result) {
		is->port = from;
		move(maker, &to, &from);
	}
	return result;
}

int liveport_forget(struct maker *maker, const char *vm)
{
	bool found = false, rules = false;
	int i, result = 0;

	for (i = maker->live.count - 1; i >= 0; i--)
		if (!strcasecmp(maker->live.list[i].vm, vm)) {
			rules |= forget_one(maker, &maker->live.list[i]);
			found = true;
		}
	if (rules)
		result = maker_rules(maker);
	if (!result && found)
		result = liveports_write(&maker->live, &maker->why);
	return result;
}
