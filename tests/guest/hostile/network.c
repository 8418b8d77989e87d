/* Hostile guests, N21: NVSP's packets. N22: RNDIS messages. N23: what is said of a
 * frame's headers. N24: OIDs. */
/* SPDX-License-Identifier: MIT */
#include "disk.h"
#include "nic.h"
#include "rows.h"

#define LOOK	16	/* steps from one look at all of it to the next */
#define SECTION	1u	/* the last one but one that there is */

static void count(bool good)
{
	if (good)
		taken++;
	else
		refused++;
}

/* N21. What it does to itself is over with the channel. */
static void step_nvsp(void)
{
	static const uint32_t types[] = { NVSP_INIT, NVSP_NDIS_VERSION,
		NVSP_RECEIVE_BUFFER, NVSP_REVOKE_RECEIVE_BUFFER,
		NVSP_SEND_BUFFER, NVSP_REVOKE_SEND_BUFFER, NVSP_RNDIS,
		NVSP_RNDIS, NVSP_RNDIS_COMPLETE, NVSP_NDIS_CONFIG,
		NVSP_OID_QUERY, NVSP_SUB_CHANNEL, NVSP_PD_API, 0, 99, 200 };
	static const uint32_t words[] = { 1, 2, NIC_RECEIVE_LIST,
		NIC_SEND_LIST, NIC_ID, 0, NVSP_VERSION_6_1 };
	struct nvsp_message message = { .type = PICK(types) };
	uint32_t i;

	for (i = 0; i < 9; i++)
		message.words[i] = one_in(2) ? PICK(words) : (uint32_t)odd();
	if (one_in(4)) {
		nic_post(TYPE_COMPLETION, one_in(2) ? below(200) : odd(),
			&message, 8, 0);
		refused++;
	} else if (one_in(8)) {
		nic_post(one_in(2) ? TYPE_DIRECT : TYPE_IN_BAND, 3, &message,
			8 * below(6), 0);
		refused++;
	} else {
		nic_ask(&message, &message);
		count(message.status == NVSP_GOOD);
	}
	if (guest_step % LOOK == LOOK - 1)
		nic_again();
}

/* N22. One word of a message, or where it is said to be. */
static void spoil(uint32_t section, uint32_t *channel, uint32_t *where,
	uint32_t *size)
{
	uint32_t *words = (void *)(nic_send + section * NIC_SECTION);

	switch (below(8)) {
	case 0: *channel = odd(); break;
	case 1: *where = odd(); break;
	case 2: *size = odd(); break;
	default: words[below(15)] = odd();
	}
}

static void step_rndis(void)
{
	uint32_t channel = below(2), where = SECTION, size;

	size = nic_frame(SECTION, 60 + below(1000), below(10), random32());
	spoil(SECTION, &channel, &where, &size);
	count(nic_rndis(channel, where, size) == NVSP_GOOD);
	if (guest_step % LOOK == LOOK - 1)
		nic_check();
}

/* N23. */
static void step_headers(void)
{
	static const uint32_t types[] = { INFO_CHECKSUM, INFO_LARGE_SEND,
		INFO_VLAN };
	uint32_t size = nic_frame(SECTION, 14 + below(1500), PICK(types),
		one_in(2) ? (uint32_t)odd() : random32());
	uint8_t *frame = nic_send + SECTION * NIC_SECTION + 60;

	if (one_in(2))
		frame[12 + below(40)] = random32();
	count(nic_rndis(NVSP_DATA, SECTION, size) == NVSP_GOOD);
	if (guest_step % LOOK == LOOK - 1)
		nic_check();
}

/* N24. Any that is not known is not supported, whatever its value is. */
static void step_oids(void)
{
	static const uint32_t known[] = { OID_CONFIG_PARAMETER,
		OID_OFFLOAD_PARAMETERS, OID_SCALE_PARAMETERS,
		OID_MULTICAST_LIST };
	static uint32_t value[80];
	uint32_t oid = one_in(2) ? PICK(known) :
		one_in(2) ? 0x00010220 + below(0x40) : random32() | 0x20000000;
	uint32_t size = below(sizeof(value)), status;

	odd_fill(value, sizeof(value));
	if (oid == OID_SCALE_PARAMETERS && one_in(2))
		*(struct ndis_scale_parameters *)value =
			(struct ndis_scale_parameters){
				.object = { NDIS_OBJECT_SCALE_PARAM, 2, 40 },
				.table_size = odd(), .table_offset = odd(),
				.key_size = 40, .key_offset = odd() };
	status = nic_set(oid, value, size);
	CHECK(status == NDIS_NOT_SUPPORTED || oid < 0x10000000 ||
		oid == OID_OFFLOAD_PARAMETERS);
	count(status == NDIS_GOOD);
	if (guest_step % LOOK == LOOK - 1)
		nic_check();
}

/* After so much the first thing is to begin anew. */
static void end_nvsp(void)
{
	nic_again();
	nic_end();
}

const struct row row_nvsp = { "n21", nic_begin, step_nvsp, end_nvsp };
const struct row row_rndis = { "n22", nic_begin, step_rndis, end_nvsp };
const struct row row_headers = { "n23", nic_begin, step_headers, nic_end };
const struct row row_oids = { "n24", nic_begin, step_oids, nic_end };
