/* Persistent taps, the ports of switches. */
/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int tap_add(const char *name)
{
	struct ifreq request = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI |
		IFF_VNET_HDR | IFF_MULTI_QUEUE) };
	int handle, result = 0;

	if (strlen(name) >= sizeof(request.ifr_name))
		return -ENAMETOOLONG;
	if (if_nametoindex(name))
		return -EEXIST;
	handle = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (handle < 0)
		return -errno;
	strcpy(request.ifr_name, name);
	if (ioctl(handle, TUNSETIFF, &request) ||
	    ioctl(handle, TUNSETPERSIST, 1))
		result = -errno;
	close(handle);
	return result;
}
