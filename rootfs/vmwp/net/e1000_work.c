/* An 82540EM's thread: when it works, and when it waits. */
/* SPDX-License-Identifier: MIT */
#include "net/e1000_work.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events.h"
#include "filter.h"
#include "say.h"

#define OLD_FRAMES	4096u	/* as many as a tap keeps, and more */

/* What is old in a tap that cannot be detached goes. */
static void drain(const struct e1000 *nic)
{
	uint8_t bytes[64];
	unsigned int i;

	for (i = 0; i < OLD_FRAMES && !nic->tap.can_detach; i++)
		if (read(nic->tap.fds[0], bytes, sizeof(bytes)) < 0)
			return;
}

static void attach(struct e1000 *nic, bool listens)
{
	struct e1000_work *work = nic->work;

	if (work->attached == listens)
		return;
	work->attached = work->readable = listens;
	tap_attach(&nic->tap, nic->tap.fds[0], listens);
	if (listens)
		drain(nic);
}

static void stopped(struct e1000_work *work, int error)
{
	work->readable = false;
	if (error == EAGAIN || error == EINTR)
		return;
	say_limited("cannot read from a tap: %s", strerror(error));
	work->dead = true;
}

/* As many frames as there are, without the lock. */
static void read_frames(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;
	struct e1000_arrived *frame;
	struct iovec parts[2];
	ssize_t size;

	for (work->next = work->count = 0; work->count < E1000_BATCH; ) {
		frame = &work->arrived[work->count];
		parts[0] = (struct iovec){ &frame->tap, sizeof(frame->tap) };
		parts[1] = (struct iovec){ frame->bytes,
			sizeof(frame->bytes) };
		size = readv(nic->tap.fds[0], parts, 2);
		if (size < 0) {
			stopped(work, errno);
			return;
		}
		size -= sizeof(frame->tap);
		frame->size = size;
		if (size >= FRAME_ETHERNET &&
		    size <= nic->mtu + FRAME_ETHERNET + FRAME_TAG)
			work->count++;
		else
			traffic_add(&nic->received.errors, 1);
	}
}

static bool can_read(const struct e1000_work *work)
{
	return work->attached && !work->dead && work->next == work->count;
}

static bool has_transmit(const struct e1000 *nic)
{
	struct e1000_ring ring;

	return !nic->partial && e1000_transmit_ring(nic, &ring) && ring.ready;
}

enum next { NEXT_TURN, NEXT_REST, NEXT_END };

/* With the lock: frames to the guest, and whether the thread may sleep until it
 * is kicked. */
static enum next look(struct e1000 *nic, bool more, bool *listens)
{
	struct e1000_work *work = nic->work;
	enum next next;

	pthread_mutex_lock(nic->device_lock);
	*listens = e1000_listens(nic);
	if (!nic->paused && work->next < work->count)
		e1000_receive(nic);
	nic->asleep = !more && !(work->readable && can_read(work)) &&
		(nic->paused || !has_transmit(nic)) &&
		*listens == work->attached && !nic->ended;
	next = nic->asleep ? NEXT_REST : NEXT_TURN;
	if (nic->ended)
		next = NEXT_END;
	pthread_mutex_unlock(nic->device_lock);
	return next;
}

static void wait_for(struct e1000 *nic, bool wait)
{
	struct e1000_work *work = nic->work;
	struct pollfd list[2] = {
		{ .fd = nic->wake, .events = POLLIN },
		{ .fd = can_read(work) ? nic->tap.fds[0] : -1,
			.events = POLLIN },
	};

	if (poll(list, 2, wait ? -1 : 0) <= 0)
		return;
	if (list[0].revents)
		events_drain(nic->wake);
	if (list[1].revents & POLLIN)
		work->readable = true;
	else if (list[1].revents)
		work->dead = true;
}

static bool turn(struct e1000 *nic, bool wait)
{
	struct e1000_work *work = nic->work;
	bool more = e1000_transmit(nic), listens;
	enum next next;

	if (work->readable && can_read(work))
		read_frames(nic);
	next = look(nic, more, &listens);
	attach(nic, listens);
	if (next == NEXT_REST)
		wait_for(nic, wait);
	return next != NEXT_END;
}

void e1000_turn(struct e1000 *nic, bool wait)
{
	turn(nic, wait);
}

static void *loop(void *context)
{
	filter_enter(FILTER_NETWORK);
	while (turn(context, true))
		;
	return NULL;
}

int e1000_work_begin(struct e1000 *nic, bool thread)
{
	int error = 0;

	nic->work = calloc(1, sizeof(*nic->work));
	if (!nic->work)
		return -ENOMEM;
	if (thread)
		error = -pthread_create(&nic->thread, NULL, loop, nic);
	nic->started = thread && !error;
	return error;
}

void e1000_work_end(struct e1000 *nic)
{
	if (nic->started) {
		pthread_mutex_lock(nic->device_lock);
		nic->ended = true;
		e1000_kick(nic);
		pthread_mutex_unlock(nic->device_lock);
		pthread_join(nic->thread, NULL);
		nic->started = false;
	}
	free(nic->work);
	nic->work = NULL;
}
