/* What an 82540EM's thread does: frames between guest and tap. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_E1000_WORK_H
#define VMWP_NET_E1000_WORK_H

#include "net/e1000.h"

#define E1000_MTU_MAX	9000u
#define E1000_PARTS	128u	/* descriptors of a frame */
#define E1000_BATCH	16u	/* frames from the tap at once */
#define E1000_CRC	4u
#define E1000_SHORTEST	60u	/* without the CRC */

struct e1000_arrived {
	struct virtio_net_hdr_v1 tap;
	uint32_t size;
	uint8_t bytes[E1000_MTU_MAX + FRAME_ETHERNET + FRAME_TAG + E1000_CRC +
		2];
};

struct e1000_work {
	bool attached;		/* the tap's frames are ours */
	bool readable;		/* it may have some */
	bool dead;		/* it is gone */
	/* From the tap. */
	unsigned int next, count;	/* of these */
	struct e1000_arrived arrived[E1000_BATCH];
	/* To the tap. */
	struct e1000_descriptor descriptors[E1000_PARTS];
	unsigned int taken;	/* of these */
	struct frame frame;
	uint32_t size;
	uint8_t bytes[FRAME_LARGE];
};

/* Begins and ends with the tap. 0 or -errno. */
int e1000_work_begin(struct e1000 *nic, bool thread);
void e1000_work_end(struct e1000 *nic);
/* What there is to do, once; wait: for something, if there is nothing. */
void e1000_turn(struct e1000 *nic, bool wait);

/* Frames that the guest has ready go; true: there may be more. It takes the
 * lock for each. */
bool e1000_transmit(struct e1000 *nic);
/* What has come goes to the guest, as far as it has room. Device lock held. */
void e1000_receive(struct e1000 *nic);
/* Whether the guest's filters let it through, and if only such as are not
 * exact. The same. */
bool e1000_wants(const struct e1000 *nic, const struct e1000_arrived *frame,
	bool *perhaps);

#endif
