/* What an init does before there is a network. */
/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is for another machine is no error, nor what builds on it. */
static void load(const char *path)
{
	int file = open(path, O_RDONLY);

	if (file < 0)
		wire_fail(path);
	if (syscall(SYS_finit_module, file, "", 0) && errno != EEXIST &&
	    errno != ENODEV && errno != ENOENT)
		wire_fail(path);
	close(file);
}

void setup_system(void)
{
	FILE *list;
	char path[128];

	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("debug", "/sys/kernel/debug", "debugfs", 0, NULL);
	list = fopen("/modules/list", "r");
	if (!list)
		wire_fail("/modules/list");
	while (fscanf(list, "%127s", path) == 1)
		load(path);
	fclose(list);
}

static int request(const char *nic, unsigned long what, struct ifreq *with)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), result;

	strncpy(with->ifr_name, nic, IFNAMSIZ - 1);
	result = ioctl(fd, what, with);
	close(fd);
	return result;
}

static void set_address(const char *nic, unsigned long what, const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct ifreq with = { .ifr_flags = 0 };

	inet_aton(text, &address.sin_addr);
	memcpy(&with.ifr_addr, &address, sizeof(address));
	if (request(nic, what, &with))
		wire_fail(nic);
}

static void set_up(const char *nic)
{
	struct ifreq with = { .ifr_flags = 0 };

	request(nic, SIOCGIFFLAGS, &with);
	with.ifr_flags |= IFF_UP;
	if (request(nic, SIOCSIFFLAGS, &with))
		wire_fail(nic);
}

void setup_nic(const char *nic, const char *address)
{
	unsigned int i;

	for (i = 0; i < 300 && !if_nametoindex(nic); i++)
		usleep(100000);
	set_address(nic, SIOCSIFADDR, address);
	set_address(nic, SIOCSIFNETMASK, "255.255.255.0");
	set_up(nic);
}

void setup_bridge(const char *bridge, const char *tap)
{
	struct ifreq with = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int socket_fd = socket(AF_INET, SOCK_DGRAM, 0);
	int fd = open("/dev/net/tun", O_RDWR);

	strncpy(with.ifr_name, tap, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &with) ||
	    ioctl(fd, TUNSETPERSIST, 1))
		wire_fail(tap);
	close(fd);
	if (ioctl(socket_fd, SIOCBRADDBR, bridge))
		wire_fail(bridge);
	close(socket_fd);
	with.ifr_ifindex = if_nametoindex(tap);
	if (request(bridge, SIOCBRADDIF, &with))
		wire_fail(bridge);
	set_up(tap);
	setup_nic(bridge, WIRE_HOST);
}
