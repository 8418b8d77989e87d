/* Hostile guests: a small client of VMBus. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_BUS_H
#define HOSTILE_BUS_H

#include "hv.h"
#include "vmbus/protocol.h"

struct letter {
	uint32_t size;
	union {
		uint8_t bytes[VMBUS_MESSAGE_MAX];
		struct vmbus_header header;
		struct vmbus_version_response version;
		struct vmbus_offer offer;
		struct vmbus_open_result opened;
		struct vmbus_gpadl_created created;
		struct vmbus_gpadl_torndown torndown;
		struct vmbus_modify_response modified;
	};
};

/* The SINT for messages. */
void bus_init(void);

/* POST_MESSAGE; the status. */
uint16_t bus_post(uint32_t connection, const void *bytes, uint32_t size);
/* As a driver does: on the connection of the version, again while there is no
 * room. */
void bus_send(const void *bytes, uint32_t size);

/* What is in one of the slots. False: nothing. */
bool bus_take(struct letter *letter);
/* Waits for one; what comes must have that type. */
void bus_expect(uint32_t type, struct letter *letter);
/* What comes before one of that type is dropped. */
void bus_await(uint32_t type, struct letter *letter);

/* With that version, and all channels are offered: those of the integration
 * services, and a SCSI controller, a network adapter and video, or none (relid
 * 0). Others are not for us. */
#define BUS_CHANNELS 4u
extern uint32_t bus_relids[BUS_CHANNELS], bus_connections[BUS_CHANNELS];
extern struct bus_disk {
	uint32_t relid, connection;
} bus_disk, bus_nic, bus_video;
void bus_connect(uint32_t version);
void bus_unload(void);

/* A list's first message; a long one then waits for more. */
void bus_create(uint32_t relid, uint32_t gpadl, uint32_t first,
	uint32_t count);
/* All of its messages. */
void bus_create_whole(uint32_t relid, uint32_t gpadl, uint32_t first,
	uint32_t count);
void bus_open(uint32_t relid, uint32_t gpadl, uint32_t split, uint32_t vp);
void bus_relid(uint32_t type, uint32_t relid);
void bus_teardown(uint32_t relid, uint32_t gpadl);
void bus_signal(uint32_t connection);

#endif
