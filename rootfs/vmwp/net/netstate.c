/* Saved states of a NIC's channels. */
/* SPDX-License-Identifier: MIT */
#include "net/netstate.h"

#include <errno.h>
#include <string.h>

#include "net/netvsp.h"
#include "net/nvsp.h"

static void save_replies(const struct lane_work *work, struct stream *to)
{
	unsigned int i;

	stream_put(to, work->reply_count, 4);
	for (i = 0; i < work->reply_count; i++) {
		stream_put(to, work->replies[i].transaction, 8);
		stream_put_bytes(to, &work->replies[i].message,
			sizeof(work->replies[i].message));
	}
}

static void save_list(const struct gpadl *gpadl, uint16_t id,
	struct stream *to)
{
	stream_put(to, !!gpadl, 1);
	stream_put(to, gpadl ? gpadl->id : 0, 4);
	stream_put(to, id, 2);
}

static void save_rss(const struct rss *rss, struct stream *to)
{
	stream_put(to, rss->hash, 4);
	stream_put(to, rss->entries, 4);
	stream_put_bytes(to, rss->table, sizeof(rss->table));
	stream_put_bytes(to, rss->key, sizeof(rss->key));
}

static void save_letters(const struct nic *nic, struct stream *to)
{
	unsigned int i;

	stream_put(to, nic->letter_count, 4);
	for (i = 0; i < nic->letter_count; i++) {
		stream_put(to, nic->letters[i].size, 4);
		stream_put_bytes(to, nic->letters[i].bytes,
			nic->letters[i].size);
	}
}

static void save_nic(const struct nic *nic, struct stream *to)
{
	stream_put(to, nic->state, 1);
	stream_put(to, nic->version, 4);
	stream_put(to, nic->capabilities, 4);
	stream_put(to, nic->used, 1);
	stream_put(to, nic->mtu, 4);
	stream_put(to, nic->cable, 1);
	save_list(nic->receive, nic->receive_id, to);
	save_list(nic->send, nic->send_id, to);
	stream_put(to, nic->is_initialized, 1);
	stream_put(to, nic->filter, 4);
	stream_put_bytes(to, nic->address, sizeof(nic->address));
	stream_put(to, nic->rsc4 | nic->rsc6 << 1, 1);
	save_rss(&nic->rss, to);
	stream_put(to, nic->allowed, 1);
	stream_put(to, nic->table_due | nic->link_due << 1, 1);
	save_letters(nic, to);
	rooms_save(&nic->control, to);
}

void netstate_save(const struct channel *channel, struct stream *to)
{
	struct lane *lane = (struct lane *)channel;

	lane_stop(lane);
	if (!lane->index)
		save_nic(lane->nic, to);
	save_replies(lane->work, to);
	rooms_save(&lane->rooms, to);
	lane_go(lane);
}

static bool load_replies(struct lane_work *work, struct stream *from)
{
	uint32_t count = stream_get(from, 4), i;

	if (from->failed || count > LANE_REPLIES)
		return false;
	for (i = 0; i < count; i++) {
		work->replies[i].transaction = stream_get(from, 8);
		stream_get_bytes(from, &work->replies[i].message,
			sizeof(work->replies[i].message));
	}
	work->reply_count = count;
	return !from->failed;
}

/* The list that it means; *good: it is there if it should be. */
static struct gpadl *load_list(const struct nic *nic, struct stream *from,
	uint16_t *id, bool *good)
{
	uint32_t is = stream_get(from, 1), number = stream_get(from, 4);
	struct gpadl *gpadl = NULL;

	*id = stream_get(from, 2);
	*good = !from->failed && is <= 1 && (is || (!number && !*id));
	if (!*good || !is)
		return NULL;
	gpadl = gpadl_find(&nic->netvsp->vmbus->gpadls,
		nic->lanes[0].channel.relid, number);
	*good = gpadl && gpadl->state != GPADL_FILLING && !gpadl->offset &&
		gpadl != nic->lanes[0].channel.gpadl;
	return *good ? gpadl : NULL;
}

static bool load_buffers(struct nic *nic, struct stream *from)
{
	uint16_t receive_id, send_id;
	struct gpadl *receive, *send;
	bool good;

	receive = load_list(nic, from, &receive_id, &good);
	if (!good || (receive && nic_set_receive(nic, receive, receive_id)))
		return false;
	send = load_list(nic, from, &send_id, &good);
	if (!good || (send && (send == receive || send->size < NIC_SECTION)))
		return false;
	if (!send)
		return true;
	gpadl_take(send);
	nic->send = send;
	nic->send_id = send_id;
	return true;
}

static bool load_rss(struct nic *nic, struct stream *from)
{
	struct rss *rss = &nic->rss;
	uint32_t i;

	rss->hash = stream_get(from, 4);
	rss->entries = stream_get(from, 4);
	stream_get_bytes(from, rss->table, sizeof(rss->table));
	stream_get_bytes(from, rss->key, sizeof(rss->key));
	if (from->failed || rss->entries > NDIS_SCALE_TABLE ||
	    rss->entries & (rss->entries - 1))
		return false;
	for (i = 0; i < NDIS_SCALE_TABLE; i++)
		if (rss->table[i] >= nic->used)
			return false;
	return true;
}

static bool load_letters(struct nic *nic, struct stream *from)
{
	uint32_t count = stream_get(from, 4), i;

	if (from->failed || count > NIC_LETTERS)
		return false;
	for (i = 0; i < count; i++) {
		nic->letters[i].size = stream_get(from, 4);
		if (from->failed || nic->letters[i].size > NIC_LETTER)
			return false;
		stream_get_bytes(from, nic->letters[i].bytes,
			nic->letters[i].size);
	}
	nic->letter_count = count;
	return !from->failed;
}

static bool load_rndis(struct nic *nic, struct stream *from)
{
	uint32_t initialized = stream_get(from, 1), rsc;

	nic->filter = stream_get(from, 4);
	stream_get_bytes(from, nic->address, sizeof(nic->address));
	rsc = stream_get(from, 1);
	if (from->failed || initialized > 1 || rsc > 3 || nic->address[0] & 1)
		return false;
	nic->is_initialized = initialized;
	nic->rsc4 = rsc & 1;
	nic->rsc6 = rsc & 2;
	tap_set_large(&nic->tap, nic->rsc4, nic->rsc6);
	return load_rss(nic, from);
}

static bool state_good(const struct nic *nic)
{
	if (nic->state == NIC_BEGIN)
		return !nic->version && !nic->receive && !nic->send;
	return nic->state == NIC_READY && nvsp_version_good(nic->version);
}

/* The cable may be in another state by now: the guest is told. */
static bool load_nic(struct nic *nic, struct stream *from)
{
	uint32_t cable, due;

	nic->state = stream_get(from, 1);
	nic->version = stream_get(from, 4);
	nic->capabilities = stream_get(from, 4);
	if (stream_get(from, 1) != nic->used ||
	    stream_get(from, 4) != nic->mtu)
		return false;
	cable = stream_get(from, 1);
	if (from->failed || cable > 1 || !load_buffers(nic, from) ||
	    !state_good(nic) || !load_rndis(nic, from))
		return false;
	nic->allowed = stream_get(from, 1);
	due = stream_get(from, 1);
	nic->table_due = due & 1;
	nic->link_due = due & 2 || cable != nic->cable;
	return !from->failed && nic->allowed < nic->used && due <= 3 &&
		load_letters(nic, from) && rooms_load(&nic->control, from);
}

int netstate_load(struct channel *channel, struct stream *from)
{
	struct lane *lane = (struct lane *)channel;
	struct nic *nic = lane->nic;
	bool good;

	if (!lane->work)
		return -EINVAL;
	nic_stop(nic, NULL);
	good = (lane->index || load_nic(nic, from)) &&
		load_replies(lane->work, from) &&
		rooms_load(&lane->rooms, from);
	if (!good) {
		lane_drop(lane);
		if (!lane->index)
			nic_reset(nic);
	}
	lane->open = good;
	lane->look = true;
	nic_go(nic, NULL);
	if (good)
		lane_wake(lane);
	return good ? 0 : -EINVAL;
}
