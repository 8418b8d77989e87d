/* The other end of a serial port: keeps its output, serves one client. */
/* SPDX-License-Identifier: MIT */
#include "serialback.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void serialback_wait(const struct serialback *back, struct pollfd wait[2])
{
	memset(wait, 0, 2 * sizeof(*wait));
	wait[0].fd = back->deaf ? -1 : back->listener;
	wait[0].events = POLLIN;
	wait[1].fd = back->gone ? -1 : back->client;
	if (!back->input_count)
		wait[1].events |= POLLIN;
	if (back->sent != back->written && !back->mute)
		wait[1].events |= POLLOUT;
}

/* Says so if there is something else to wait for. */
static void tell(struct serialback *back)
{
	struct pollfd wait[2];

	serialback_wait(back, wait);
	if (!memcmp(wait, back->told, sizeof(wait)))
		return;
	memcpy(back->told, wait, sizeof(wait));
	if (back->changed)
		back->changed(back->context);
}

/* Told before it is closed, so that it can still be taken out of an epoll set
 * by its number. */
static void hang_up(struct serialback *back)
{
	int client = back->client;

	if (client < 0)
		return;
	back->client = -1;
	back->mute = back->gone = false;
	back->input_count = 0;
	tell(back);
	close(client);
}

/* The oldest byte that the ring holds. */
static uint64_t oldest(const struct serialback *back)
{
	return back->written > SERIALBACK_KEPT ?
		back->written - SERIALBACK_KEPT : 0;
}

static size_t keep(void *context, const uint8_t *bytes, size_t size)
{
	struct serialback *back = context;
	size_t i;

	for (i = 0; i < size; i++)
		back->ring[back->written++ % SERIALBACK_KEPT] = bytes[i];
	if (back->client < 0)
		back->sent = back->written;
	else if (back->sent < oldest(back))
		back->sent = oldest(back);
	back->deaf = false;
	tell(back);
	return size;
}

/* Input that waits goes on its way as far as there is room. */
static void feed(struct serialback *back)
{
	size_t taken;

	if (!back->input_count || !back->uart)
		return;
	taken = i16550_receive(back->uart, back->input, back->input_count);
	back->input_count -= taken;
	memmove(back->input, back->input + taken, back->input_count);
}

static void receive_some(struct serialback *back)
{
	ssize_t size = recv(back->client, back->input + back->input_count,
		sizeof(back->input) - back->input_count, MSG_DONTWAIT);

	if (size > 0) {
		back->input_count += size;
		feed(back);
	} else if (!size || (errno != EAGAIN && errno != EINTR)) {
		hang_up(back);
	}
}

static void can_receive(void *context)
{
	struct serialback *back = context;
	feed(back);
	if (back->gone && !back->input_count)
		receive_some(back);
	tell(back);
}

const struct serial_ops serialback_ops = {
	.write = keep,
	.can_receive = can_receive,
};

void serialback_attach(struct serialback *back, struct i16550 *uart)
{
	back->uart = uart;
}

void serialback_serve(struct serialback *back, int client)
{
	hang_up(back);
	back->client = client;
	back->sent = oldest(back);
	tell(back);
}

/* Without a descriptor for the new client the old one gives way, so that the
 * next try may succeed; with none to give way, the next output is waited for:
 * the listener stays readable, and would keep the event loop busy. */
static void answer(struct serialback *back)
{
	int client = accept4(back->listener, NULL, NULL,
		SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client >= 0) {
		serialback_serve(back, client);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	back->deaf = back->client < 0;
	hang_up(back);
}

/* One piece, up to the ring's end; the rest is for the next time. A client that
 * reads no more may still have written: its end of file ends it. */
static void send_some(struct serialback *back)
{
	size_t at = back->sent % SERIALBACK_KEPT;
	size_t size = back->written - back->sent;
	ssize_t sent;

	if (size > SERIALBACK_KEPT - at)
		size = SERIALBACK_KEPT - at;
	if (!size)
		return;
	sent = send(back->client, back->ring + at, size,
		MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent >= 0)
		back->sent += sent;
	else if (errno != EAGAIN && errno != EINTR)
		back->mute = true;
}

void serialback_flush(struct serialback *back)
{
	struct pollfd wait = { back->client, POLLOUT, 0 };

	while (back->client >= 0 && !back->mute &&
			back->sent != back->written)
		if (poll(&wait, 1, -1) > 0)
			send_some(back);
}

/* One that has gone is closed when all it wrote has been taken; until then it
 * is not waited for, as it would be reported without end. */
static void client_ready(struct serialback *back, short events)
{
	if (events & POLLOUT && !back->mute)
		send_some(back);
	if (!back->input_count) {
		if (events & ~POLLOUT)
			receive_some(back);
	} else if (events & (POLLHUP | POLLERR | POLLNVAL)) {
		back->gone = true;
	}
}

/* The client first: with a new one its descriptor's number may be another's. */
void serialback_ready(struct serialback *back, const struct pollfd ready[2])
{
	if (back->client >= 0 && ready[1].fd == back->client)
		client_ready(back, ready[1].revents);
	if (back->listener >= 0 && ready[0].fd == back->listener &&
			ready[0].revents)
		answer(back);
	tell(back);
}

int serialback_init(struct serialback *back, int listener,
	void (*changed)(void *context), void *context)
{
	memset(back, 0, sizeof(*back));
	back->client = -1;
	back->listener = listener;
	back->changed = changed;
	back->context = context;
	/* A client may be gone before it is answered. */
	if (listener >= 0 && fcntl(listener, F_SETFL,
			fcntl(listener, F_GETFL) | O_NONBLOCK) < 0)
		return -errno;
	serialback_wait(back, back->told);
	back->ring = malloc(SERIALBACK_KEPT);
	return back->ring ? 0 : -ENOMEM;
}

void serialback_exit(struct serialback *back)
{
	back->changed = NULL;
	hang_up(back);
	if (back->listener >= 0)
		close(back->listener);
	free(back->ring);
	memset(back, 0, sizeof(*back));
	back->listener = back->client = -1;
}
