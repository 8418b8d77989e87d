/* MAC addresses of VMs, from a range of our own: 02:53:4f:... */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_MAC_H
#define SWITCH_MAC_H

#include <stdint.h>

struct liveports;
struct settings;

/* Instead of an adapter's number: of a switch, of a port without a VM. */
enum { MAC_SWITCH = -1, MAC_PORT = -2 };

/*
 * An address for the nic-th adapter of a VM, named by its name or id, that no
 * setting, no interface and no other adapter of this host has; the same one
 * whenever it is asked for until the host restarts, and after that too while
 * the two addresses of a collision are asked for in one order. The settings are
 * open; socket is rtnl_open()'s. 0 or -errno.
 */
int mac_choose(const struct settings *settings,
	const struct liveports *live, int socket, const char *owner,
	unsigned int nic, uint8_t mac[6]);

/* The attempt-th that is tried. seed is the host's. */
void mac_candidate(const char *seed, const char *owner, unsigned int nic,
	unsigned int attempt, uint8_t mac[6]);

#endif
