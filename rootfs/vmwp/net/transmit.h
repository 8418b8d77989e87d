/* Packets of the guest to a lane's tap. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_TRANSMIT_H
#define VMWP_NET_TRANSMIT_H

#include "net/lane.h"

/* Where the bytes of an RNDIS packet lie: what came behind the descriptor is in
 * the lane's memory. false: it does not add up. Device lock held. */
bool transmit_find(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message, struct bytes *bytes);
/* A data packet for later; there is a place for it. The same. */
bool transmit_take(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message);
/* All that were taken; they have their replies then. Without the lock. */
void transmit_run(struct lane *lane);

#endif
