/* Bytes both ways between a socket and two descriptors: `vm --stdio`. */
/* SPDX-License-Identifier: MIT */
#include "tunnel.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* One direction: what has been read and not yet been written. */
struct way {
	int from, to;
	char bytes[16384];
	size_t start, end;
	bool over;
};

/* 0, or -errno of what is not just an end. */
static int get(struct way *way)
{
	ssize_t size = read(way->from, way->bytes, sizeof(way->bytes));

	if (size < 0)
		return errno == EINTR ? 0 : -errno;
	way->over = !size;
	way->start = 0;
	way->end = (size_t)size;
	return 0;
}

static int put(struct way *way)
{
	ssize_t size = write(way->to, way->bytes + way->start,
		way->end - way->start);

	if (size < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	way->start += (size_t)size;
	return 0;
}

/* It waits for one of its ends; that nobody reads any more is always seen. */
static void wait_for(const struct way *way, struct pollfd *from,
	struct pollfd *to)
{
	bool full = way->start < way->end;

	*from = (struct pollfd){ full || way->over ? -1 : way->from, POLLIN, 0 };
	*to = (struct pollfd){ full || !way->over ? way->to : -1,
		full ? POLLOUT : 0, 0 };
}

static int move(struct way *way, const struct pollfd *from,
	const struct pollfd *to)
{
	if (to->revents)
		return way->start < way->end ? put(way) : -EPIPE;
	return from->revents ? get(way) : 0;
}

/* A service that does not listen may still speak. */
static void give_up(struct way *way)
{
	way->over = true;
	way->start = way->end = 0;
}

int tunnel_run(int socket, int input, int output)
{
	struct way there = { .from = input, .to = socket };
	struct way back = { .from = socket, .to = output };
	struct pollfd ends[4];
	bool told = false;
	int error = 0;

	signal(SIGPIPE, SIG_IGN);
	while (!error && (!back.over || back.start < back.end)) {
		if (there.over && there.start == there.end && !told) {
			shutdown(socket, SHUT_WR);
			told = true;
		}
		wait_for(&there, &ends[0], &ends[1]);
		wait_for(&back, &ends[2], &ends[3]);
		if (poll(ends, 4, -1) < 0) {
			error = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (move(&there, &ends[0], &ends[1]))
			give_up(&there);
		error = move(&back, &ends[2], &ends[3]);
	}
	return error;
}
