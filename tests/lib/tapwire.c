/*
 * A VM's end of a switch's port for the tests: carries frames between the tap
 * PORT, opened as vmwp opens it, and a tap INTERFACE made in a namespace.
 * usage: tapwire PORT NAMESPACE INTERFACE MAC
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FRAME = 65536, HEADER = 12 };

static void fail(const char *what)
{
	fprintf(stderr, "tapwire: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_tap(const char *name, int flags)
{
	struct ifreq request = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI |
		flags) };
	int handle = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (handle < 0 || ioctl(handle, TUNSETIFF, &request))
		fail(name);
	return handle;
}

static void set_mac(const char *name, const char *mac)
{
	struct ifreq request = { 0 };
	int handle = socket(AF_INET, SOCK_DGRAM, 0), i;

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	for (i = 0; i < 6; i++)
		request.ifr_hwaddr.sa_data[i] = (char)strtol(mac + 3 * i,
			NULL, 16);
	if (handle < 0 || ioctl(handle, SIOCSIFHWADDR, &request))
		fail("MAC address");
	close(handle);
}

static void enter(const char *namespace)
{
	char path[128];
	int handle;

	snprintf(path, sizeof(path), "/var/run/netns/%s", namespace);
	handle = open(path, O_RDONLY | O_CLOEXEC);
	if (handle < 0 || setns(handle, CLONE_NEWNET))
		fail(path);
}

/* One frame; the port's end has the header, which asks for nothing. */
static void carry(int from, int to, int in, int out)
{
	static uint8_t frame[HEADER + FRAME];
	ssize_t got = read(from, frame + HEADER - in, FRAME);

	if (got <= in) {
		if (got < 0 && errno != EAGAIN && errno != EIO &&
			errno != EBADFD && errno != ENODEV)
			fail("read");
		usleep(10000);
		return;
	}
	memset(frame, 0, HEADER);
	if (write(to, frame + HEADER - out, (size_t)(got - in + out)) < 0 &&
		errno != EIO && errno != EINVAL && errno != EBADFD)
		fail("write");
}

int main(int count, char **arguments)
{
	struct pollfd ends[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int size = HEADER, nothing;

	if (count != 5)
		return 2;
	ends[0].fd = open_tap(arguments[1], IFF_VNET_HDR | IFF_MULTI_QUEUE);
	if (ioctl(ends[0].fd, TUNSETVNETHDRSZ, &size))
		fail("TUNSETVNETHDRSZ");
	enter(arguments[2]);
	ends[1].fd = open_tap(arguments[3], 0);
	set_mac(arguments[3], arguments[4]);
	nothing = open("/dev/null", O_RDWR);
	if (daemon(0, 1))
		fail("daemon");
	for (int i = 0; i < 3; i++)
		dup2(nothing, i);
	for (;;) {
		if (poll(ends, 2, -1) < 0 && errno != EINTR)
			fail("poll");
		if (ends[0].revents)
			carry(ends[0].fd, ends[1].fd, HEADER, 0);
		if (ends[1].revents)
			carry(ends[1].fd, ends[0].fd, 0, HEADER);
	}
}
