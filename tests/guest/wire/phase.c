/* What is sent: both ends of each phase. */
/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK	65536u
#define MEGA	(1u << 20)
#define SMALL	18u		/* the shortest frame with UDP */
#define WINDOW	128u		/* datagrams; what a socket has room for */
#define STEP	32u		/* that many are acknowledged at once */
#define PATIENCE	1000	/* ms */

static char block[BLOCK];

static void put(int control, uint32_t megabytes)
{
	uint64_t left = (uint64_t)megabytes * MEGA;
	ssize_t part;

	for (; left; left -= part) {
		part = write(control, block, left < BLOCK ? left : BLOCK);
		if (part <= 0)
			wire_fail("write");
	}
}

static void get(int control, uint32_t megabytes)
{
	uint64_t left = (uint64_t)megabytes * MEGA;
	ssize_t part;

	for (; left; left -= part) {
		part = read(control, block, left < BLOCK ? left : BLOCK);
		if (part <= 0)
			wire_fail("read");
	}
}

static void put_and_hear(int control, uint32_t megabytes)
{
	put(control, megabytes);
	if (read(control, block, 1) != 1)
		wire_fail("the end");
}

static void get_and_say(int control, uint32_t megabytes)
{
	get(control, megabytes);
	if (write(control, block, 1) != 1)
		wire_fail("the end");
}

static void answer(int control, uint32_t count)
{
	for (; count; count--)
		if (read(control, block, 1) != 1 ||
		    write(control, block, 1) != 1)
			wire_fail("an answer");
}

static void ask(int control, uint32_t count)
{
	for (; count; count--)
		if (write(control, block, 1) != 1 ||
		    read(control, block, 1) != 1)
			wire_fail("a question");
}

/* Datagrams go beside the connection, between the same addresses. */
static int datagrams(int control)
{
	struct sockaddr_in here, there;
	socklen_t length = sizeof(here);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || getsockname(control, (void *)&here, &length) ||
	    getpeername(control, (void *)&there, &length))
		wire_fail("addresses");
	here.sin_port = there.sin_port = htons(WIRE_PORT);
	if (bind(fd, (void *)&here, sizeof(here)) ||
	    connect(fd, (void *)&there, sizeof(there)))
		wire_fail("datagrams");
	return fd;
}

static uint32_t hear(int control)
{
	struct pollfd list = { .fd = control, .events = POLLIN };
	uint32_t got;

	if (poll(&list, 1, PATIENCE) <= 0)
		return UINT32_MAX;
	if (recv(control, &got, sizeof(got), MSG_WAITALL) != sizeof(got))
		wire_fail("what came");
	return got;
}

static void throw_small(int control, uint32_t count)
{
	uint32_t acknowledged = 0, i, got;
	int fd = datagrams(control);

	if (read(control, block, 1) != 1)
		wire_fail("a beginning");
	for (i = 0; i < count; i++) {
		while (i - acknowledged >= WINDOW) {
			got = hear(control);
			acknowledged = got == UINT32_MAX ? i : got;
		}
		*(uint32_t *)block = i + 1;
		if (send(fd, block, SMALL, 0) < 0)
			wire_fail("send");
	}
	while (acknowledged < count)
		acknowledged = hear(control);
	close(fd);
}

static void catch_small(int control, uint32_t count)
{
	uint32_t seen = 0, acknowledged = 0;
	int fd = datagrams(control);

	if (write(control, block, 1) != 1)
		wire_fail("a beginning");
	while (seen < count) {
		if (recv(fd, block, SMALL, 0) != SMALL)
			wire_fail("recv");
		seen = *(uint32_t *)block;
		if (seen - acknowledged < STEP && seen < count)
			continue;
		acknowledged = seen;
		if (write(control, &seen, sizeof(seen)) != sizeof(seen))
			wire_fail("what came");
	}
	close(fd);
}

const struct wire_phase wire_phases[] = {
	{ "push", 'p', 64, put_and_hear, get_and_say },
	{ "pull", 'q', 32, get_and_say, put_and_hear },
	{ "ask", 'a', 2000, answer, ask },
	{ "out", 'o', 10000, throw_small, catch_small },
	{ "in", 'i', 10000, catch_small, throw_small },
	{ 0 },
};
