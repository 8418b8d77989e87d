/* A tap's descriptors: one for each lane. */
/* SPDX-License-Identifier: MIT */
#include "net/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLAGS	(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)

static int close_with(struct tap *tap, int error)
{
	tap_close(tap);
	return error;
}

/* The second request is about the name that the first one tells. */
void tap_find_mtu(struct tap *tap)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	if (fd < 0)
		return;
	if (!ioctl(tap->fds[0], TUNGETIFF, &request) &&
	    !ioctl(fd, SIOCGIFMTU, &request))
		tap->mtu = request.ifr_mtu;
	close(fd);
}

static int set_up(struct tap *tap)
{
	int size = sizeof(struct virtio_net_hdr_v1);
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	if (ioctl(tap->fds[0], TUNGETIFF, &request))
		return errno == ENOTTY ? 0 : -errno;
	if (!(request.ifr_flags & IFF_TAP) ||
	    !(request.ifr_flags & IFF_VNET_HDR) ||
	    !(request.ifr_flags & IFF_NO_PI))
		return -EINVAL;
	if (ioctl(tap->fds[0], TUNSETVNETHDRSZ, &size))
		return -errno;
	tap->can_detach = request.ifr_flags & IFF_MULTI_QUEUE;
	tap_set_large(tap, false, false);
	return 0;
}

static int open_queue(const char *name, int flags)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK), error;
	struct ifreq request;

	if (fd < 0)
		return -errno;
	memset(&request, 0, sizeof(request));
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	request.ifr_flags = flags;
	if (!ioctl(fd, TUNSETIFF, &request))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

/* Frames begin to come when the guest wants them. */
static void detach_all(const struct tap *tap)
{
	unsigned int i;

	for (i = 0; i < tap->count; i++)
		tap_attach(tap, tap->fds[i], false);
}

int tap_open(struct tap *tap, const char *name, unsigned int queues)
{
	unsigned int i;
	int fd, error;

	memset(tap, 0, sizeof(*tap));
	if (!if_nametoindex(name))
		return -ENODEV;
	fd = open_queue(name, FLAGS | IFF_MULTI_QUEUE);
	if (fd == -EINVAL) {
		fd = open_queue(name, FLAGS);
		queues = 1;
	}
	if (fd < 0)
		return fd;
	for (i = 0; ; ) {
		tap->fds[tap->count++] = fd;
		if (++i == queues || i == TAP_QUEUES)
			break;
		fd = open_queue(name, FLAGS | IFF_MULTI_QUEUE);
		if (fd < 0)
			return close_with(tap, fd);
	}
	error = set_up(tap);
	if (error)
		return close_with(tap, error);
	tap_find_mtu(tap);
	detach_all(tap);
	return 0;
}

int tap_take(struct tap *tap, const int *fds, unsigned int count)
{
	unsigned int i;
	int error = 0, flags;

	memset(tap, 0, sizeof(*tap));
	for (i = 0; i < count && i < TAP_QUEUES; i++) {
		tap->fds[tap->count++] = fds[i];
		flags = fcntl(fds[i], F_GETFL);
		if (flags < 0 || fcntl(fds[i], F_SETFL, flags | O_NONBLOCK) ||
		    fcntl(fds[i], F_SETFD, FD_CLOEXEC))
			error = -errno;
	}
	if (!count)
		return -EBADF;
	if (!error)
		error = set_up(tap);
	if (error)
		return close_with(tap, error);
	detach_all(tap);
	return 0;
}

void tap_close(struct tap *tap)
{
	unsigned int i;

	for (i = 0; i < tap->count; i++)
		close(tap->fds[i]);
	memset(tap, 0, sizeof(*tap));
}

void tap_attach(const struct tap *tap, int fd, bool attach)
{
	struct ifreq request;

	if (!tap->can_detach)
		return;
	memset(&request, 0, sizeof(request));
	request.ifr_flags = attach ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE;
	/* What it is already is an error of no meaning. */
	ioctl(fd, TUNSETQUEUE, &request);
}

void tap_set_large(const struct tap *tap, bool ipv4, bool ipv6)
{
	unsigned long flags = TUN_F_CSUM | (ipv4 ? TUN_F_TSO4 : 0) |
		(ipv6 ? TUN_F_TSO6 : 0);

	ioctl(tap->fds[0], TUNSETOFFLOAD, flags);
}
