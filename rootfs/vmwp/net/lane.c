/* A lane: a channel of a NIC, its thread and its queue of the tap. */
/* SPDX-License-Identifier: MIT */
#include "net/lane.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "events.h"
#include "filter.h"
#include "net/netvsp.h"
#include "net/nvsp.h"
#include "net/receive.h"
#include "net/rndis.h"
#include "net/transmit.h"
#include "say.h"

/* With so many packets found the next are not far: the guest need not ring. */
#define BUSY		8u

void lane_wake(struct lane *lane)
{
	uint64_t one = 1;

	if (write(lane->wake, &one, sizeof(one)) < 0)
		say_limited("cannot wake a network channel: %s",
			strerror(errno));
}

bool lane_can_reply(const struct lane *lane)
{
	const struct lane_work *work = lane->work;

	return work->reply_count + work->packet_count < LANE_REPLIES;
}

void lane_reply(struct lane *lane, uint64_t transaction,
	const struct nvsp_message *message)
{
	struct lane_work *work = lane->work;

	work->replies[work->reply_count++] =
		(struct lane_reply){ transaction, *message };
}

void lane_reply_rndis(struct lane *lane, uint64_t transaction,
	uint32_t status)
{
	const struct nvsp_message message = {
		.type = NVSP_RNDIS_COMPLETE, .status = status };

	lane_reply(lane, transaction, &message);
}

static uint32_t message_size(const struct lane *lane)
{
	return lane->nic->version >= NVSP_VERSION_6_1 ?
		NVSP_SIZE_6_1 : NVSP_SIZE;
}

int lane_send_pages(struct lane *lane, uint64_t transaction, uint32_t channel,
	const struct nvsp_range *ranges, uint32_t count)
{
	struct {
		struct nvsp_pages head;
		uint8_t bytes[LANE_RANGES * sizeof(*ranges) + NVSP_SIZE_6_1];
	} body = { .head = { .set = lane->nic->receive_id, .count = count } };
	struct nvsp_message message = { .type = NVSP_RNDIS,
		.rndis = { channel, NVSP_NO_SECTION, 0 } };
	struct packet packet = { .type = PACKET_TRANSFER_PAGES,
		.flags = PACKET_FLAG_COMPLETION, .transaction = transaction };
	uint32_t size = count * sizeof(*ranges);

	memcpy(body.bytes, ranges, size);
	memcpy(body.bytes + size, &message, message_size(lane));
	packet.header = sizeof(body.head) + size;
	return channel_send(&lane->channel, &packet, &body,
		packet.header + message_size(lane));
}

/* All that was found once; false: there is no more room. */
static bool send_replies(struct lane *lane)
{
	struct packet packet = { .type = PACKET_COMPLETION };
	struct lane_work *work = lane->work;
	unsigned int i;
	int error = 0;

	for (i = 0; i < work->reply_count; i++) {
		packet.transaction = work->replies[i].transaction;
		error = channel_send(&lane->channel, &packet,
			&work->replies[i].message, message_size(lane));
		if (error)
			break;
	}
	/* A ring that broke has taken all of them with it. */
	if (error && error != -EAGAIN)
		return false;
	work->reply_count -= i;
	memmove(work->replies, work->replies + i,
		work->reply_count * sizeof(work->replies[0]));
	return !error;
}

static void send_all(struct lane *lane)
{
	lane->full = !send_replies(lane) ||
		(!lane->index && !rndis_send_letters(lane)) ||
		!receive_give(lane);
}

static bool take(struct lane *lane, const struct packet *packet)
{
	if (packet->type == PACKET_COMPLETION)
		nvsp_completed(lane, packet->transaction);
	else if (packet->type == PACKET_IN_BAND ||
	    packet->type == PACKET_GPA_DIRECT)
		nvsp_take(lane, packet);
	return channel_is_open(&lane->channel);
}

bool lane_receive(struct lane *lane)
{
	struct lane_work *work = lane->work;
	unsigned int found = 0, budget = 4 * LANE_REPLIES;
	struct packet packet;
	int result;

	while (work && budget-- && lane_can_reply(lane) &&
	       work->packet_count < LANE_PACKETS) {
		result = channel_receive(&lane->channel, &packet, work->packet,
			sizeof(work->packet));
		/* For their replies it looks again soon: no bell until then. */
		if (!result || result == -EPROTO || result == -ENOTCONN)
			return found >= BUSY || work->packet_count ||
				lane->watch.on;
		found++;
		if (result == 1 && !take(lane, &packet))
			return false;
	}
	return work;
}

/* The channel may close in here, and all that was under way is gone then. A
 * guest whose ring was full rings when there is room. */
static void exchange(struct lane *lane)
{
	bool again;

	if (!thread_enter(&lane->thread, lane->nic->netvsp->device_lock))
		return;
	channel_hold(&lane->channel);
	again = channel_rang(&lane->channel);
	lane->full = false;
	if (channel_is_open(&lane->channel))
		send_all(lane);
	channel_release(&lane->channel);
	lane->look = again && !lane->full;
	pthread_mutex_unlock(lane->nic->netvsp->device_lock);
}

static bool has_things(const struct lane *lane)
{
	const struct lane_work *work = lane->work;

	return work->reply_count || work->frame_count;
}

static bool has_work(const struct lane *lane)
{
	return lane->look || lane->work->packet_count ||
		(lane->readable && receive_can(lane)) ||
		(!lane->full && has_things(lane));
}

static void settle(struct lane *lane)
{
	const struct nic *nic = lane->nic;
	bool attach = lane->open && nic_is_up(nic);

	if (attach == lane->attached)
		return;
	lane->attached = attach;
	lane->readable = attach;
	tap_attach(&nic->tap, lane->tap, attach);
	if (attach)
		receive_begin(lane);
}

/* After a turn; others may run before the next if there was nothing. */
static void watch(struct lane *lane, bool busy)
{
	if (busy) {
		watch_busy(&lane->watch);
		return;
	}
	if (!lane->watch.on)
		return;
	watch_idle(&lane->watch, events_now());
	if (lane->watch.on)
		sched_yield();
}

/* false: there was nothing. */
static bool sleep_until(struct lane *lane, struct pollfd *list,
	unsigned int count)
{
	watch_sleep(&lane->watch, events_now());
	if (poll(list, count, -1) <= 0)
		return false;
	watch_wake(&lane->watch, events_now());
	return true;
}

static void look_around(struct lane *lane, bool wait)
{
	bool frames = receive_can(lane) && !lane->readable;
	struct pollfd list[3] = {
		{ .fd = lane->channel.bell, .events = POLLIN },
		{ .fd = lane->wake, .events = POLLIN },
		{ .fd = frames ? lane->tap : -1, .events = POLLIN },
	};
	unsigned int i;

	if (wait ? !sleep_until(lane, list, 3) : poll(list, 3, 0) <= 0)
		return;
	for (i = 0; i < 2; i++)
		if (list[i].revents) {
			events_drain(list[i].fd);
			lane->look = true;
		}
	if (list[2].revents & POLLIN)
		lane->readable = true;
	else if (list[2].revents)
		lane->dead = true;
}

void lane_turn(struct lane *lane, bool wait)
{
	bool busy;

	settle(lane);
	/* Who is busy with the guest does not ask whether there are frames. */
	if (has_work(lane))
		lane->readable = lane->attached;
	else
		look_around(lane, wait);
	if (thread_is_told(&lane->thread))
		return;
	if (lane->readable && receive_can(lane))
		receive_run(lane);
	busy = has_things(lane);
	if (lane->look || (!lane->full && has_things(lane)))
		exchange(lane);
	busy |= lane->work->packet_count;
	transmit_run(lane);
	if (wait)
		watch(lane, busy);
}

static void *loop(void *context)
{
	struct lane *lane = context;
	enum thread_gate gate;

	filter_enter(FILTER_NETWORK);
	while ((gate = thread_gate(&lane->thread, NULL, NULL)) !=
	       THREAD_ENDS) {
		lane->look |= gate == THREAD_STOOD;
		lane_turn(lane, true);
	}
	return NULL;
}

static void wake(void *lane)
{
	lane_wake(lane);
}

void lane_stop(struct lane *lane)
{
	thread_stop(&lane->thread, wake, lane);
}

void lane_go(struct lane *lane)
{
	thread_go(&lane->thread);
}

void lane_drop(struct lane *lane)
{
	struct lane_work *work = lane->work;

	if (work)
		work->packet_count = work->reply_count = work->frame_count = 0;
	rooms_forget(&lane->rooms);
	lane->full = lane->crowded = false;
}

int lane_init(struct lane *lane, struct nic *nic, unsigned int index)
{
	lane->nic = nic;
	lane->index = index;
	lane->tap = -1;
	thread_init(&lane->thread);
	lane->channel.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	lane->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return lane->channel.bell < 0 || lane->wake < 0 ? -errno : 0;
}

void lane_exit(struct lane *lane)
{
	if (lane->work)
		lane_end(lane);
	if (lane->channel.bell > 0)
		close(lane->channel.bell);
	if (lane->wake >= 0)
		close(lane->wake);
	thread_exit(&lane->thread);
}

int lane_begin(struct lane *lane, int tap, bool thread)
{
	int error = 0;

	lane->work = calloc(1, sizeof(*lane->work));
	if (!lane->work)
		return -ENOMEM;
	lane->tap = tap;
	lane->dead = lane->attached = lane->readable = false;
	lane->look = true;
	lane->last = 0;
	memset(&lane->watch, 0, sizeof(lane->watch));
	memset(&lane->sent, 0, sizeof(lane->sent));
	memset(&lane->received, 0, sizeof(lane->received));
	if (thread)
		error = thread_start(&lane->thread, loop, lane);
	if (error) {
		free(lane->work);
		lane->work = NULL;
	}
	return error;
}

void lane_end(struct lane *lane)
{
	thread_end(&lane->thread, wake, lane);
	rooms_exit(&lane->rooms);
	free(lane->work);
	lane->work = NULL;
	lane->tap = -1;
}
