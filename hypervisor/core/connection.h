/* Connections: a partition's names for ports of others. Doorbells are named by
 * a guest-physical address, too, and their numbers are a space of their own. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CONNECTION_H
#define CORE_CONNECTION_H

#include "idtable.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct partition;
struct port;
struct vp;

/* What has no lock here does not change. */
struct connection {
	uint8_t type;		/* HV_PORT_* */
	uint8_t size;		/* of the write that rings it; 0: any */
	bool any_value;
	uint32_t id;
	struct partition *partition;
	struct port *port;	/* its connection_lock; NULL: it was deleted */
	uint64_t gpa, value;	/* of a doorbell */
	struct connection *next;	/* its connection_lock: same bucket */
};
static_assert(sizeof(struct connection) <= IDTABLE_OBJECT, "an object");

/* Whether a write there can ring a doorbell. */
bool connection_is_doorbell(struct partition *partition, uint64_t gpa);

/* A write of the partition; size 0 suits every doorbell. True: it rings one, and
 * is done. */
bool connection_ring(struct partition *partition, uint64_t gpa,
	unsigned int size, uint64_t value);

/* POST_MESSAGE and SIGNAL_EVENT: HV_STATUS. */
uint16_t connection_post(struct partition *partition, uint32_t id,
	uint32_t type, const void *payload, uint32_t size);
uint16_t connection_signal(struct partition *partition, uint32_t id,
	uint16_t flag);

/* The port is about to end; with port_lock. */
void connection_lose_port(struct port *port);

/* A few of the partition's connections end, which nobody uses any more; false
 * when none is left. */
bool connection_end(struct partition *partition);

#endif
