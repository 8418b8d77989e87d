/* A tap's descriptors: one for each lane. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_TAP_H
#define VMWP_NET_TAP_H

#include <stdbool.h>
#include <stdint.h>

#define TAP_QUEUES	16u

struct tap {
	int fds[TAP_QUEUES];	/* owned */
	unsigned int count;
	/* Queues come and go (IFF_MULTI_QUEUE); else the one is always there. */
	bool can_detach;
	uint32_t mtu;		/* the tap's own; 0: unknown */
};

/* The tap of that name, with as many queues, or one if it has no more. 0, or
 * -errno. */
int tap_open(struct tap *tap, const char *name, unsigned int queues);
/* What somebody else has opened; they are taken, also after an error. What
 * MTU it has is not found out. */
int tap_take(struct tap *tap, const int *fds, unsigned int count);
/* What the tap's MTU is, if this process sees its network. It takes a socket:
 * only before the worker confines itself. */
void tap_find_mtu(struct tap *tap);
void tap_close(struct tap *tap);

/* Frames come into that queue, or not. */
void tap_attach(const struct tap *tap, int fd, bool attach);
/* Whether it may give large segments of TCP, for IPv4 and for IPv6. */
void tap_set_large(const struct tap *tap, bool ipv4, bool ipv6);

#endif
