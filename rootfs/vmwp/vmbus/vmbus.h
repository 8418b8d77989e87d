/* VMBus: the connection with a guest and the channels on it. docs/vmbus.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_VMBUS_H
#define VMWP_VMBUS_VMBUS_H

#include "device.h"
#include "vmbus/channel.h"
#include "vmbus/gpadl.h"
#include "vmbus/outbox.h"

/* Relids are 1 to this, as an event flag of each is in one page; connections
 * begin behind those that have a meaning of their own. */
#define VMBUS_CHANNELS_MAX	2047u
#define VMBUS_FIRST_CONNECTION	16u

/* What VMBus needs of the VM. */
struct vmbus_host {
	/* Into the VP's message slot: 0; -EAGAIN: it is full, and
	 * vmbus_room() shall be called when it is not. */
	int (*post)(void *context, uint32_t vp, unsigned int sint,
		const void *bytes, uint32_t size);
	void (*signal)(void *context, uint32_t vp, unsigned int sint,
		uint32_t flag);
	/* channel_rang() shall be called when the guest signals the
	 * connection. Once for each channel. 0 or -errno. */
	int (*bell)(void *context, struct channel *channel,
		uint32_t connection);
};

struct vmbus {
	struct device device;
	const struct ram *ram;
	const struct vmbus_host *host;
	void *context;
	uint32_t vps;

	bool connected;
	bool requested;		/* the channels, by the guest */
	uint32_t version;
	uint32_t vp;		/* our messages go there */
	unsigned int sint;

	struct channel **channels;	/* relid is index + 1 */
	uint32_t count;
	struct gpadls gpadls;
	struct outbox outbox;
};

/* 0 or -errno. All below with the VM's device lock held. */
int vmbus_init(struct vmbus *vmbus, const struct ram *ram, uint32_t vps,
	const struct vmbus_host *host, void *context);
/* A device's channel, for the VM's life. 0 or -errno. */
int vmbus_add(struct vmbus *vmbus, struct channel *channel);

/* What the guest posts; the answer is a status of the hypervisor. */
uint16_t vmbus_message(struct vmbus *vmbus, uint32_t connection,
	const void *bytes, uint32_t size);
/* The guest has taken a message. */
void vmbus_room(struct vmbus *vmbus);
/* It waits for that. */
bool vmbus_waits(const struct vmbus *vmbus);

/* The device comes or goes while the VM runs. */
void vmbus_offer(struct channel *channel);
void vmbus_rescind(struct channel *channel);

/* Within VMBus. */
void vmbus_send(struct vmbus *vmbus, const void *bytes, uint32_t size);
void vmbus_disconnect(struct vmbus *vmbus);
struct channel *vmbus_channel(const struct vmbus *vmbus, uint32_t relid);
/* The guest's use of the list ends; it is told when it waits for that. */
void vmbus_put(struct vmbus *vmbus, struct gpadl *gpadl);

#endif
