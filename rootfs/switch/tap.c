/* Taps, the ports of switches. */
/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FLAGS	(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)

/* A queue of it, which makes it if it is not there: a descriptor or -errno. */
static int open_queue(const char *name, int flags)
{
	struct ifreq request = { .ifr_flags = (short)flags };
	int handle, result;

	if (strlen(name) >= sizeof(request.ifr_name))
		return -ENAMETOOLONG;
	handle = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (handle < 0)
		return -errno;
	strcpy(request.ifr_name, name);
	if (!ioctl(handle, TUNSETIFF, &request))
		return handle;
	result = -errno;
	close(handle);
	return result;
}

int tap_add(const char *name)
{
	int handle = open_queue(name, FLAGS | IFF_MULTI_QUEUE |
		IFF_TUN_EXCL), result;

	if (handle < 0)
		return handle == -EBUSY ? -EEXIST : handle;
	result = ioctl(handle, TUNSETPERSIST, 1) ? -errno : 0;
	close(handle);
	return result;
}

int tap_open(const char *name, int *queues, unsigned int count)
{
	/* One that could have more costs the kernel 6 MB. */
	int flags = count > 1 ? FLAGS | IFF_MULTI_QUEUE : FLAGS, result = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		queues[i] = open_queue(name, i ? flags : flags | IFF_TUN_EXCL);
		if (queues[i] < 0) {
			result = queues[i];
			break;
		}
	}
	while (result && i--)
		close(queues[i]);
	return result;
}
