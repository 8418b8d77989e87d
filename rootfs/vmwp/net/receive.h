/* Frames from a lane's tap to the guest. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_RECEIVE_H
#define VMWP_NET_RECEIVE_H

#include <stdbool.h>

struct lane;

/* All in the lane's thread. The tap can be read now. */
bool receive_can(const struct lane *lane);
/* The tap's queue is ours from now on: what is old in it goes. */
void receive_begin(struct lane *lane);
/* What is there into rooms of the guest. Without the device lock. */
void receive_run(struct lane *lane);
/* What is in rooms to the guest. false: its ring is full. Device lock held. */
bool receive_give(struct lane *lane);

#endif
