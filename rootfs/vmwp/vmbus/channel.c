/* A channel: one device's, with what the guest has done to it. */
/* SPDX-License-Identifier: MIT */
#include "vmbus/channel.h"

#include <errno.h>
#include <string.h>

#include "say.h"
#include "vmbus/vmbus.h"

bool channel_is_open(const struct channel *channel)
{
	return channel->state == CHANNEL_OPEN && !channel->broken;
}

static void interrupt(struct channel *channel)
{
	struct vmbus *vmbus = channel->vmbus;

	channel->called = channel->held;
	if (!channel->held && channel->vp != VMBUS_NO_VP)
		vmbus->host->signal(vmbus->context, channel->vp, vmbus->sint,
			channel->relid);
}

void channel_hold(struct channel *channel)
{
	channel->held = true;
}

void channel_release(struct channel *channel)
{
	channel->held = false;
	if (channel->called)
		interrupt(channel);
}

static void break_off(struct channel *channel)
{
	say_limited("VMBus channel %u: the guest has written into its ring "
		"what cannot be; no more packets", channel->relid);
	channel->broken = true;
	if (channel->ops->close)
		channel->ops->close(channel);
}

int channel_receive(struct channel *channel, struct packet *packet, void *to,
	size_t room)
{
	int result;

	if (!channel_is_open(channel))
		return -ENOTCONN;
	result = ring_receive(&channel->in, packet, to, room);
	if (result == -EPROTO)
		break_off(channel);
	return result;
}

int channel_send(struct channel *channel, const struct packet *packet,
	const void *data, size_t size)
{
	int result;

	if (!channel_is_open(channel))
		return -ENOTCONN;
	result = ring_send(&channel->out, packet, data, size);
	if (result == -EPROTO)
		break_off(channel);
	if (result <= 0)
		return result;
	interrupt(channel);
	return 0;
}

/*
 * While we look the guest need not ring. Its bell is on again before the last
 * look: what it writes after that look rings.
 */
bool channel_rang(struct channel *channel)
{
	bool more;

	if (!channel_is_open(channel))
		return false;
	ring_mask(&channel->in, true);
	more = channel->ops->signal(channel);
	if (!channel_is_open(channel))
		return false;
	if (ring_commit(&channel->in))
		interrupt(channel);
	if (more)
		return true;
	ring_mask(&channel->in, false);
	return ring_ready(&channel->in);
}

/* The guest's outgoing ring comes first. */
static int attach(struct channel *channel, struct gpadl *gpadl, uint32_t split)
{
	int error;

	if (gpadl->offset || split >= gpadl->count)
		return -EINVAL;
	error = ring_attach_in(&channel->in, gpadl->pages, split);
	if (!error)
		error = ring_attach_out(&channel->out, gpadl->pages + split,
			gpadl->count - split);
	if (error)
		return error;
	gpadl_take(gpadl);
	channel->gpadl = gpadl;
	channel->split = split;
	return 0;
}

static void detach(struct channel *channel)
{
	struct gpadl *gpadl = channel->gpadl;

	channel->gpadl = NULL;
	channel->broken = false;
	vmbus_put(channel->vmbus, gpadl);
}

int channel_open(struct channel *channel, struct gpadl *gpadl,
	const struct vmbus_open *open)
{
	int error = attach(channel, gpadl, open->split);

	if (error)
		return error;
	channel->vp = open->vp;
	channel->state = CHANNEL_OPEN;
	if (channel->ops->open)
		error = channel->ops->open(channel);
	if (!error)
		return 0;
	channel->state = CHANNEL_CLOSED;
	detach(channel);
	return error;
}

void channel_leave(struct channel *channel, enum channel_state state)
{
	if (channel->state == CHANNEL_OPEN) {
		if (!channel->broken && channel->ops->close)
			channel->ops->close(channel);
		detach(channel);
	}
	channel->state = state;
}

static void save_ring(const struct ring *ring, struct stream *to)
{
	stream_put(to, ring->read, 4);
	stream_put(to, ring->write, 4);
	stream_put(to, ring->committed, 4);
	stream_put(to, ring->waits, 1);
}

static bool index_good(const struct ring *ring, uint32_t index)
{
	return index < ring->size && index % 8 == 0;
}

/* What the guest has in its memory is checked when it is used. */
static bool load_ring(struct ring *ring, const struct guest_page *pages,
	uint32_t count, struct stream *from)
{
	uint32_t waits;

	ring->pages = pages;
	ring->size = (count - 1) * 4096;
	ring->read = stream_get(from, 4);
	ring->write = stream_get(from, 4);
	ring->committed = stream_get(from, 4);
	waits = stream_get(from, 1);
	ring->waits = waits;
	return !from->failed && waits <= 1 && index_good(ring, ring->read) &&
		index_good(ring, ring->write) &&
		index_good(ring, ring->committed);
}

void channel_save(const struct channel *channel, struct stream *to)
{
	stream_put(to, channel->present, 1);
	stream_put(to, channel->state, 1);
	if (channel->state != CHANNEL_OPEN)
		return;
	stream_put(to, channel->broken, 1);
	stream_put(to, channel->vp, 4);
	stream_put(to, channel->gpadl->id, 4);
	stream_put(to, channel->split, 4);
	if (channel->broken)
		return;
	save_ring(&channel->in, to);
	save_ring(&channel->out, to);
	if (channel->ops->save)
		channel->ops->save(channel, to);
}

static bool split_good(const struct gpadl *gpadl, uint32_t split)
{
	return gpadl && gpadl->state != GPADL_FILLING && !gpadl->offset &&
		split >= RING_PAGES_MIN && split < gpadl->count &&
		gpadl->count - split >= RING_PAGES_MIN;
}

static int load_rings(struct channel *channel, struct stream *from)
{
	struct gpadl *gpadl = channel->gpadl;
	uint32_t split = channel->split;

	if (!load_ring(&channel->in, gpadl->pages, split, from) ||
	    !load_ring(&channel->out, gpadl->pages + split,
		gpadl->count - split, from))
		return -EINVAL;
	return channel->ops->load ? channel->ops->load(channel, from) : 0;
}

static int load_open(struct channel *channel, struct stream *from)
{
	struct vmbus *vmbus = channel->vmbus;
	uint32_t broken = stream_get(from, 1), id, split;
	struct gpadl *gpadl;
	int error;

	channel->vp = stream_get(from, 4);
	id = stream_get(from, 4);
	split = stream_get(from, 4);
	gpadl = gpadl_find(&vmbus->gpadls, channel->relid, id);
	if (from->failed || broken > 1 || !split_good(gpadl, split) ||
	    (channel->vp >= vmbus->vps && channel->vp != VMBUS_NO_VP))
		return -EINVAL;
	gpadl_take(gpadl);
	channel->gpadl = gpadl;
	channel->split = split;
	/* Until it is loaded the device has nothing to close. */
	channel->broken = true;
	channel->state = CHANNEL_OPEN;
	error = broken ? 0 : load_rings(channel, from);
	if (!error)
		channel->broken = broken;
	return error;
}

int channel_load(struct channel *channel, struct stream *from)
{
	uint32_t present = stream_get(from, 1), state = stream_get(from, 1);

	if (from->failed || present > 1 || state >= CHANNEL_STATES)
		return -EINVAL;
	channel->present = present;
	if (state == CHANNEL_OPEN)
		return load_open(channel, from);
	channel->state = state;
	return 0;
}
