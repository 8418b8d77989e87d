/* The host's addresses go from an adapter to its switch, and back. */
/* SPDX-License-Identifier: MIT */
#include "move.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "paths.h"
#include "sysctl.h"

static int add_pair(struct move *move, const struct link *from)
{
	struct move_pair *pair = &move->pairs[move->count];
	int result;

	if (move->count == MOVE_PAIRS)
		return -E2BIG;
	*pair = (struct move_pair){ .from = *from };
	result = addresses_read(move->socket, from->index, &pair->addresses);
	if (!result)
		move->count++;
	return result;
}

/* The interface itself and those that stand on VLANs of it. */
static int collect(struct move *move)
{
	struct link *links = NULL;
	int i, count = rtnl_links(move->socket, &links);
	int result = count < 0 ? count : add_pair(move, &move->from);

	for (i = 0; !result && i < count; i++)
		if (links[i].below == move->from.index &&
		    !strcmp(links[i].kind, "vlan"))
			result = add_pair(move, &links[i]);
	free(links);
	return result;
}

/* A bridge itself lets pass only the VLANs that it was told. */
static int let_pass(struct move *move, uint16_t id)
{
	struct vlans vlans = { 0 };

	if (strcmp(move->to.kind, "bridge"))
		return 0;
	vlans_add(&vlans, id);
	return rtnl_vlans_add(move->socket, move->to.index, true, &vlans,
		false);
}

static int make_target(struct move *move, struct move_pair *pair,
	struct trouble *why)
{
	char name[2 * IFNAMSIZ];
	int result;

	snprintf(name, sizeof(name), "%s.%u", move->to.name, pair->from.vlan);
	if (strlen(name) >= IFNAMSIZ)
		return trouble(why, -ENAMETOOLONG,
			"%s is too long for an interface", name);
	result = let_pass(move, pair->from.vlan);
	if (!result)
		result = rtnl_vlan_add(move->socket, name, move->to.index,
			pair->from.vlan);
	if (result)
		return trouble(why, result, "%s cannot be made: %s", name,
			strerror(-result));
	pair->made = true;
	sysctl_ipv6_copy(pair->from.name, name);
	result = rtnl_link(move->socket, name, &pair->to);
	return result ? result :
		rtnl_set_up(move->socket, pair->to.index, true);
}

static int fill(struct move *move, struct move_pair *pair,
	struct trouble *why)
{
	int result = 0;

	if (pair->from.index == move->from.index)
		pair->to = move->to;
	else
		result = make_target(move, pair, why);
	if (!result)
		result = addresses_put(move->socket, pair->to.index,
			&pair->addresses);
	if (result)
		trouble(why, result,
			"the addresses of %s cannot be given to %s: %s",
			pair->from.name, move->to.name, strerror(-result));
	return result;
}

int move_begin(struct move *move, int socket, const struct link *from,
	const struct link *to, struct trouble *why)
{
	int i, result;

	*move = (struct move){ .socket = socket, .from = *from, .to = *to };
	result = collect(move);
	if (result)
		trouble(why, result, "the addresses of %s cannot be read: %s",
			from->name, strerror(-result));
	for (i = 0; !result && i < move->count; i++)
		result = fill(move, &move->pairs[i], why);
	if (result)
		move_undo(move);
	return result;
}

static void finish(struct move *move)
{
	while (move->count)
		addresses_free(&move->pairs[--move->count].addresses);
}

/* Its DHCP client watches the adapter, and works for another interface. */
static void carry(const char *from, const char *to)
{
	program_run((char *[]){ PATH_NETWORK, "carry", (char *)from,
		(char *)to, NULL });
}

void move_commit(struct move *move)
{
	struct move_pair *pair;
	int i;

	for (i = 0; i < move->count; i++) {
		pair = &move->pairs[i];
		addresses_take(move->socket, pair->from.index,
			&pair->addresses);
	}
	for (i = 0; i < move->count; i++) {
		pair = &move->pairs[i];
		carry(pair->from.name, pair->to.name);
		if (pair->made)
			rtnl_delete(move->socket, pair->from.index);
	}
	finish(move);
}

void move_undo(struct move *move)
{
	struct move_pair *pair;
	int i;

	for (i = 0; i < move->count; i++) {
		pair = &move->pairs[i];
		if (!pair->to.index)
			continue;
		addresses_put(move->socket, pair->from.index,
			&pair->addresses);
		addresses_take(move->socket, pair->to.index,
			&pair->addresses);
		if (pair->made)
			rtnl_delete(move->socket, pair->to.index);
	}
	finish(move);
}
