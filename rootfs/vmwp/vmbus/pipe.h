/* A channel of small messages: what input devices and video have in common. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_PIPE_H
#define VMWP_VMBUS_PIPE_H

#include "vmbus/vmbus.h"

#define PIPE_LETTERS	200u	/* that wait for room in the ring */
#define PIPE_LETTER	32u	/* bytes of one at most */
#define PIPE_MESSAGE	1024u	/* bytes of what is sent at once */

struct pipe;

/* All with the device lock held. */
struct pipe_ops {
	/* A frame with type and size around each message, as a pipe has it. */
	bool framed;
	/* What the guest has sent: any bytes. */
	void (*take)(struct pipe *pipe, const uint8_t *bytes, size_t size);
	/* The guest does not serve it any more. */
	void (*closed)(struct pipe *pipe);
	/* Of an open channel, besides what is in struct pipe. load: -EINVAL for
	 * what cannot be; closed() comes then. */
	void (*save)(const struct pipe *pipe, struct stream *to);
	int (*load)(struct pipe *pipe, struct stream *from);
};

struct pipe_letter {
	uint8_t size;
	uint8_t bytes[PIPE_LETTER];
};

/* First in each device's own struct. */
struct pipe {
	struct channel channel;
	const struct pipe_ops *ops;
	struct pipe_letter letters[PIPE_LETTERS];
	unsigned int first, count;
};

struct pipe_identity {
	struct guid type, instance;
	uint16_t mmio_megabytes;
};

/* Offers it for the VM's life. 0 or -errno. */
int pipe_init(struct pipe *pipe, struct vmbus *vmbus,
	const struct pipe_ops *ops, const struct pipe_identity *identity);

/* An answer. 0; -EAGAIN: no room; -ENOTCONN. */
int pipe_send(struct pipe *pipe, const void *bytes, size_t size);
/* An event: it waits where there is no room. 0; -ENOSPC: too many wait. */
int pipe_post(struct pipe *pipe, const void *bytes, size_t size);
/* How many more may wait. */
unsigned int pipe_room(const struct pipe *pipe);
/* The last one that waits, to be changed; NULL: none does. */
struct pipe_letter *pipe_last(struct pipe *pipe);

#endif
