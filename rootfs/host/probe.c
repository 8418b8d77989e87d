/* Questions to other machines, and the time that their answers take. */
/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PROBES = 16, SENDINGS = 3 };

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* 0: it is none. */
static socklen_t read_address(const char *text, const char *interface,
	int port, union address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons((uint16_t)port);
		return sizeof(address->v4);
	}
	if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) != 1)
		return 0;
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = htons((uint16_t)port);
	if (interface && IN6_IS_ADDR_LINKLOCAL(&address->v6.sin6_addr))
		address->v6.sin6_scope_id = if_nametoindex(interface);
	return sizeof(address->v6);
}

void probe_open(struct probe *probe, const char *text, const char *interface,
	int port, int protocol)
{
	union address address;
	socklen_t size = read_address(text, interface, port, &address);

	probe->fd = -1;
	probe->error = EINVAL;
	if (!size)
		return;
	probe->fd = socket(address.any.sa_family, SOCK_CLOEXEC |
		SOCK_NONBLOCK | (protocol ? SOCK_RAW : SOCK_DGRAM), protocol);
	probe->error = probe->fd < 0 ? errno : 0;
	if (probe->fd < 0 || !connect(probe->fd, &address.any, size))
		return;
	probe->error = errno;
	close(probe->fd);
	probe->fd = -1;
}

void probe_close(struct probe *probe)
{
	if (probe->fd >= 0)
		close(probe->fd);
	probe->fd = -1;
}

static bool waits(const struct probe *probe)
{
	return probe->fd >= 0 && !probe->answered;
}

/* A refusal of the one before comes here, too. */
static void ask(struct probe *probe)
{
	int64_t time = now();

	if (send(probe->fd, probe->question, probe->size, 0) < 0)
		probe->error = errno;
	/* An answer's time counts from the last question. */
	probe->sent = time;
}

static void take(struct probe *probe)
{
	uint8_t bytes[2048];
	ssize_t size = recv(probe->fd, bytes, sizeof(bytes), 0);

	if (size < 0) {
		if (errno != EAGAIN && errno != EINTR)
			probe->error = errno;
		return;
	}
	probe->answered = probe->take(probe, bytes, (size_t)size);
	probe->us = (int)(now() - probe->sent);
}

/* False: nobody is waited for any more. */
static bool wait_for(struct probe *probes, int count, int ms)
{
	struct pollfd wait[PROBES];
	bool any = false;
	int i;

	for (i = 0; i < count; i++) {
		wait[i] = (struct pollfd){ .events = POLLIN,
			.fd = waits(&probes[i]) ? probes[i].fd : -1 };
		any |= waits(&probes[i]);
	}
	if (!any || poll(wait, (nfds_t)count, ms) <= 0)
		return any;
	for (i = 0; i < count; i++)
		if (wait[i].revents)
			take(&probes[i]);
	return true;
}

static int ms_until(int64_t end)
{
	int64_t left = end - now();

	return left < 0 ? 0 : (int)(left / 1000) + 1;
}

void probe_run(struct probe *probes, int count, int ms)
{
	int64_t begin = now(), end;
	int i, sending;

	if (count > PROBES)
		count = PROBES;
	for (sending = 1; sending <= SENDINGS; sending++) {
		end = begin + (int64_t)ms * 1000 * sending / SENDINGS;
		for (i = 0; i < count; i++)
			if (waits(&probes[i]))
				ask(&probes[i]);
		while (now() < end && wait_for(probes, count, ms_until(end)))
			;
	}
}

const char *probe_why_not(const struct probe *probe)
{
	return probe->error ? strerror(probe->error) : "it does not answer";
}
