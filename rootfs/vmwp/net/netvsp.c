/* NetVSP: the network adapters of a VM. docs/network.md */
/* SPDX-License-Identifier: MIT */
#include "net/netvsp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "net/netstate.h"
#include "net/oid.h"
#include "say.h"

/* The others are nothing without the first. While the guest's connection ends
 * VMBus takes them all. */
static void close_others(struct nic *nic)
{
	unsigned int i;

	for (i = 1; i < nic->count; i++)
		if (nic->netvsp->vmbus->connected)
			vmbus_rescind(&nic->lanes[i].channel);
		else
			nic->lanes[i].channel.present = false;
}

/* When the last one that the guest asked for is open it may send on all. */
static bool all_open(const struct nic *nic)
{
	unsigned int i;

	for (i = 1; i <= nic->allowed; i++)
		if (!nic->lanes[i].open)
			return false;
	return true;
}

static int channel_opened(struct channel *channel)
{
	struct lane *lane = (struct lane *)channel;
	struct nic *nic = lane->nic;

	if (!lane->work)
		return -ENODEV;
	lane_stop(lane);
	lane->open = true;
	if (!lane->index)
		nic->state = NIC_BEGIN;
	else
		nic->table_due = all_open(nic);
	lane_go(lane);
	lane_wake(&nic->lanes[0]);
	return 0;
}

static void channel_closed(struct channel *channel)
{
	struct lane *lane = (struct lane *)channel;
	struct nic *nic = lane->nic;

	nic_stop(nic, NULL);
	lane->open = false;
	lane_drop(lane);
	if (!lane->index)
		nic_reset(nic);
	nic_go(nic, NULL);
	if (!lane->index)
		close_others(nic);
}

static bool channel_signal(struct channel *channel)
{
	return lane_receive((struct lane *)channel);
}

static const struct channel_ops channel_ops = {
	.open = channel_opened,
	.close = channel_closed,
	.signal = channel_signal,
	.save = netstate_save,
	.load = netstate_load,
};

/* The first eight bytes are ours, then the place, then the NIC's address. */
static struct guid instance(const struct nic *nic)
{
	struct guid guid = { 0x2fd7a5c1, 0x6b3e, 0x4d08, { 0 } };

	guid.d[0] = 0x90;
	guid.d[1] = nic->place;
	memcpy(guid.d + 2, nic->permanent, sizeof(nic->permanent));
	return guid;
}

static void describe(struct lane *lane)
{
	static const struct guid type = { 0xf8615163, 0xdf3e, 0x46c5,
		{ 0x91, 0x3f, 0xf2, 0xd2, 0xf9, 0x65, 0xed, 0x0e } };

	lane->channel.offer = (struct channel_offer){
		.type = type,
		.instance = instance(lane->nic),
		.flags = VMBUS_OFFER_ENUMERATE,
		.subchannel = lane->index,
	};
}

static int add_lane(struct nic *nic, unsigned int index)
{
	struct lane *lane = &nic->lanes[index];
	int error = lane_init(lane, nic, index);

	nic->count = index + 1;
	if (error)
		return error;
	lane->channel.ops = &channel_ops;
	describe(lane);
	return vmbus_add(nic->netvsp->vmbus, &lane->channel);
}

static int add_place(struct netvsp *netvsp, unsigned int place,
	unsigned int lanes)
{
	struct nic *nic = &netvsp->nics[place];
	unsigned int i;
	int error = 0;

	nic->netvsp = netvsp;
	nic->place = place;
	nic->lanes = calloc(lanes, sizeof(*nic->lanes));
	if (!nic->lanes)
		return -ENOMEM;
	for (i = 0; i < lanes && !error; i++)
		error = add_lane(nic, i);
	return error;
}

int netvsp_init(struct netvsp *netvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int processors, bool threads)
{
	unsigned int lanes = processors < NIC_LANES ? processors : NIC_LANES;
	unsigned int i;
	int error = 0;

	memset(netvsp, 0, sizeof(*netvsp));
	netvsp->device_lock = device_lock;
	netvsp->vmbus = vmbus;
	netvsp->threads = threads;
	netvsp->now = events_now;
	for (i = 0; i < NETVSP_NICS && !error; i++)
		error = add_place(netvsp, i, lanes);
	return error;
}

static void end_lanes(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->used; i++)
		lane_end(&nic->lanes[i]);
	nic->used = 0;
	rooms_exit(&nic->control);
	tap_close(&nic->tap);
	nic->present = nic->leaving = false;
}

void netvsp_exit(struct netvsp *netvsp)
{
	struct nic *nic;
	unsigned int i, lane;

	for (i = 0; i < NETVSP_NICS; i++) {
		nic = &netvsp->nics[i];
		end_lanes(nic);
		for (lane = 0; lane < nic->count; lane++)
			lane_exit(&nic->lanes[lane]);
		free(nic->lanes);
	}
}

/* Nobody has it, and the guest has let go of the last one that was there. */
static bool is_free(const struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->count; i++)
		if (nic->lanes[i].channel.state != CHANNEL_HIDDEN)
			return false;
	return !nic->present;
}

static struct nic *find_place(struct netvsp *netvsp, int place)
{
	unsigned int i;

	if (place >= (int)NETVSP_NICS)
		return NULL;
	if (place >= 0)
		return is_free(&netvsp->nics[place]) ?
			&netvsp->nics[place] : NULL;
	for (i = 0; i < NETVSP_NICS; i++)
		if (is_free(&netvsp->nics[i]))
			return &netvsp->nics[i];
	return NULL;
}

/* Without a given MTU it is the tap's, and never more than that. */
static int choose_mtu(const struct netvsp_nic *from, uint32_t *mtu)
{
	uint32_t most = from->tap.mtu ? from->tap.mtu : NIC_MTU_MAX;

	if (most > NIC_MTU_MAX)
		most = NIC_MTU_MAX;
	*mtu = from->mtu;
	if (!*mtu)
		*mtu = from->tap.mtu ? most : NIC_MTU;
	return *mtu < NIC_MTU_MIN || *mtu > most ? -EINVAL : 0;
}

static int check(const struct netvsp_nic *from, uint32_t *mtu)
{
	static const uint8_t none[6];

	if (from->mac[0] & 1 || !memcmp(from->mac, none, sizeof(none)))
		return -EINVAL;
	return choose_mtu(from, mtu);
}

static void fill(struct nic *nic, const struct netvsp_nic *from, uint32_t mtu)
{
	nic->tap = from->tap;
	memcpy(nic->permanent, from->mac, sizeof(nic->permanent));
	nic->mtu = mtu;
	nic->cable = !from->unplugged;
	oid_reset(nic);
}

/* As many lanes as the tap has queues. */
static int begin_lanes(struct netvsp *netvsp, struct nic *nic)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < nic->count && i < nic->tap.count && !error; i++) {
		describe(&nic->lanes[i]);
		error = lane_begin(&nic->lanes[i], nic->tap.fds[i],
			netvsp->threads);
		if (error)
			break;
		nic->used++;
		if (netvsp->paused)
			lane_stop(&nic->lanes[i]);
	}
	return error;
}

static int place_nic(struct netvsp *netvsp, struct nic *nic,
	struct netvsp_nic *from, uint32_t mtu)
{
	int error;

	fill(nic, from, mtu);
	from->tap.count = 0;
	error = begin_lanes(netvsp, nic);
	if (error) {
		end_lanes(nic);
		return error;
	}
	nic->present = true;
	vmbus_offer(&nic->lanes[0].channel);
	return nic->place;
}

int netvsp_add(struct netvsp *netvsp, int place, struct netvsp_nic *from)
{
	struct nic *nic;
	uint32_t mtu;
	int result;

	pthread_mutex_lock(netvsp->device_lock);
	nic = find_place(netvsp, place);
	result = check(from, &mtu);
	if (!result)
		result = nic ? place_nic(netvsp, nic, from, mtu) : -EBUSY;
	pthread_mutex_unlock(netvsp->device_lock);
	tap_close(&from->tap);
	return result;
}

static struct nic *find(struct netvsp *netvsp, unsigned int place)
{
	if (place >= NETVSP_NICS || !netvsp->nics[place].present)
		return NULL;
	return &netvsp->nics[place];
}

/* The guest knows that the cable is out, has nothing of ours, and is still. */
static bool is_quiet(const struct nic *nic, uint64_t now)
{
	unsigned int i;

	if (nic->link_due || nic->letter_count || nic->control.given ||
	    now - nic->leaves < NETVSP_QUIET)
		return false;
	for (i = 0; i < nic->used; i++)
		if (nic->lanes[i].rooms.given ||
		    nic->lanes[i].work->packet_count ||
		    nic->lanes[i].work->reply_count ||
		    (nic->lanes[i].last &&
			now - nic->lanes[i].last < NETVSP_QUIET))
			return false;
	return true;
}

static bool can_go(struct nic *nic)
{
	uint64_t now = nic->netvsp->now();
	bool quiet;

	if (nic->state == NIC_CLOSED || now - nic->leaves > NETVSP_PATIENCE)
		return true;
	nic_stop(nic, NULL);
	quiet = is_quiet(nic, now);
	nic_go(nic, NULL);
	return quiet;
}

static int take_away(struct nic *nic)
{
	if (!nic->leaving) {
		nic->leaving = true;
		nic->leaves = nic->netvsp->now();
		nic_set_cable(nic, false);
	}
	if (!can_go(nic))
		return -EAGAIN;
	vmbus_rescind(&nic->lanes[0].channel);
	return 0;
}

/* The lanes end without the lock, as they may wait for it. Nobody else adds or
 * removes: that is the event loop's. */
int netvsp_remove(struct netvsp *netvsp, unsigned int place)
{
	struct nic *nic;
	int error;

	pthread_mutex_lock(netvsp->device_lock);
	nic = find(netvsp, place);
	error = nic ? take_away(nic) : -ENODEV;
	pthread_mutex_unlock(netvsp->device_lock);
	if (error)
		return error;
	end_lanes(nic);
	return 0;
}

int netvsp_plug(struct netvsp *netvsp, unsigned int place, bool in)
{
	struct nic *nic;
	int error = 0;

	pthread_mutex_lock(netvsp->device_lock);
	nic = find(netvsp, place);
	if (!nic)
		error = -ENODEV;
	else if (nic->leaving)
		error = -EBUSY;
	else
		nic_set_cable(nic, in);
	pthread_mutex_unlock(netvsp->device_lock);
	return error;
}

void netvsp_pause(struct netvsp *netvsp)
{
	unsigned int i;

	if (netvsp->paused)
		return;
	netvsp->paused = true;
	for (i = 0; i < NETVSP_NICS; i++)
		nic_stop(&netvsp->nics[i], NULL);
}

void netvsp_go(struct netvsp *netvsp)
{
	unsigned int i;

	if (!netvsp->paused)
		return;
	netvsp->paused = false;
	for (i = 0; i < NETVSP_NICS; i++)
		nic_go(&netvsp->nics[i], NULL);
}

static uint64_t load(const atomic_ullong *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void netvsp_count(const struct nic *nic, bool sent,
	struct netvsp_traffic *traffic)
{
	const struct traffic *from;
	unsigned int i, kind;

	memset(traffic, 0, sizeof(*traffic));
	for (i = 0; i < nic->used; i++) {
		from = sent ? &nic->lanes[i].sent : &nic->lanes[i].received;
		for (kind = 0; kind < FRAME_KINDS; kind++) {
			traffic->frames[kind] += load(&from->frames[kind]);
			traffic->bytes[kind] += load(&from->bytes[kind]);
		}
		traffic->errors += load(&from->errors);
		traffic->dropped += load(&from->dropped);
	}
}
