/* Ports: where messages and events of other partitions arrive. A child's are
 * message and event ports, the parent's are doorbells. docs/guests.md, "Events" */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_PORT_H
#define CORE_PORT_H

#include "idtable.h"
#include "lock.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct connection;
struct partition;

/* An object of its partition's table. What has no lock here does not change. */
struct port {
	uint8_t type;		/* HV_PORT_* */
	uint8_t sint;
	uint16_t flag_base, flag_count;	/* of an event port */
	uint32_t id;
	uint32_t vp_index;	/* or HV_ANY_VP */
	uint32_t where;		/* atomic: a doorbell in a ring, see ring.c */
	struct partition *partition;
	uint64_t client;	/* identity of who may connect */
	struct connection *connection;	/* LOCK_PORTS; or NULL */
	struct port *next;	/* LOCK_RINGS */
};
static_assert(sizeof(struct port) <= IDTABLE_OBJECT, "an object");

extern struct lock port_lock;

/* The partition with that identity: the parent, or a child that is active. With
 * a partition_put() after success. */
uint16_t port_partition(uint64_t id, struct partition **partition);

/* With port_lock. */
struct port *port_find(const struct partition *partition, uint32_t id);

/* Through the connection, whose partition's connection_lock is held: the port
 * stays. HV_STATUS. */
uint16_t port_post(const struct port *port, uint32_t type,
	const void *payload, uint32_t size);
uint16_t port_signal(const struct port *port, uint16_t flag);

/* A few of the partition's ports end, which nobody uses any more; false when
 * none is left. */
bool port_end(struct partition *partition);

#endif
