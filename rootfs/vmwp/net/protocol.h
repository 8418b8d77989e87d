/* NVSP's packets, as they are on the wire. No code. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_PROTOCOL_H
#define VMWP_NET_PROTOCOL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Facts from the guest's side (drivers/net/hyperv/hyperv_net.h). Numbers are
 * little-endian. */

#define NVSP_VERSION_1		0x00002u
#define NVSP_VERSION_2		0x30002u
#define NVSP_VERSION_4		0x40000u
#define NVSP_VERSION_5		0x50000u
#define NVSP_VERSION_6		0x60000u
#define NVSP_VERSION_6_1	0x60001u

enum nvsp_type {
	NVSP_INIT = 1,
	NVSP_INIT_COMPLETE = 2,
	NVSP_NDIS_VERSION = 100,
	NVSP_RECEIVE_BUFFER = 101,
	NVSP_RECEIVE_BUFFER_COMPLETE = 102,
	NVSP_REVOKE_RECEIVE_BUFFER = 103,
	NVSP_SEND_BUFFER = 104,
	NVSP_SEND_BUFFER_COMPLETE = 105,
	NVSP_REVOKE_SEND_BUFFER = 106,
	NVSP_RNDIS = 107,
	NVSP_RNDIS_COMPLETE = 108,
	NVSP_NDIS_CONFIG = 125,		/* from version 2 on */
	NVSP_SWITCH_DATA_PATH = 129,	/* 4 */
	NVSP_OID_QUERY = 131,		/* 5 */
	NVSP_OID_QUERY_COMPLETE = 132,
	NVSP_SUB_CHANNEL = 133,
	NVSP_SEND_TABLE = 134,
	NVSP_PD_API = 135,		/* 6.1 */
};

#define NVSP_GOOD		1u
#define NVSP_FAILURE		2u
#define NVSP_INVALID_RNDIS	5u
#define NVSP_BUSY		6u

#define NVSP_CAPABILITY_RSC	0x80u	/* of NDIS_CONFIG */
#define NVSP_ALLOCATE		1u	/* of SUB_CHANNEL */
#define NVSP_NO_SECTION		UINT32_MAX
#define NVSP_DATA		0u	/* channels of RNDIS */
#define NVSP_CONTROL		1u
#define NVSP_TABLE		16u	/* entries of the send table */

/* A message has 28 bytes before version 6.1 and 40 from it on, whatever its
 * type needs. */
#define NVSP_SIZE		28u
#define NVSP_SIZE_6_1		40u

struct nvsp_message {
	uint32_t type;
	union {
		struct {
			uint32_t lowest, highest;
		} init;
		struct {
			uint32_t version, chain, status;
		} init_complete;
		struct {
			uint32_t mtu, reserved;
			uint32_t capabilities[2];
		} config;
		struct {
			uint32_t gpadl;
			uint16_t id, reserved;
		} buffer;
		struct {
			uint32_t status, sections;
			uint32_t offset, size, count, end;
		} receive_complete;
		struct {
			uint32_t status, section;
		} send_complete;
		struct {
			uint16_t id;
		} revoke;
		struct {
			uint32_t channel, section, size;
		} rndis;
		struct {
			uint32_t path;
		} data_path;
		struct {
			uint32_t operation, count;
		} sub_channel;
		struct {
			uint32_t status, count;
		} sub_channel_complete;
		struct {
			uint32_t operation, status;
		} pd;
		uint32_t status;	/* of RNDIS_COMPLETE, OID_QUERY_... */
		uint32_t words[9];
	};
};
static_assert(sizeof(struct nvsp_message) == NVSP_SIZE_6_1, "message");
static_assert(offsetof(struct nvsp_message, receive_complete.end) == 24,
	"version 1 ends there");

/* A message of its own; offset counts from its beginning. */
struct nvsp_send_table {
	uint32_t type, count, offset;
	uint32_t entries[NVSP_TABLE];
	uint32_t padding;
};
static_assert(sizeof(struct nvsp_send_table) == 80, "table");

/* Of a packet with transfer pages, before its data: this, then ranges. */
struct nvsp_pages {
	uint16_t set;
	uint16_t reserved;
	uint32_t count;
};
struct nvsp_range {
	uint32_t size, offset;
};
static_assert(sizeof(struct nvsp_pages) == 8, "pages");

#endif
