/* RNDIS messages, and what NDIS has in them. No code. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NDIS_H
#define VMWP_NET_NDIS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* MS-RNDIS, and include/linux/rndis.h, drivers/net/hyperv/hyperv_net.h. */

enum rndis_type {
	RNDIS_PACKET = 1,
	RNDIS_INITIALIZE = 2,
	RNDIS_HALT = 3,
	RNDIS_QUERY = 4,
	RNDIS_SET = 5,
	RNDIS_RESET = 6,
	RNDIS_INDICATE = 7,
	RNDIS_KEEPALIVE = 8,
};
#define RNDIS_COMPLETE		0x80000000u	/* in the answer's type */

#define NDIS_GOOD		0u
#define NDIS_CONNECTED		0x4001000bu
#define NDIS_DISCONNECTED	0x4001000cu
#define NDIS_NOT_SUPPORTED	0xc00000bbu
#define NDIS_BAD_VERSION	0xc0010004u
#define NDIS_NOT_READY		0xc0010011u
#define NDIS_INVALID_LENGTH	0xc0010014u
#define NDIS_INVALID_DATA	0xc0010015u

/* First in each. */
struct rndis_header {
	uint32_t type, size;	/* with this */
};

struct rndis_initialize {
	struct rndis_header header;
	uint32_t id, major, minor, transfer;
};
static_assert(sizeof(struct rndis_initialize) == 24, "initialize");

struct rndis_initialized {
	struct rndis_header header;
	uint32_t id, status, major, minor, flags, medium;
	uint32_t packets, transfer, alignment;
	uint32_t families[2];
};
static_assert(sizeof(struct rndis_initialized) == 52, "initialized");
#define RNDIS_CONNECTIONLESS	1u

/* QUERY and SET; the offset counts from id. */
struct rndis_request {
	struct rndis_header header;
	uint32_t id, oid, length, offset, handle;
};
static_assert(sizeof(struct rndis_request) == 28, "request");

/* To QUERY; to SET and KEEPALIVE without length and offset. */
struct rndis_answer {
	struct rndis_header header;
	uint32_t id, status, length, offset;
};
static_assert(sizeof(struct rndis_answer) == 24, "answer");
#define RNDIS_SHORT_ANSWER	16u

struct rndis_reset_answer {
	struct rndis_header header;
	uint32_t status, addressing;
};
static_assert(sizeof(struct rndis_reset_answer) == 16, "reset");

struct rndis_indicate {
	struct rndis_header header;
	uint32_t status, length, offset;
};
static_assert(sizeof(struct rndis_indicate) == 20, "indicate");

/* Offsets count from data_offset. */
struct rndis_packet {
	struct rndis_header header;
	uint32_t data_offset, data_length;
	uint32_t oob[3];
	uint32_t info_offset, info_length;
	uint32_t handle, reserved;
};
static_assert(sizeof(struct rndis_packet) == 44, "packet");

/* Per-packet information. */
struct rndis_info {
	uint32_t size, type, offset;
};
static_assert(sizeof(struct rndis_info) == 12, "info");
#define INFO_CHECKSUM		0u
#define INFO_LARGE_SEND		2u
#define INFO_VLAN		6u
/* A frame in several messages of one packet, for guests with RSC; a type of a list
 * of its own, as the highest bit says (Linux: rndis_pktinfo_id, version 1). */
#define INFO_PIECE		0x80000001u
#define PIECE_OF_FRAME		1u
#define PIECE_FIRST		2u
#define PIECE_LAST		4u
#define PIECE_WORD(first, last)	(1u | (PIECE_OF_FRAME | (first) | (last)) << 8)

#define CHECKSUM_IPV4		0x01u
#define CHECKSUM_IPV6		0x02u
#define CHECKSUM_TCP		0x04u
#define CHECKSUM_UDP		0x08u
#define CHECKSUM_IP_HEADER	0x10u
#define CHECKSUM_OFFSET(word)	((word) >> 16 & 0x3ff)
#define CHECKSUM_TCP_GOOD	0x08u	/* to the guest */
#define CHECKSUM_UDP_GOOD	0x10u

#define LARGE_SEND_MSS(word)	((word) & 0xfffff)
#define LARGE_SEND_OFFSET(word)	((word) >> 20 & 0x3ff)
#define LARGE_SEND_V2		0x40000000u
#define LARGE_SEND_IPV6		0x80000000u

#define VLAN_PRIORITY(word)	((word) & 7)
#define VLAN_CFI(word)		((word) >> 3 & 1)
#define VLAN_ID(word)		((word) >> 4 & 0xfff)
#define VLAN_WORD(tci)		((uint32_t)(tci) >> 13 | \
	((uint32_t)(tci) >> 12 & 1) << 3 | ((uint32_t)(tci) & 0xfff) << 4)

#define FILTER_DIRECTED		0x01u
#define FILTER_MULTICAST	0x02u
#define FILTER_ALL_MULTICAST	0x04u
#define FILTER_BROADCAST	0x08u
#define FILTER_PROMISCUOUS	0x20u

enum oid {
	OID_SUPPORTED_LIST = 0x00010101,
	OID_HARDWARE_STATUS = 0x00010102,
	OID_MEDIA_SUPPORTED = 0x00010103,
	OID_MEDIA_IN_USE = 0x00010104,
	OID_MAXIMUM_LOOKAHEAD = 0x00010105,
	OID_MAXIMUM_FRAME_SIZE = 0x00010106,
	OID_LINK_SPEED = 0x00010107,
	OID_TRANSMIT_BUFFER_SPACE = 0x00010108,
	OID_RECEIVE_BUFFER_SPACE = 0x00010109,
	OID_TRANSMIT_BLOCK_SIZE = 0x0001010a,
	OID_RECEIVE_BLOCK_SIZE = 0x0001010b,
	OID_VENDOR_ID = 0x0001010c,
	OID_VENDOR_DESCRIPTION = 0x0001010d,
	OID_PACKET_FILTER = 0x0001010e,
	OID_CURRENT_LOOKAHEAD = 0x0001010f,
	OID_DRIVER_VERSION = 0x00010110,
	OID_MAXIMUM_TOTAL_SIZE = 0x00010111,
	OID_MAC_OPTIONS = 0x00010113,
	OID_CONNECT_STATUS = 0x00010114,
	OID_MAXIMUM_SEND_PACKETS = 0x00010115,
	OID_VENDOR_DRIVER_VERSION = 0x00010116,
	OID_LAYER_ADDRESSES = 0x00010118,
	OID_SCALE_CAPABILITIES = 0x00010203,
	OID_SCALE_PARAMETERS = 0x00010204,
	OID_MAX_LINK_SPEED = 0x00010206,
	OID_LINK_STATE = 0x00010207,
	OID_LINK_PARAMETERS = 0x00010208,
	OID_INTERRUPT_MODERATION = 0x00010209,
	OID_CONFIG_PARAMETER = 0x0001021b,
	OID_XMIT_OK = 0x00020101,
	OID_RCV_OK = 0x00020102,
	OID_XMIT_ERROR = 0x00020103,
	OID_RCV_ERROR = 0x00020104,
	OID_RCV_NO_BUFFER = 0x00020105,
	OID_DIRECTED_BYTES_XMIT = 0x00020201,
	OID_DIRECTED_FRAMES_XMIT = 0x00020202,
	OID_MULTICAST_BYTES_XMIT = 0x00020203,
	OID_MULTICAST_FRAMES_XMIT = 0x00020204,
	OID_BROADCAST_BYTES_XMIT = 0x00020205,
	OID_BROADCAST_FRAMES_XMIT = 0x00020206,
	OID_DIRECTED_BYTES_RCV = 0x00020207,
	OID_DIRECTED_FRAMES_RCV = 0x00020208,
	OID_MULTICAST_BYTES_RCV = 0x00020209,
	OID_MULTICAST_FRAMES_RCV = 0x0002020a,
	OID_BROADCAST_BYTES_RCV = 0x0002020b,
	OID_BROADCAST_FRAMES_RCV = 0x0002020c,
	OID_BYTES_RCV = 0x00020219,
	OID_BYTES_XMIT = 0x0002021a,
	OID_RCV_DISCARDS = 0x0002021b,
	OID_XMIT_DISCARDS = 0x0002021c,
	OID_PERMANENT_ADDRESS = 0x01010101,
	OID_CURRENT_ADDRESS = 0x01010102,
	OID_MULTICAST_LIST = 0x01010103,
	OID_MAXIMUM_LIST_SIZE = 0x01010104,
	OID_ENCAPSULATION = 0x0101010a,
	OID_RCV_ERROR_ALIGNMENT = 0x01020101,
	OID_XMIT_ONE_COLLISION = 0x01020102,
	OID_XMIT_MORE_COLLISIONS = 0x01020103,
};
#define OID_OFFLOAD_CONFIG	0xfc01020bu
#define OID_OFFLOAD_PARAMETERS	0xfc01020cu
#define OID_OFFLOAD_HARDWARE	0xfc01020du

/* First in NDIS' own structures. */
struct ndis_object {
	uint8_t type, revision;
	uint16_t size;
};
static_assert(sizeof(struct ndis_object) == 4, "object");
#define NDIS_OBJECT_DEFAULT	0x80
#define NDIS_OBJECT_SCALE_CAP	0x88
#define NDIS_OBJECT_SCALE_PARAM	0x89
#define NDIS_OBJECT_OFFLOAD	0xa7

/* What the NIC can. Encapsulation 2 is Ethernet II. */
struct ndis_offload {
	struct ndis_object object;
	uint32_t ip4_send_encap, ip4_send, ip4_receive_encap, ip4_receive;
	uint32_t ip6_send_encap, ip6_send, ip6_receive_encap, ip6_receive;
	uint32_t large_v1[4];
	uint32_t ipsec_v1[7];
	uint32_t large4_encap, large4_max, large4_min;
	uint32_t large6_encap, large6_max, large6_min, large6_options;
	uint32_t flags;
	uint32_t ipsec_v2[8];
	uint8_t rsc4, rsc6;
	uint8_t padding[2];
	uint32_t encap_flags, encap_max;
};
static_assert(offsetof(struct ndis_offload, large4_encap) == 80, "large");
static_assert(offsetof(struct ndis_offload, ipsec_v2) == 112, "6.0's end");
static_assert(offsetof(struct ndis_offload, rsc4) == 144, "6.1's end");
static_assert(sizeof(struct ndis_offload) == 156, "6.30's end");
#define NDIS_OFFLOAD_6_0	112u
#define NDIS_OFFLOAD_6_1	144u
#define NDIS_ENCAP_8023		2u
#define NDIS_CAN_IP_OPTIONS	0x001u
#define NDIS_CAN_TCP_OPTIONS	0x004u
#define NDIS_CAN_TCP		0x010u
#define NDIS_CAN_UDP		0x040u
#define NDIS_CAN_IP		0x100u
#define NDIS_CAN_EXTENSIONS	0x001u	/* of IPv6 */

struct ndis_offload_parameters {
	struct ndis_object object;
	uint8_t checksum[5];	/* IPv4, TCP4, UDP4, TCP6, UDP6 */
	uint8_t large_v1, ipsec_v1;
	uint8_t large4, large6;
	uint8_t connection[2];
	uint8_t padding;
	uint32_t flags;
	/* From revision 2, and 3 on. */
	uint8_t ipsec_v2[2];
	uint8_t rsc4, rsc6;
	uint8_t encap[2];
};
static_assert(offsetof(struct ndis_offload_parameters, flags) == 16, "flags");
static_assert(offsetof(struct ndis_offload_parameters, rsc4) == 22, "rsc");
#define NDIS_OFFLOAD_PARAMETERS_MIN	20u
#define NDIS_ON			2u	/* LSO, RSC; 0: as before, 1: off */

struct ndis_scale_capabilities {
	struct ndis_object object;
	uint32_t flags, interrupts, queues;
	uint16_t entries;
} __attribute__((packed));
static_assert(sizeof(struct ndis_scale_capabilities) == 18, "scale");
#define NDIS_SCALE_FLAGS	0x00000700u	/* TCP over both, extensions */

struct ndis_scale_parameters {
	struct ndis_object object;
	uint16_t flags, base_processor;
	uint32_t hash;
	uint16_t table_size, padding0;
	uint32_t table_offset;
	uint16_t key_size, padding1;
	uint32_t key_offset;
	uint32_t masks[3];
};
static_assert(offsetof(struct ndis_scale_parameters, key_offset) == 24, "key");
static_assert(sizeof(struct ndis_scale_parameters) == 40, "parameters");
#define NDIS_SCALE_SAME_HASH	0x02u
#define NDIS_SCALE_SAME_TABLE	0x04u
#define NDIS_SCALE_SAME_KEY	0x08u
#define NDIS_SCALE_OFF		0x10u
#define NDIS_SCALE_TABLE	128u	/* entries */
#define NDIS_SCALE_KEY		40u	/* bytes */

struct ndis_config_parameter {
	uint32_t name_offset, name_length, type, value_offset, value_length;
};
static_assert(sizeof(struct ndis_config_parameter) == 20, "parameter");
#define NDIS_PARAMETER_STRING	2u

struct ndis_link_state {
	struct ndis_object object;
	uint32_t connect, duplex, padding;
	uint64_t send_speed, receive_speed;
	uint32_t pause, negotiation;
};
static_assert(sizeof(struct ndis_link_state) == 40, "link");

#endif
