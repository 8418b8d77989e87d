/* Messages that wait until the guest has taken the one before. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_OUTBOX_H
#define VMWP_VMBUS_OUTBOX_H

#include <stdbool.h>

#include "stream.h"
#include "vmbus/protocol.h"

struct letter {
	struct letter *next;
	uint32_t size;
	uint8_t bytes[VMBUS_MESSAGE_MAX];
};

struct outbox {
	struct letter *first, **end;
	unsigned int count;
};

void outbox_init(struct outbox *outbox);
void outbox_clear(struct outbox *outbox);
/* At the end; -ENOMEM. At most VMBUS_MESSAGE_MAX bytes. */
int outbox_add(struct outbox *outbox, const void *bytes, uint32_t size);
/* The first one is done with. */
void outbox_drop(struct outbox *outbox);

void outbox_save(const struct outbox *outbox, struct stream *to);
int outbox_load(struct outbox *outbox, struct stream *from);

#endif
