/* VMBus' messages, as they are on the wire. No code. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_PROTOCOL_H
#define VMWP_VMBUS_PROTOCOL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Facts from the guest's side (include/linux/hyperv.h). Numbers are
 * little-endian; all structures are aligned by themselves. */

#define VMBUS_VERSION(major, minor)	((uint32_t)(major) << 16 | (minor))
#define VMBUS_VERSION_3_0	VMBUS_VERSION(3, 0)
#define VMBUS_VERSION_4_0	VMBUS_VERSION(4, 0)
#define VMBUS_VERSION_4_1	VMBUS_VERSION(4, 1)
#define VMBUS_VERSION_5_0	VMBUS_VERSION(5, 0)
#define VMBUS_VERSION_5_1	VMBUS_VERSION(5, 1)
#define VMBUS_VERSION_5_2	VMBUS_VERSION(5, 2)
#define VMBUS_VERSION_5_3	VMBUS_VERSION(5, 3)

/* Where the guest posts: the second from version 5.0 on. */
#define VMBUS_CONNECTION	1
#define VMBUS_CONNECTION_5	4

#define VMBUS_SINT		2	/* before version 5.0, and usually */
#define VMBUS_MESSAGE_TYPE	1	/* of the SynIC's message */
#define VMBUS_MESSAGE_MAX	240u	/* bytes */
#define VMBUS_NO_VP		UINT32_MAX	/* no interrupts, please */

enum vmbus_message_type {
	VMBUS_OFFER = 1,
	VMBUS_RESCIND = 2,
	VMBUS_REQUEST_OFFERS = 3,
	VMBUS_OFFERS_DELIVERED = 4,
	VMBUS_OPEN = 5,
	VMBUS_OPEN_RESULT = 6,
	VMBUS_CLOSE = 7,
	VMBUS_GPADL_HEADER = 8,
	VMBUS_GPADL_BODY = 9,
	VMBUS_GPADL_CREATED = 10,
	VMBUS_GPADL_TEARDOWN = 11,
	VMBUS_GPADL_TORNDOWN = 12,
	VMBUS_RELID_RELEASED = 13,
	VMBUS_INITIATE_CONTACT = 14,
	VMBUS_VERSION_RESPONSE = 15,
	VMBUS_UNLOAD = 16,
	VMBUS_UNLOAD_RESPONSE = 17,
	VMBUS_MODIFY = 22,
	VMBUS_MODIFY_RESPONSE = 24,
	VMBUS_TYPES,
};

/* In results: the first one means success. */
#define VMBUS_GOOD	0u
#define VMBUS_BAD	0x8000ffffu

struct vmbus_header {
	uint32_t type;
	uint32_t padding;
};

struct vmbus_initiate_contact {
	struct vmbus_header header;
	uint32_t version;
	uint32_t vp;		/* where our messages shall go */
	/* From version 5.0 on; before it this was an interrupt page. */
	uint8_t sint, vtl;
	uint8_t reserved[2];
	uint32_t features;	/* from version 6.0 on */
	uint64_t monitor[2];
};
static_assert(sizeof(struct vmbus_initiate_contact) == 40, "contact");

struct vmbus_version_response {
	struct vmbus_header header;
	uint8_t supported;
	uint8_t state;		/* 0: connected */
	uint16_t padding;
	uint32_t selected;	/* version; from 5.0 on where to post */
};
static_assert(sizeof(struct vmbus_version_response) == 16, "version");

/* As a GUID's text reads: the first three numbers are little-endian. */
struct guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};
static_assert(sizeof(struct guid) == 16, "guid");

#define VMBUS_USER_DATA	120u

struct vmbus_offer {
	struct vmbus_header header;
	struct guid type, instance;
	uint8_t reserved0[16];
	uint16_t flags;		/* VMBUS_OFFER_* */
	uint16_t mmio_megabytes;
	uint8_t user[VMBUS_USER_DATA];	/* a pipe: its type first */
	uint16_t subchannel;
	uint16_t reserved1;
	uint32_t relid;
	uint8_t monitor;
	uint8_t monitor_allocated;
	uint16_t dedicated;	/* 1: nobody else has the connection */
	uint32_t connection;
};
static_assert(offsetof(struct vmbus_offer, flags) == 56, "flags");
static_assert(offsetof(struct vmbus_offer, relid) == 184, "relid");
static_assert(sizeof(struct vmbus_offer) == 196, "offer");
#define VMBUS_OFFER_ENUMERATE	0x0001
#define VMBUS_OFFER_PIPE	0x0010
#define VMBUS_PIPE_MESSAGES	4u	/* in the user data */

/* RESCIND, CLOSE, RELID_RELEASED */
struct vmbus_relid {
	struct vmbus_header header;
	uint32_t relid;
};
static_assert(sizeof(struct vmbus_relid) == 12, "relid");

struct vmbus_open {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t id;		/* of the request */
	uint32_t gpadl;
	uint32_t vp;
	uint32_t split;		/* pages to the guest's incoming ring */
	uint8_t user[VMBUS_USER_DATA];
};
static_assert(sizeof(struct vmbus_open) == 148, "open");

struct vmbus_open_result {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t id;
	uint32_t status;
};
static_assert(sizeof(struct vmbus_open_result) == 20, "open result");

struct vmbus_gpadl_header {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t gpadl;
	uint16_t bytes;		/* of the ranges */
	uint16_t ranges;
	/* ranges: size and offset of four bytes each, then page numbers */
};
static_assert(sizeof(struct vmbus_gpadl_header) == 20, "gpadl header");

struct vmbus_gpadl_body {
	struct vmbus_header header;
	uint32_t number;
	uint32_t gpadl;
	/* page numbers */
};
static_assert(sizeof(struct vmbus_gpadl_body) == 16, "gpadl body");

struct vmbus_gpadl_created {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t gpadl;
	uint32_t status;
};
static_assert(sizeof(struct vmbus_gpadl_created) == 20, "gpadl created");

struct vmbus_gpadl_teardown {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t gpadl;
};
static_assert(sizeof(struct vmbus_gpadl_teardown) == 16, "teardown");

struct vmbus_gpadl_torndown {
	struct vmbus_header header;
	uint32_t gpadl;
};
static_assert(sizeof(struct vmbus_gpadl_torndown) == 12, "torndown");

struct vmbus_modify {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t vp;
};
static_assert(sizeof(struct vmbus_modify) == 16, "modify");

struct vmbus_modify_response {
	struct vmbus_header header;
	uint32_t relid;
	uint32_t status;
};
static_assert(sizeof(struct vmbus_modify_response) == 16, "modify response");

#endif
