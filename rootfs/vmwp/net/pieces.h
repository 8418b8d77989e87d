/* What a guest finds of a frame in its rooms: a piece in each. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_PIECES_H
#define VMWP_NET_PIECES_H

#include "net/lane.h"

/* A room: RNDIS' header, per-packet information, then the piece: an even number of
 * bytes. A frame's first bytes go through our memory. */
#define PIECES_DATA	96u
#define PIECES_HEAD	96u

/* A frame in neighbouring rooms. */
struct arrived {
	struct virtio_net_hdr_v1 tap;
	uint8_t head[PIECES_HEAD];
	uint32_t size;		/* of the frame */
	uint32_t room, span, space;
	uint32_t sums;		/* word for the guest; 0: none */
	uint16_t tci;
	bool has_tag;
};

/* Bytes of a frame in one room. */
uint32_t pieces_size(const struct lane *lane);
/* Rooms for a frame of that size. */
uint32_t pieces_of(const struct lane *lane, uint32_t size);
/* Where that byte of the frame lies in the receive buffer. */
uint32_t pieces_place(const struct lane *lane, const struct arrived *frame,
	uint32_t byte);

/* All that is still missing: headers, information, the first bytes, the sum.
 * Changes head. Returns in how many rooms the frame is. */
uint32_t pieces_put(struct lane *lane, struct arrived *frame);

/* Its ranges: none is longer than a room, or the guest takes none of them.
 * Returns how many. */
uint32_t pieces_ranges(const struct lane *lane, const struct lane_frame *frame,
	struct nvsp_range *to);

#endif
