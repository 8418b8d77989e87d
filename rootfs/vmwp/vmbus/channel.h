/* A channel: one device's, with what the guest has done to it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_CHANNEL_H
#define VMWP_VMBUS_CHANNEL_H

#include "stream.h"
#include "vmbus/gpadl.h"
#include "vmbus/protocol.h"
#include "vmbus/ring.h"

struct vmbus;
struct channel;

/* What a device (VSP) does, with the VM's device lock held. Any but signal may
 * be NULL. */
struct channel_ops {
	/* The guest opens it, the rings are usable. An error: it is refused. */
	int (*open)(struct channel *channel);
	/* The guest has been told that it is open: it expects interrupts. */
	void (*start)(struct channel *channel);
	/* The rings are not usable any more: closed, rescinded, broken, or the
	 * guest is gone. Once for each open. */
	void (*close)(struct channel *channel);
	/* There may be packets, or room for some. Returns after a bounded
	 * number of packets; true: there may be more. */
	bool (*signal)(struct channel *channel);
	/* Only of an open channel. */
	void (*save)(const struct channel *channel, struct stream *to);
	/* Instead of open; -EINVAL for what cannot be, and closed then. */
	int (*load)(struct channel *channel, struct stream *from);
};

enum channel_state {
	CHANNEL_HIDDEN,		/* the guest does not know it */
	CHANNEL_CLOSED,		/* offered */
	CHANNEL_OPEN,
	CHANNEL_REVOKED,	/* rescinded, the guest still holds its relid */
	CHANNEL_STATES,
};

/* What the guest is told of it. */
struct channel_offer {
	struct guid type, instance;
	uint16_t flags;		/* VMBUS_OFFER_* */
	uint16_t mmio_megabytes;
	uint16_t subchannel;
	uint8_t user[VMBUS_USER_DATA];
};

/* In its device's struct; the device sets ops, offer, present and bell before
 * vmbus_add() and changes none of the others. */
struct channel {
	const struct channel_ops *ops;
	struct channel_offer offer;
	bool present;		/* it shall be offered */
	/* An eventfd of the device's own, whose thread calls channel_rang();
	 * 0: the event loop does. */
	int bell;

	struct vmbus *vmbus;
	uint32_t relid;		/* fixed; its event flag, too */
	enum channel_state state;
	bool broken;		/* open, but the device was told closed */
	uint32_t vp;		/* to be interrupted; VMBUS_NO_VP: none */
	struct gpadl *gpadl;	/* of the rings; while it is open */
	uint32_t split;
	struct ring in, out;
	bool held, called;	/* interrupts wait; one does */
};

/* The next packet of an open channel, as ring_receive(); for -EPROTO the
 * channel is broken afterwards and its device has been told. */
int channel_receive(struct channel *channel, struct packet *packet, void *to,
	size_t room);
/* As ring_send(), but 0 for success, and the guest is interrupted where that
 * is needed. -ENOTCONN: it is not open. */
int channel_send(struct channel *channel, const struct packet *packet,
	const void *data, size_t size);
/* Interrupts of the guest wait until the release: one for many packets. Both
 * with the device lock held, which is kept in between. */
void channel_hold(struct channel *channel);
void channel_release(struct channel *channel);
bool channel_is_open(const struct channel *channel);

/* The guest rang: calls signal(). true: call it again soon. */
bool channel_rang(struct channel *channel);

/* Within VMBus: state changes; the caller has looked at the state. */
int channel_open(struct channel *channel, struct gpadl *gpadl,
	const struct vmbus_open *open);
/* From any state to hidden, closed or revoked. */
void channel_leave(struct channel *channel, enum channel_state state);
void channel_save(const struct channel *channel, struct stream *to);
int channel_load(struct channel *channel, struct stream *from);

#endif
