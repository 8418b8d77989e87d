/* Headers of Ethernet frames, as guests and taps see them. No I/O, no guest
 * memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_FRAME_H
#define VMWP_NET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_net.h>

#define FRAME_ETHERNET	14u
#define FRAME_TAG	4u
#define FRAME_HEAD	256u	/* bytes of a frame in which headers are */
#define FRAME_LARGE	(65535u + FRAME_ETHERNET + FRAME_TAG)

/* What a guest says of a frame. */
struct frame_info {
	bool has_vlan;
	uint32_t checksum, large;	/* CHECKSUM_*, LARGE_SEND_*; 0: none */
	uint32_t vlan;
};

/* Per-packet information of so many bytes. false: it does not add up. */
bool frame_parse_info(const uint8_t *bytes, uint32_t size,
	struct frame_info *info);
/* The headers must be looked at: more than FRAME_ETHERNET bytes are needed. */
bool frame_needs_head(const struct frame_info *info);

/* A frame on its way to a tap: its beginning is here and may be changed, the
 * tap's header is written. */
struct frame {
	struct virtio_net_hdr_v1 tap;
	uint32_t size;		/* of all, without a tag that is put in */
	uint32_t head;		/* bytes of it that are here */
	uint8_t bytes[FRAME_HEAD + FRAME_TAG];
};
/* Does to it what the information says. false: it cannot be done, as the frame
 * is not as it says. head is what it is then, with a tag. */
bool frame_send(struct frame *frame, const struct frame_info *info);

/* A frame from a tap, whose beginning is here: what a guest is told of its
 * sums (0: nothing), and where one is missing. */
struct frame_sums {
	uint32_t word;		/* CHECKSUM_* to the guest */
	bool missing;
	bool is_udp;
	uint32_t from, at;	/* it is of all from there, and goes there */
};
void frame_look_at_sums(const struct virtio_net_hdr_v1 *tap,
	const uint8_t *bytes, uint32_t head, uint32_t size,
	struct frame_sums *sums);
/* Its tag; false: none. */
bool frame_tag(const uint8_t *bytes, uint32_t head, uint16_t *tci);

enum frame_kind { FRAME_DIRECTED, FRAME_MULTICAST, FRAME_BROADCAST,
	FRAME_KINDS };
enum frame_kind frame_kind(const uint8_t *bytes);

/* A sum in one's complement, of words as they are in memory; start from 0 or
 * from another sum. */
uint32_t frame_sum(uint32_t sum, const uint8_t *bytes, uint32_t size);

#endif
