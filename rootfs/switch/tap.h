/* Taps, the ports of switches: tuntap.txt of Linux. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_TAP_H
#define SWITCH_TAP_H

/*
 * A tap with a header of virtio-net before each frame and room for several
 * queues, which stays until it is deleted. 0 or -errno; -EEXIST.
 */
int tap_add(const char *name);

/* One that goes when all its queues are closed, and these. 0, or -errno and
 * nothing is left; -EBUSY: there is such an interface. */
int tap_open(const char *name, int *queues, unsigned int count);

#endif
