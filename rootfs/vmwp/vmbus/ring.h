/* VMBus rings: packets in memory that the guest shares with a device. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_RING_H
#define VMWP_VMBUS_RING_H

#include "shared.h"

/*
 * One direction. The first page has the indices, the others are the data. Our
 * own index is here and never read back; the guest's is what was last seen of
 * it, checked. RING_PAGES_MIN pages at least.
 */
struct ring {
	const struct guest_page *pages;
	uint32_t size;		/* of the data, in bytes */
	uint32_t read, write;	/* offsets in the data */
	uint32_t committed;	/* incoming: the published read index */
	bool waits;		/* outgoing: the guest was asked to ring */
};
#define RING_PAGES_MIN	2
#define RING_PAGES_MAX	(1u << 19)

/* Types of packets. */
#define PACKET_IN_BAND		0x6
#define PACKET_TRANSFER_PAGES	0x7
#define PACKET_GPA_DIRECT	0x9
#define PACKET_COMPLETION	0xb
#define PACKET_FLAG_COMPLETION	0x1	/* the sender wants one */

struct packet {
	uint16_t type, flags;
	uint64_t transaction;
	/* After the descriptor: of all, and where the data begins in it. What
	 * is before the data depends on the type. Multiples of 8. */
	uint32_t size, data;
	/* To be sent: how many of the bytes are before the data; the same. */
	uint32_t header;
};

/* Takes the indices that are there; count: pages. 0, or -EPROTO. */
int ring_attach_in(
	struct ring *ring, const struct guest_page *pages, uint32_t count);
int ring_attach_out(
	struct ring *ring, const struct guest_page *pages, uint32_t count);

/*
 * The next packet: 1, and its bytes behind the descriptor in to; 0: none is
 * there; -EMSGSIZE: it has more than room bytes and is skipped; -EBADMSG: what
 * its type must have before the data is not there, and it is skipped; -EPROTO:
 * what the guest wrote cannot be, and the ring must not be used any more.
 */
int ring_receive(
	struct ring *ring, struct packet *packet, void *to, size_t room);
/* Gives back the room of what was received. true: the guest waits for it. */
bool ring_commit(struct ring *ring);

/*
 * size bytes as one packet; its size and data fields are not used. 1: it is
 * there and the guest sleeps; 0: it is there; -EAGAIN: no room, and the guest
 * will ring when there is; -EMSGSIZE: there never will be; -EPROTO as above.
 */
int ring_send(struct ring *ring, const struct packet *packet,
	const void *data, size_t size);

/* Incoming: the guest shall not ring (we are looking), or shall again. After
 * the latter look once more. */
void ring_mask(struct ring *ring, bool mask);
/* Incoming: something is there, or is wrong. */
bool ring_ready(const struct ring *ring);

#endif
