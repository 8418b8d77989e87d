/* NVSP: what a guest's packets do. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NVSP_H
#define VMWP_NET_NVSP_H

#include "net/lane.h"

/* Both with the device lock, in the lane's thread. A packet that is no
 * completion; its bytes are in the lane's memory. */
void nvsp_take(struct lane *lane, const struct packet *packet);
/* The guest is done with one of ours. */
void nvsp_completed(struct lane *lane, uint64_t transaction);

bool nvsp_version_good(uint32_t version);
/* The table for the guest's frames: on all channels that are open. 0 or as
 * channel_send(). */
int nvsp_send_table(struct nic *nic);

#endif
