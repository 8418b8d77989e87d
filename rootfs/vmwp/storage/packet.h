/* Packets of the guest's: negotiation, and what a request must be. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_PACKET_H
#define VMWP_STORAGE_PACKET_H

#include "storage/queue.h"

/* A packet in a slot of the queue: it is answered, to be started, or free again.
 * Device lock held, by the queue's thread. */
void packet_take(struct queue *queue, struct request *request,
	const struct packet *packet);

#endif
