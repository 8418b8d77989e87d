/* What the control socket asks of the network adapters. */
/* SPDX-License-Identifier: MIT */
#include "net/netcommand.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "net/e1000.h"
#include "net/netvsp.h"

static_assert(CONTROL_NETWORK_E1000 == NETVSP_NICS, "places");

static int add(struct netvsp *netvsp,
	const struct control_network_request *request, const int *fds,
	unsigned int *count)
{
	uint32_t place = request->request.argument;
	struct netvsp_nic nic = { .mtu = request->mtu,
		.unplugged = !request->cable };
	int result;

	if (request->cable > 1 || !*count ||
	    (place >= NETVSP_NICS && place != CONTROL_NETWORK_ANY))
		return -EINVAL;
	memcpy(nic.mac, request->mac, sizeof(nic.mac));
	result = tap_take(&nic.tap, fds, *count);
	*count = 0;
	if (result)
		return result;
	return netvsp_add(netvsp,
		place == CONTROL_NETWORK_ANY ? -1 : (int)place, &nic);
}

static int act(struct netvsp *netvsp,
	const struct control_network_request *request, const int *fds,
	unsigned int *count)
{
	uint32_t place = request->request.argument;

	switch (request->request.type) {
	case CONTROL_NETWORK_ADD:
		return add(netvsp, request, fds, count);
	case CONTROL_NETWORK_REMOVE:
		return netvsp_remove(netvsp, place);
	case CONTROL_NETWORK_CABLE:
		return request->cable > 1 ? -EINVAL :
			netvsp_plug(netvsp, place, request->cable);
	default:
		return place < NETVSP_NICS ? 0 : -EINVAL;
	}
}

static void show_traffic(const struct nic *nic, bool sent,
	struct control_traffic *to)
{
	struct netvsp_traffic from;

	netvsp_count(nic, sent, &from);
	memcpy(to->frames, from.frames, sizeof(to->frames));
	memcpy(to->bytes, from.bytes, sizeof(to->bytes));
	to->errors = from.errors;
	to->dropped = from.dropped;
}

static void show(struct netvsp *netvsp, uint32_t place,
	struct control_network *answer)
{
	const struct nic *nic;
	unsigned int i;

	if (place >= NETVSP_NICS)
		return;
	pthread_mutex_lock(netvsp->device_lock);
	nic = &netvsp->nics[place];
	answer->place = place;
	answer->present = nic->present;
	if (nic->present) {
		answer->cable = nic->cable;
		answer->leaving = nic->leaving;
		answer->mtu = nic->mtu;
		answer->version = nic->version;
		answer->filter = nic->filter;
		for (i = 0; i < nic->used; i++)
			answer->channels += nic->lanes[i].open;
		memcpy(answer->mac, nic->permanent, sizeof(answer->mac));
		show_traffic(nic, true, &answer->sent);
		show_traffic(nic, false, &answer->received);
	}
	pthread_mutex_unlock(netvsp->device_lock);
}

int netcommand(struct netvsp *netvsp,
	const struct control_network_request *request, const int *fds,
	unsigned int *count, struct control_network *answer)
{
	uint32_t place = request->request.argument;
	int result;

	if (!netvsp)
		return -EOPNOTSUPP;
	result = act(netvsp, request, fds, count);
	if (request->request.type == CONTROL_NETWORK_ADD && result >= 0) {
		place = result;
		result = 0;
	}
	show(netvsp, place, answer);
	return result;
}

static void show_lane_traffic(const struct traffic *from,
	struct control_traffic *to)
{
	unsigned int kind;

	for (kind = 0; kind < FRAME_KINDS; kind++) {
		to->frames[kind] = atomic_load(&from->frames[kind]);
		to->bytes[kind] = atomic_load(&from->bytes[kind]);
	}
	to->errors = atomic_load(&from->errors);
	to->dropped = atomic_load(&from->dropped);
}

int netcommand_e1000(struct e1000 *nic,
	const struct control_network_request *request,
	struct control_network *answer)
{
	int result = 0;

	if (request->request.type == CONTROL_NETWORK_REMOVE)
		result = -EOPNOTSUPP;
	else if (request->request.type == CONTROL_NETWORK_CABLE)
		result = request->cable > 1 ? -EINVAL :
			e1000_plug(nic, request->cable);
	pthread_mutex_lock(nic->device_lock);
	answer->place = request->request.argument;
	answer->present = nic->present;
	answer->cable = nic->cable;
	answer->mtu = nic->mtu;
	answer->channels = nic->present;
	memcpy(answer->mac, nic->eeprom, sizeof(answer->mac));
	show_lane_traffic(&nic->sent, &answer->sent);
	show_lane_traffic(&nic->received, &answer->received);
	pthread_mutex_unlock(nic->device_lock);
	return result;
}
