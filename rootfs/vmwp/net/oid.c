/* OIDs: what of a NIC can be asked and set. */
/* SPDX-License-Identifier: MIT */
#include "net/oid.h"

#include <string.h>

#include "net/netvsp.h"

#define LIST_SIZE	32u	/* groups that a NIC could be in */
#define LOOKAHEAD	65535u
#define VENDOR		"Socle network adapter"
#define MAC_OPTIONS	0x7du	/* copy, serialized, no loop, 802.1P, ... */
#define VERSION		0x00060000u

static uint32_t put32(uint8_t *to, uint32_t *answer, uint32_t value)
{
	memcpy(to, &value, sizeof(value));
	*answer = sizeof(value);
	return NDIS_GOOD;
}

static uint32_t put64(uint8_t *to, uint32_t *answer, uint64_t value)
{
	memcpy(to, &value, sizeof(value));
	*answer = sizeof(value);
	return NDIS_GOOD;
}

static uint32_t put(uint8_t *to, uint32_t *answer, const void *from,
	uint32_t size)
{
	memcpy(to, from, size);
	*answer = size;
	return NDIS_GOOD;
}

/* Numbers that are always the same. */
static const struct {
	uint32_t oid, value;
} fixed[] = {
	{ OID_HARDWARE_STATUS, 0 },		/* ready */
	{ OID_MEDIA_SUPPORTED, 0 },		/* 802.3 */
	{ OID_MEDIA_IN_USE, 0 },
	{ OID_MAXIMUM_LOOKAHEAD, LOOKAHEAD },
	{ OID_CURRENT_LOOKAHEAD, LOOKAHEAD },
	{ OID_LINK_SPEED, NIC_SPEED / 100 },
	{ OID_VENDOR_ID, 0xffffff },		/* none */
	{ OID_DRIVER_VERSION, VERSION },
	{ OID_VENDOR_DRIVER_VERSION, VERSION },
	{ OID_MAC_OPTIONS, MAC_OPTIONS },
	{ OID_MAXIMUM_SEND_PACKETS, UINT32_MAX },
	{ OID_MAXIMUM_LIST_SIZE, LIST_SIZE },
	{ OID_ENCAPSULATION, NDIS_ENCAP_8023 },
	{ OID_RCV_ERROR_ALIGNMENT, 0 },
	{ OID_XMIT_ONE_COLLISION, 0 },
	{ OID_XMIT_MORE_COLLISIONS, 0 },
};

enum counter { FRAMES, BYTES, ALL_FRAMES, ALL_BYTES, ERRORS, DROPPED };

static const struct {
	uint32_t oid;
	bool sent;
	enum counter counter;
	enum frame_kind kind;
} counters[] = {
	{ OID_XMIT_OK, true, ALL_FRAMES, 0 },
	{ OID_RCV_OK, false, ALL_FRAMES, 0 },
	{ OID_XMIT_ERROR, true, ERRORS, 0 },
	{ OID_RCV_ERROR, false, ERRORS, 0 },
	{ OID_RCV_NO_BUFFER, false, DROPPED, 0 },
	{ OID_DIRECTED_BYTES_XMIT, true, BYTES, FRAME_DIRECTED },
	{ OID_DIRECTED_FRAMES_XMIT, true, FRAMES, FRAME_DIRECTED },
	{ OID_MULTICAST_BYTES_XMIT, true, BYTES, FRAME_MULTICAST },
	{ OID_MULTICAST_FRAMES_XMIT, true, FRAMES, FRAME_MULTICAST },
	{ OID_BROADCAST_BYTES_XMIT, true, BYTES, FRAME_BROADCAST },
	{ OID_BROADCAST_FRAMES_XMIT, true, FRAMES, FRAME_BROADCAST },
	{ OID_DIRECTED_BYTES_RCV, false, BYTES, FRAME_DIRECTED },
	{ OID_DIRECTED_FRAMES_RCV, false, FRAMES, FRAME_DIRECTED },
	{ OID_MULTICAST_BYTES_RCV, false, BYTES, FRAME_MULTICAST },
	{ OID_MULTICAST_FRAMES_RCV, false, FRAMES, FRAME_MULTICAST },
	{ OID_BROADCAST_BYTES_RCV, false, BYTES, FRAME_BROADCAST },
	{ OID_BROADCAST_FRAMES_RCV, false, FRAMES, FRAME_BROADCAST },
	{ OID_BYTES_RCV, false, ALL_BYTES, 0 },
	{ OID_BYTES_XMIT, true, ALL_BYTES, 0 },
	{ OID_RCV_DISCARDS, false, DROPPED, 0 },
	{ OID_XMIT_DISCARDS, true, DROPPED, 0 },
};

/* The others that can be asked or set. */
static const uint32_t others[] = { OID_SUPPORTED_LIST, OID_MAXIMUM_FRAME_SIZE,
	OID_TRANSMIT_BUFFER_SPACE, OID_RECEIVE_BUFFER_SPACE,
	OID_TRANSMIT_BLOCK_SIZE, OID_RECEIVE_BLOCK_SIZE,
	OID_VENDOR_DESCRIPTION, OID_PACKET_FILTER, OID_MAXIMUM_TOTAL_SIZE,
	OID_CONNECT_STATUS, OID_LAYER_ADDRESSES, OID_SCALE_CAPABILITIES,
	OID_SCALE_PARAMETERS, OID_MAX_LINK_SPEED, OID_LINK_STATE,
	OID_LINK_PARAMETERS, OID_INTERRUPT_MODERATION, OID_CONFIG_PARAMETER,
	OID_PERMANENT_ADDRESS, OID_CURRENT_ADDRESS, OID_MULTICAST_LIST,
	OID_OFFLOAD_CONFIG, OID_OFFLOAD_PARAMETERS, OID_OFFLOAD_HARDWARE };

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static uint32_t list(uint8_t *to, uint32_t *answer)
{
	uint32_t all[COUNT(fixed) + COUNT(counters) + COUNT(others)], i, at = 0;

	for (i = 0; i < COUNT(fixed); i++)
		all[at++] = fixed[i].oid;
	for (i = 0; i < COUNT(counters); i++)
		all[at++] = counters[i].oid;
	for (i = 0; i < COUNT(others); i++)
		all[at++] = others[i];
	return put(to, answer, all, sizeof(all));
}

static uint64_t sum(const uint64_t *counts)
{
	return counts[FRAME_DIRECTED] + counts[FRAME_MULTICAST] +
		counts[FRAME_BROADCAST];
}

static uint64_t count(const struct nic *nic, unsigned int which)
{
	enum frame_kind kind = counters[which].kind;
	struct netvsp_traffic traffic;

	netvsp_count(nic, counters[which].sent, &traffic);
	switch (counters[which].counter) {
	case FRAMES: return traffic.frames[kind];
	case BYTES: return traffic.bytes[kind];
	case ALL_FRAMES: return sum(traffic.frames);
	case ALL_BYTES: return sum(traffic.bytes);
	case ERRORS: return traffic.errors;
	default: return traffic.dropped;
	}
}

static uint32_t link_state(const struct nic *nic, uint8_t *to,
	uint32_t *answer)
{
	const struct ndis_link_state state = {
		.object = { NDIS_OBJECT_DEFAULT, 1, sizeof(state) },
		.connect = nic->cable ? 1 : 2,
		.duplex = 2,	/* full */
		.send_speed = NIC_SPEED,
		.receive_speed = NIC_SPEED,
	};

	return put(to, answer, &state, sizeof(state));
}

static uint32_t query_other(struct nic *nic, uint32_t oid,
	const uint8_t *value, uint32_t length, uint8_t *to, uint32_t *answer)
{
	uint32_t frame = nic->mtu + FRAME_ETHERNET;
	const uint64_t speeds[2] = { NIC_SPEED, NIC_SPEED };

	switch (oid) {
	case OID_SUPPORTED_LIST: return list(to, answer);
	case OID_MAXIMUM_FRAME_SIZE: return put32(to, answer, nic->mtu);
	case OID_MAXIMUM_TOTAL_SIZE:
	case OID_TRANSMIT_BLOCK_SIZE:
	case OID_RECEIVE_BLOCK_SIZE: return put32(to, answer, frame);
	case OID_TRANSMIT_BUFFER_SPACE:
	case OID_RECEIVE_BUFFER_SPACE: return put32(to, answer, frame * 1024);
	case OID_VENDOR_DESCRIPTION:
		return put(to, answer, VENDOR, sizeof(VENDOR));
	case OID_PACKET_FILTER: return put32(to, answer, nic->filter);
	case OID_CONNECT_STATUS: return put32(to, answer, !nic->cable);
	case OID_MAX_LINK_SPEED:
		return put(to, answer, speeds, sizeof(speeds));
	case OID_LINK_STATE: return link_state(nic, to, answer);
	case OID_PERMANENT_ADDRESS:
		return put(to, answer, nic->permanent, sizeof(nic->permanent));
	case OID_CURRENT_ADDRESS:
		return put(to, answer, nic->address, sizeof(nic->address));
	case OID_SCALE_CAPABILITIES: return rss_describe(nic, to, answer);
	case OID_SCALE_PARAMETERS: return rss_show(nic, to, answer);
	case OID_OFFLOAD_CONFIG:
	case OID_OFFLOAD_HARDWARE:
		return offload_describe(nic, length, value, to, answer);
	default: return NDIS_NOT_SUPPORTED;
	}
}

uint32_t oid_query(struct nic *nic, uint32_t oid, const uint8_t *value,
	uint32_t length, uint8_t *to, uint32_t *answer)
{
	unsigned int i;

	_Static_assert((COUNT(fixed) + COUNT(counters) + COUNT(others)) * 4 <=
		NIC_LETTER - sizeof(struct rndis_answer), "the list fits");
	_Static_assert(sizeof(struct ndis_scale_parameters) +
		NDIS_SCALE_TABLE * 4 + NDIS_SCALE_KEY <=
		NIC_LETTER - sizeof(struct rndis_answer), "all answers fit");
	*answer = 0;
	for (i = 0; i < COUNT(fixed); i++)
		if (fixed[i].oid == oid)
			return put32(to, answer, fixed[i].value);
	for (i = 0; i < COUNT(counters); i++)
		if (counters[i].oid == oid)
			return put64(to, answer, count(nic, i));
	return query_other(nic, oid, value, length, to, answer);
}

static uint32_t set_filter(struct nic *nic, const uint8_t *value,
	uint32_t length)
{
	if (length < sizeof(nic->filter))
		return NDIS_INVALID_LENGTH;
	memcpy(&nic->filter, value, sizeof(nic->filter));
	return NDIS_GOOD;
}

uint32_t oid_set(struct nic *nic, uint32_t oid, const uint8_t *value,
	uint32_t length)
{
	switch (oid) {
	case OID_PACKET_FILTER: return set_filter(nic, value, length);
	case OID_CONFIG_PARAMETER: return address_set(nic, value, length);
	case OID_OFFLOAD_PARAMETERS: return offload_set(nic, value, length);
	case OID_SCALE_PARAMETERS: return rss_set(nic, value, length);
	case OID_MULTICAST_LIST:
		return length % 6 ? NDIS_INVALID_LENGTH : NDIS_GOOD;
	case OID_CURRENT_LOOKAHEAD:
	case OID_ENCAPSULATION:
		return length < 4 ? NDIS_INVALID_LENGTH : NDIS_GOOD;
	case OID_LAYER_ADDRESSES:
	case OID_LINK_PARAMETERS:
	case OID_INTERRUPT_MODERATION: return NDIS_GOOD;
	default: return NDIS_NOT_SUPPORTED;
	}
}

void oid_reset(struct nic *nic)
{
	nic->is_initialized = false;
	nic->filter = 0;
	memcpy(nic->address, nic->permanent, sizeof(nic->address));
	memset(&nic->rss, 0, sizeof(nic->rss));
	if (nic_is_large(nic))
		tap_set_large(&nic->tap, false, false);
	nic->rsc4 = nic->rsc6 = false;
}
