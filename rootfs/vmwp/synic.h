/* VMBus' way to a guest: message slots, event flags, doorbells. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_SYNIC_H
#define VMWP_SYNIC_H

#include "events.h"
#include "vmbus/vmbus.h"

struct vm;

struct bell {
	struct bell *next;
	struct event event;
	struct channel *channel;
};

struct synic {
	struct vm *vm;
	struct vmbus *vmbus;
	struct bell *bells;	/* owned; of channels without their own */
	struct event retry;	/* a timer, while a message waits */
};

/* The context of these is a struct synic. */
extern const struct vmbus_host synic_host;

/* 0 or -errno. The partition is initialised. */
int synic_init(struct synic *synic, struct vm *vm, struct vmbus *vmbus);
void synic_exit(struct synic *synic);

#endif
