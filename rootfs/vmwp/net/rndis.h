/* RNDIS: control messages of a guest, and what it is told. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_RNDIS_H
#define VMWP_NET_RNDIS_H

#include "net/lane.h"

/* In our transaction ids: a room for answers. */
#define RNDIS_LETTER	(1ull << 32)

/* A control message: the status for its packet. All with the device lock, in the
 * first lane's thread. */
uint32_t rndis_take(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message);
/* What is due to the guest. false: its ring is full. */
bool rndis_send_letters(struct lane *lane);

#endif
