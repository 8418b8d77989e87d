/* A lane: a channel of a NIC, its thread and its queue of the tap. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_LANE_H
#define VMWP_NET_LANE_H

#include <stdatomic.h>

#include "net/bytes.h"
#include "net/frame.h"
#include "net/protocol.h"
#include "net/rooms.h"
#include "net/watch.h"
#include "thread.h"
#include "vmbus/channel.h"

struct nic;

#define LANE_PACKETS	32u	/* of the guest, at work */
#define LANE_REPLIES	96u	/* that wait for the ring */
#define LANE_FRAMES	64u	/* for the guest, in one packet */
#define LANE_RANGES	256u	/* that they lie in; Linux takes 562 */
#define LANE_PACKET	4096u	/* bytes of one, behind its descriptor */

/* What went through; written by the lane's thread alone. */
struct traffic {
	atomic_ullong frames[FRAME_KINDS], bytes[FRAME_KINDS];
	atomic_ullong errors;	/* wrong, or refused by the tap */
	atomic_ullong dropped;	/* there was no way for it */
};

/* What a lane needs while its NIC is there. */
struct lane_work {
	struct lane_packet {
		uint64_t transaction;
		struct bytes bytes;
	} packets[LANE_PACKETS];
	unsigned int packet_count;
	struct lane_reply {
		uint64_t transaction;
		struct nvsp_message message;
	} replies[LANE_REPLIES];
	unsigned int reply_count;
	struct lane_frame {
		uint32_t room, size;	/* of the frame */
	} frames[LANE_FRAMES];
	unsigned int frame_count;
	uint8_t packet[LANE_PACKET] __attribute__((aligned(8)));
	struct frame frame;
	struct iovec parts[BYTES_PARTS + 2];
};

struct lane {
	struct channel channel;		/* its bell is an eventfd of ours */
	struct nic *nic;
	unsigned int index;		/* 0: the first channel's */

	/* The thread's; of others while it is stopped. */
	struct lane_work *work;		/* owned; NULL: the NIC is not there */
	struct rooms rooms;
	int wake;			/* eventfd */
	int tap;			/* the tap's descriptor; -1: none */
	bool open;		/* the channel; changed while it stands still */
	bool attached;
	bool look;		/* into the guest's ring */
	bool full;		/* no room in it for us */
	bool readable;		/* the tap may have something */
	bool crowded;		/* no room in the receive buffer */
	bool dead;		/* the tap is gone */
	struct traffic sent, received;
	uint64_t last;		/* a frame from the guest; ns */
	struct watch watch;	/* with the guest's bell masked */

	struct thread thread;
};

/* 0 or -errno. The channel is not registered yet. */
int lane_init(struct lane *lane, struct nic *nic, unsigned int index);
void lane_exit(struct lane *lane);
/* Its NIC comes, with a descriptor of its tap, and goes: it begins to work, with
 * a thread if wanted (else lane_turn() is called), and ends. 0 or -errno. */
int lane_begin(struct lane *lane, int tap, bool thread);
void lane_end(struct lane *lane);

/* What there is to do, once; wait: for something, if there is nothing. */
void lane_turn(struct lane *lane, bool wait);
/* Something for it to look at. Any thread. */
void lane_wake(struct lane *lane);

/* Until the lane is let go it does nothing, and the caller may touch what is
 * its. Calls nest. The device lock may be held. */
void lane_stop(struct lane *lane);
void lane_go(struct lane *lane);
/* All that is under way is forgotten, and the guest has no rooms: it is
 * stopped, or this is its thread. */
void lane_drop(struct lane *lane);

/* What the channel's signal() does. */
bool lane_receive(struct lane *lane);
/* An answer to one of the guest's packets, when the ring has room for it. */
void lane_reply(struct lane *lane, uint64_t transaction,
	const struct nvsp_message *message);
void lane_reply_rndis(struct lane *lane, uint64_t transaction,
	uint32_t status);
/* There is room for so many more. */
bool lane_can_reply(const struct lane *lane);
/* Ranges of the receive buffer, as one packet; the channels of RNDIS. 0 or as
 * channel_send(). */
int lane_send_pages(struct lane *lane, uint64_t transaction, uint32_t channel,
	const struct nvsp_range *ranges, uint32_t count);

static inline void traffic_add(atomic_ullong *counter, uint64_t more)
{
	atomic_store_explicit(counter, more +
		atomic_load_explicit(counter, memory_order_relaxed),
		memory_order_relaxed);
}

#endif
