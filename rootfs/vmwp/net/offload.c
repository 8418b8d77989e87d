/* OIDs of offloads: what a NIC does in the guest's place. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "net/oid.h"

#define LARGE_MAX	65000u	/* bytes of TCP in one large send */
#define LARGE_MIN	2u	/* segments */

#define CAN_IPV4	(NDIS_CAN_IP_OPTIONS | NDIS_CAN_TCP_OPTIONS | \
	NDIS_CAN_TCP | NDIS_CAN_UDP | NDIS_CAN_IP)
#define CAN_IPV6	(NDIS_CAN_EXTENSIONS | NDIS_CAN_TCP_OPTIONS | \
	NDIS_CAN_TCP | NDIS_CAN_UDP)

/* Before version 5 guests do not know of UDP. */
static uint32_t known(const struct nic *nic, uint32_t can)
{
	return nic->version < NVSP_VERSION_5 ? can & ~NDIS_CAN_UDP : can;
}

static bool knows_rsc(const struct nic *nic)
{
	return nic->version >= NVSP_VERSION_6_1 &&
		nic->capabilities & NVSP_CAPABILITY_RSC;
}

/* Revisions 1 to 3 differ in what is at the end. */
static uint16_t size_of(uint8_t revision)
{
	if (revision == 1)
		return NDIS_OFFLOAD_6_0;
	return revision == 2 ?
		NDIS_OFFLOAD_6_1 : sizeof(struct ndis_offload);
}

uint32_t offload_describe(const struct nic *nic, uint32_t length,
	const uint8_t *value, uint8_t *to, uint32_t *answer)
{
	struct ndis_offload can = {
		.object = { NDIS_OBJECT_OFFLOAD, 3, 0 },
		.ip4_send_encap = NDIS_ENCAP_8023,
		.ip4_send = known(nic, CAN_IPV4),
		.ip4_receive_encap = NDIS_ENCAP_8023,
		.ip4_receive = known(nic, CAN_IPV4) & ~NDIS_CAN_IP,
		.ip6_send_encap = NDIS_ENCAP_8023,
		.ip6_send = known(nic, CAN_IPV6),
		.ip6_receive_encap = NDIS_ENCAP_8023,
		.ip6_receive = known(nic, CAN_IPV6),
		.large4_encap = NDIS_ENCAP_8023, .large4_max = LARGE_MAX,
		.large4_min = LARGE_MIN,
		.large6_encap = NDIS_ENCAP_8023, .large6_max = LARGE_MAX,
		.large6_min = LARGE_MIN,
		.large6_options = NDIS_CAN_EXTENSIONS | NDIS_CAN_TCP_OPTIONS,
		.rsc4 = knows_rsc(nic), .rsc6 = knows_rsc(nic),
	};
	struct ndis_object asked;

	if (nic->version < NVSP_VERSION_5)
		can.object.revision = 1;
	if (length >= sizeof(asked)) {
		memcpy(&asked, value, sizeof(asked));
		if (asked.type != NDIS_OBJECT_OFFLOAD || !asked.revision)
			return NDIS_INVALID_DATA;
		if (asked.revision < can.object.revision)
			can.object.revision = asked.revision;
	}
	can.object.size = size_of(can.object.revision);
	memcpy(to, &can, can.object.size);
	*answer = can.object.size;
	return NDIS_GOOD;
}

static bool switched(bool *to, uint8_t value, bool can)
{
	if (value > NDIS_ON)
		return false;
	if (value)
		*to = can && value == NDIS_ON;
	return true;
}

uint32_t offload_set(struct nic *nic, const uint8_t *value, uint32_t length)
{
	struct ndis_offload_parameters wanted = { .rsc4 = 0 };
	bool ipv4 = nic->rsc4, ipv6 = nic->rsc6;

	if (length < NDIS_OFFLOAD_PARAMETERS_MIN)
		return NDIS_INVALID_LENGTH;
	memcpy(&wanted, value,
		length < sizeof(wanted) ? length : sizeof(wanted));
	if (wanted.object.type != NDIS_OBJECT_DEFAULT ||
	    !wanted.object.revision ||
	    wanted.object.size < NDIS_OFFLOAD_PARAMETERS_MIN ||
	    wanted.object.size > length ||
	    !switched(&ipv4, wanted.rsc4, knows_rsc(nic)) ||
	    !switched(&ipv6, wanted.rsc6, knows_rsc(nic)))
		return NDIS_INVALID_DATA;
	nic->rsc4 = ipv4;
	nic->rsc6 = ipv6;
	tap_set_large(&nic->tap, ipv4, ipv6);
	return NDIS_GOOD;
}
