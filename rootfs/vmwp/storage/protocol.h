/* StorVSP's packets, as they are on the wire. No code. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_PROTOCOL_H
#define VMWP_STORAGE_PROTOCOL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Facts from the guest's side (drivers/scsi/storvsc_drv.c). Little-endian. */

#define VSTOR_VERSION(major, minor)	((uint16_t)((major) << 8 | (minor)))
#define VSTOR_VERSION_8		VSTOR_VERSION(5, 1)	/* Windows 8 */
#define VSTOR_VERSION_8_1	VSTOR_VERSION(6, 0)
#define VSTOR_VERSION_10	VSTOR_VERSION(6, 2)

enum vstor_operation {
	VSTOR_COMPLETE_IO = 1,
	VSTOR_REMOVE_DEVICE = 2,
	VSTOR_EXECUTE_SRB = 3,
	VSTOR_RESET_LUN = 4,
	VSTOR_RESET_ADAPTER = 5,
	VSTOR_RESET_BUS = 6,
	VSTOR_BEGIN_INITIALIZATION = 7,
	VSTOR_END_INITIALIZATION = 8,
	VSTOR_QUERY_VERSION = 9,
	VSTOR_QUERY_PROPERTIES = 10,
	VSTOR_ENUMERATE_BUS = 11,
	VSTOR_FIBRE_CHANNEL = 12,
	VSTOR_CREATE_SUB_CHANNELS = 13,
};

/* NTSTATUS, of a packet. */
#define VSTOR_GOOD		0u
#define VSTOR_UNSUCCESSFUL	0xc0000001u
#define VSTOR_INVALID_PARAMETER	0xc000000du
#define VSTOR_INVALID_REQUEST	0xc0000010u
#define VSTOR_REVISION_MISMATCH	0xc0000059u
#define VSTOR_NO_DEVICE		0xc00000c0u
#define VSTOR_INVALID_STATE	0xc0000184u
#define VSTOR_DEVICE_ERROR	0xc0000185u

/* Of a request. */
#define SRB_SUCCESS		0x01
#define SRB_ABORTED		0x02
#define SRB_ERROR		0x04
#define SRB_INVALID_REQUEST	0x06
#define SRB_INVALID_PATH	0x07
#define SRB_DATA_OVERRUN	0x12
#define SRB_INVALID_LUN		0x20
#define SRB_INVALID_TARGET	0x21
#define SRB_SENSE		0x80	/* a flag: the sense data are there */

#define VSTOR_TO_DEVICE		0	/* data_in: this, or from it */

#define VSTOR_CDB		16u
#define VSTOR_SENSE		20u

struct vstor_srb {
	uint16_t length;	/* of this struct */
	uint8_t srb_status, scsi_status;
	uint8_t port, path, target, lun;
	uint8_t cdb_length, sense_length, data_in, properties;
	uint32_t transfer;	/* bytes of data */
	/* The CDB; in an answer the sense data. */
	uint8_t payload[VSTOR_SENSE];
	/* Since version 5.1. */
	uint16_t reserved;
	uint8_t queue_tag, queue_action;
	uint32_t flags, timeout, sort_key;
};
static_assert(offsetof(struct vstor_srb, lun) == 7, "lun");
static_assert(offsetof(struct vstor_srb, transfer) == 12, "transfer");
static_assert(offsetof(struct vstor_srb, payload) == 16, "payload");
static_assert(offsetof(struct vstor_srb, flags) == 40, "flags");
static_assert(sizeof(struct vstor_srb) == 52, "srb");

struct vstor_properties {
	uint32_t reserved0;
	uint16_t sub_channels;	/* at most */
	uint16_t reserved1;
	uint32_t flags;
	uint32_t transfer;	/* bytes of a request at most */
	uint32_t reserved2[2];
};
static_assert(offsetof(struct vstor_properties, flags) == 8, "flags");
static_assert(sizeof(struct vstor_properties) == 24, "properties");
#define VSTOR_MULTI_CHANNEL	1u

struct vstor_packet {
	uint32_t operation;
	uint32_t flags;
	uint32_t status;
	union {
		struct vstor_srb srb;
		struct vstor_properties properties;
		struct {
			uint16_t number, revision;
		} version;
		uint16_t sub_channels;
	};
};
static_assert(offsetof(struct vstor_packet, srb) == 12, "payload");
static_assert(sizeof(struct vstor_packet) == 64, "packet");
#define VSTOR_HEAD	12u

/* Before a request's packet, for data: one range of pages. */
struct vstor_range {
	uint32_t reserved, count;	/* of ranges */
	uint32_t size, offset;		/* bytes */
	uint64_t pages[];
};
static_assert(sizeof(struct vstor_range) == 16, "range");

#endif
