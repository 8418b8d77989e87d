/* Persistent taps, the ports of switches: tuntap.txt of Linux. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_TAP_H
#define SWITCH_TAP_H

/*
 * A tap with a header of virtio-net before each frame and room for several
 * queues, which stays until it is deleted. 0 or -errno; -EEXIST.
 */
int tap_add(const char *name);

#endif
