/* Network adapters: guests that do what they must not, row by row. */
/* SPDX-License-Identifier: MIT */
#include "fake_network.h"

static uint8_t bytes[LANE_PACKET], frame[4096], wire[70000];

static uint32_t odd(void)
{
	static const uint32_t values[] = { 0, 1, 7, 8, 11, 12, 27, 28, 35, 36,
		43, 44, 45, 64, 255, 256, 0xfff, 0x1000, 6143, 6144, 6145,
		0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff8,
		0xfffffffe, UINT32_MAX };

	return any() % 4 ? values[any() % (sizeof(values) / 4)] : any();
}

/* What has come to the guest is given back. */
static void drain(void)
{
	struct virtio_net_hdr_v1 tap;
	struct taken taken;

	pump();
	while (take(0, &taken)) {
		if (taken.type == PACKET_TRANSFER_PAGES)
			complete(0, taken.id);
		pump();
	}
	while (wire_read(0, &tap, wire) >= 0)
		;
}

/* The adapter is as it was: a frame goes each way. */
static void alive(void)
{
	struct virtio_net_hdr_v1 tap;
	uint32_t size, got, word;
	struct taken taken;
	const struct nic *nic = &netvsp.nics[0];
	bool answers;

	drain();
	answers = nic->state == NIC_READY &&
		channel_is_open(&nic->lanes[0].channel) &&
		nic->receive && nic->receive->id == RECEIVE_LIST &&
		nic->receive_id == RECEIVE_ID &&
		nic->send && nic->send->id == SEND_LIST;
	if (!answers) {
		close_channel(0);
		while (fake_take(&fake))
			;
		negotiated(NVSP_VERSION_6_1);
	}
	drain();
	CHECK(initialize() == NDIS_GOOD);
	set_filter(FILTER_PROMISCUOUS);
	drain();
	size = fake_frame(frame, false, 17, 300);
	wire_write(0, NULL, frame, size);
	CHECK(must_take(0, &taken) && taken.count == 1);
	CHECK(!memcmp(got_frame(&taken, 0, &got, 0, &word), frame, size));
	complete(0, taken.id);
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == (int)size);
}

/* N21: packets of NVSP in any order, with any contents. */
static void test_nvsp(void)
{
	static const uint32_t types[] = { NVSP_INIT, NVSP_NDIS_VERSION,
		NVSP_RECEIVE_BUFFER, NVSP_REVOKE_RECEIVE_BUFFER,
		NVSP_SEND_BUFFER, NVSP_REVOKE_SEND_BUFFER, NVSP_RNDIS,
		NVSP_RNDIS, NVSP_NDIS_CONFIG, NVSP_OID_QUERY, NVSP_SUB_CHANNEL,
		NVSP_PD_API, NVSP_RNDIS_COMPLETE, 0, 99, 200 };
	unsigned int count = fake_operations("N21"), i;
	struct nvsp_message message;
	const struct vmbus_header *header;
	uint32_t size;

	ready(3, 0, NVSP_VERSION_6_1, false);
	while (count--) {
		message.type = types[any() % (sizeof(types) / 4)];
		for (i = 0; i < 9; i++)
			message.words[i] = any() % 8 ? odd() : any() % 2 ?
				RECEIVE_LIST : RECEIVE_ID;
		size = any() % 4 ? sizeof(message) :
			any() % sizeof(message) & ~7u;
		post(0, any() % 8 ? PACKET_IN_BAND : PACKET_GPA_DIRECT,
			any(), &message, size, size && any() % 2 ? 8 : 0);
		if (any() % 4 == 0)
			complete(0, any() % 2 ? any() % 20 : any());
		if (any() % 4 == 0)
			drain();
		while ((header = fake_take(&fake)))
			if (header->type == VMBUS_OFFER)
				CHECK(((const struct vmbus_offer *)header)
					->subchannel <= 2);
		if (count % 100 == 0)
			alive();
	}
}

/* The first packets, before there is anything. */
static void test_before(void)
{
	static const uint32_t types[] = { NVSP_RNDIS, NVSP_RECEIVE_BUFFER,
		NVSP_SUB_CHANNEL, NVSP_REVOKE_SEND_BUFFER, NVSP_NDIS_CONFIG };
	struct nvsp_message message = { 0 };
	unsigned int i;

	up(2, 0, false);
	connect_bus();
	open_channel(0);
	for (i = 0; i < 5; i++) {
		message.type = types[i];
		CHECK(ask(0, message).status == NVSP_FAILURE);
	}
	CHECK(init_version(NVSP_VERSION_6_1) == NVSP_GOOD);
	for (i = 0; i < 2; i++) {
		message.type = types[i];
		message.rndis.channel = NVSP_CONTROL;
		CHECK(ask(0, message).status == NVSP_FAILURE);
	}
	/* Buffers that are too small, are used already, or are not there. */
	pthread_mutex_lock(&device_lock);
	make_list(1, 3, RECEIVE_PAGE, 1);
	make_list(1, 4, RECEIVE_PAGE, 12);
	pthread_mutex_unlock(&device_lock);
	for (i = 2; i < 5; i++)
		CHECK(send_list(NVSP_RECEIVE_BUFFER, i, 1).receive_complete
			.status == NVSP_FAILURE);
	CHECK(send_list(NVSP_SEND_BUFFER, 3, 1).send_complete.status ==
		NVSP_FAILURE);
	CHECK(send_list(NVSP_RECEIVE_BUFFER, 0xe1e01, 1).receive_complete
		.status == NVSP_FAILURE);
	buffers();
	message = (struct nvsp_message){ .type = NVSP_SUB_CHANNEL };
	message.sub_channel.operation = NVSP_ALLOCATE;
	for (i = 2; i; i *= 2) {
		message.sub_channel.count = i;
		CHECK(ask(0, message).sub_channel_complete.status ==
			NVSP_FAILURE);
	}
	CHECK(send_section(0, 100) == NVSP_FAILURE);
	alive();
}

/* A header of RNDIS, mostly right. */
static uint32_t spoilt_message(uint8_t *to)
{
	uint32_t size = fake_frame(frame, any() % 2, any() % 2 ? 6 : 17,
		any() % 1000), words = 11, i;
	uint32_t info[2][2] = { { INFO_CHECKSUM, any() & 0x03ff001f },
		{ INFO_LARGE_SEND, any() & 0xfff005ff } };
	uint32_t length = message_bytes(to, frame, size, info, any() % 3);
	uint32_t word;

	for (i = any() % 3; i; i--) {
		word = odd();
		memcpy(to + any() % words * 4, &word, 4);
	}
	return length;
}

/* N22: lengths and offsets. */
static void test_rndis(void)
{
	unsigned int count = fake_operations("N22"), before;
	struct nvsp_message message = { .type = NVSP_RNDIS };
	uint32_t length, size;

	ready(1, 0, NVSP_VERSION_6_1, false);
	before = netvsp.nics[0].version;
	while (count--) {
		length = spoilt_message(SEND + 5 * NIC_SECTION);
		message.rndis.channel = any() % 8 == 0 ? odd() : any() % 2;
		message.rndis.section = any() % 8 == 0 ? odd() : 5;
		message.rndis.size = any() % 8 == 0 ? odd() : length;
		size = sizeof(message);
		if (any() % 4) {
			post(0, PACKET_IN_BAND, 1, &message, size, 0);
		} else {
			uint32_t head[4] = { 0, any() % 8 ? 1 : odd(),
				any() % 4 ? length : odd(),
				any() % 4 ? any() % 4096 : odd() };
			uint64_t page = any() % 8 ? SEND_PAGE : any();

			memcpy(bytes, head, 16);
			memcpy(bytes + 16, &page, 8);
			message.rndis.section = any() % 2 ? NVSP_NO_SECTION :
				5;
			memcpy(bytes + 24, &message, size);
			post(0, PACKET_GPA_DIRECT, 1, bytes, 24 + size, 24);
		}
		drain();
		CHECK(netvsp.nics[0].version == before);
		if (count % 200 == 0)
			alive();
	}
}

static uint32_t send_with(uint32_t type, uint32_t word)
{
	const uint32_t info[1][2] = { { type, word } };
	uint32_t status;

	status = send_frame(0, frame, fake_frame(frame, false, 6, 600), info,
		1);
	drain();
	return status;
}

/* N23: what is said of headers. */
static void test_headers(void)
{
	unsigned int count = fake_operations("N23");

	ready(1, 0, NVSP_VERSION_6_1, false);
	CHECK(send_with(INFO_LARGE_SEND, LARGE_SEND_V2 | 34 << 20 | 1) ==
		NVSP_GOOD);
	CHECK(send_with(INFO_LARGE_SEND, LARGE_SEND_V2 | 0 << 20 | 500) ==
		NVSP_INVALID_RNDIS);
	CHECK(send_with(INFO_LARGE_SEND, LARGE_SEND_V2 | 1000 << 20 | 500) ==
		NVSP_INVALID_RNDIS);
	CHECK(send_with(INFO_CHECKSUM, CHECKSUM_IPV4 | CHECKSUM_TCP) ==
		NVSP_INVALID_RNDIS);
	CHECK(send_with(INFO_CHECKSUM, CHECKSUM_IPV4 | CHECKSUM_TCP |
		1000 << 16) == NVSP_INVALID_RNDIS);
	CHECK(send_with(INFO_VLAN, VLAN_WORD(0x0fff)) == NVSP_INVALID_RNDIS);
	while (count--)
		send_with(any() % 8, any() % 2 ? odd() : any());
	alive();
}

static uint32_t any_oid(void)
{
	static const uint32_t oids[] = { OID_PACKET_FILTER,
		OID_CONFIG_PARAMETER, OID_OFFLOAD_PARAMETERS,
		OID_SCALE_PARAMETERS, OID_MULTICAST_LIST, OID_ENCAPSULATION,
		OID_OFFLOAD_HARDWARE, OID_SCALE_CAPABILITIES };

	switch (any() % 4) {
	case 0: return 0x00010100 + any() % 0x300;
	case 1: return any();
	default: return oids[any() % (sizeof(oids) / 4)];
	}
}

/* OIDs with pointers in them, and others that a switch has, are not known. */
static void test_unknown_oids(void)
{
	static const uint32_t oids[] = { 0x00010237, 0x00010238, 0x00010244,
		0x00010245, 0x0001021a, 0xfd010105, 0x00010216 };
	uint32_t i, length;

	for (i = 0; i < sizeof(oids) / 4; i++) {
		CHECK(set(oids[i], bytes, 64) == NDIS_NOT_SUPPORTED);
		CHECK(query(oids[i], bytes, 64, bytes, &length) ==
			NDIS_NOT_SUPPORTED);
	}
}

static void test_wrong_scale(void)
{
	struct {
		struct ndis_scale_parameters head;
		uint32_t table[128];
		uint8_t key[40];
	} scale = { .head = { .object = { NDIS_OBJECT_SCALE_PARAM, 2, 40 },
		.hash = 1, .table_size = 512, .table_offset = 40,
		.key_size = 40, .key_offset = 552 } }, wrong;
	static const uint32_t sizes[] = { 0, 3, 5, 12, 20, 516, 1024, 0xfffc };
	unsigned int i;

	CHECK(set(OID_SCALE_PARAMETERS, &scale, sizeof(scale)) == NDIS_GOOD);
	for (i = 0; i < 8; i++) {
		wrong = scale;
		wrong.head.table_size = sizes[i];
		CHECK(set(OID_SCALE_PARAMETERS, &wrong, sizeof(wrong)) ==
			NDIS_INVALID_DATA);
	}
	wrong = scale;
	wrong.head.table_offset = UINT32_MAX - 3;
	CHECK(set(OID_SCALE_PARAMETERS, &wrong, sizeof(wrong)) ==
		NDIS_INVALID_DATA);
	wrong = scale;
	wrong.head.key_offset = 553;
	CHECK(set(OID_SCALE_PARAMETERS, &wrong, sizeof(wrong)) ==
		NDIS_INVALID_DATA);
	wrong = scale;
	wrong.table[127] = 1;
	CHECK(set(OID_SCALE_PARAMETERS, &wrong, sizeof(wrong)) ==
		NDIS_INVALID_DATA);
	CHECK(set(OID_SCALE_PARAMETERS, &scale, 39) == NDIS_INVALID_LENGTH);
}

static void test_wrong_address(void)
{
	struct {
		struct ndis_config_parameter head;
		uint16_t name[14], value[12];
	} good = { .head = { 20, 28, 2, 48, 24 } }, wrong;
	unsigned int i, letter;

	for (i = 0; i < 14; i++)
		good.name[i] = "NetworkAddress"[i];
	for (i = 0; i < 12; i++)
		good.value[i] = '2';
	CHECK(set(OID_CONFIG_PARAMETER, &good, sizeof(good)) == NDIS_GOOD);
	for (letter = 0; letter < 0x180; letter++) {
		bool is = (letter >= '0' && letter <= '9') ||
			(letter >= 'a' && letter <= 'f') ||
			(letter >= 'A' && letter <= 'F');

		wrong = good;
		wrong.value[11] = letter;
		CHECK(set(OID_CONFIG_PARAMETER, &wrong, sizeof(wrong)) ==
			(is ? NDIS_GOOD : NDIS_INVALID_DATA));
	}
	for (i = 0; i < 5; i++) {
		wrong = good;
		((uint32_t *)&wrong.head)[i] = UINT32_MAX;
		CHECK(set(OID_CONFIG_PARAMETER, &wrong, sizeof(wrong)) !=
			NDIS_GOOD);
	}
}

/* N24. */
static void test_oids(void)
{
	unsigned int count = fake_operations("N24"), i;
	struct {
		struct rndis_request request;
		uint8_t value[900];
	} message;

	ready(1, 0, NVSP_VERSION_6_1, false);
	test_unknown_oids();
	test_wrong_scale();
	test_wrong_address();
	while (count--) {
		message.request = (struct rndis_request){
			.header = { any() % 4 ? RNDIS_SET : any() % 10,
				28 + any() % 900 },
			.oid = any_oid(), .length = any() % 800,
			.offset = any() % 8 ? 20 : odd() };
		if (any() % 8 == 0)
			message.request.length = odd();
		for (i = 0; i < sizeof(message.value); i += 1 + any() % 8)
			message.value[i] = any() % 4 ? any() % 64 : any();
		control(&message, any() % 4 ? message.request.header.size :
			any() % sizeof(message));
		drain();
		if (count % 200 == 0)
			alive();
	}
	alive();
}

int main(int count, char **arguments)
{
	start("test_net_hostile", count, arguments);
	test_before();
	test_nvsp();
	test_rndis();
	test_headers();
	test_oids();
	down();
	return 0;
}
