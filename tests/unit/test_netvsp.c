/* Network adapters: a guest that behaves. */
/* SPDX-License-Identifier: MIT */
#include "fake_network.h"

static uint8_t frame[70000], wire[70000];

static void test_negotiation(void)
{
	static const uint32_t good[] = { NVSP_VERSION_1, NVSP_VERSION_2,
		NVSP_VERSION_4, NVSP_VERSION_5, NVSP_VERSION_6,
		NVSP_VERSION_6_1 };
	struct nvsp_message message;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		up(2, 0, false);
		connect_bus();
		open_channel(0);
		CHECK(send_list(NVSP_SEND_BUFFER, 1, 0).status ==
			NVSP_FAILURE);
		CHECK(init_version(0) == NVSP_FAILURE);
		CHECK(init_version(0x70000) == NVSP_FAILURE);
		CHECK(init_version(UINT32_MAX) == NVSP_FAILURE);
		CHECK(init_version(good[i]) == NVSP_GOOD);
		CHECK(init_version(good[i]) == NVSP_FAILURE);
		message = (struct nvsp_message){ .type = NVSP_NDIS_CONFIG };
		CHECK(ask(0, message).status == (i ? NVSP_GOOD :
			NVSP_FAILURE));
		message = (struct nvsp_message){ .type = NVSP_NDIS_VERSION };
		CHECK(ask(0, message).status == NVSP_GOOD);
		message = (struct nvsp_message){ .type = NVSP_SWITCH_DATA_PATH };
		CHECK(ask(0, message).status == (i > 1 ? NVSP_GOOD :
			NVSP_FAILURE));
		message.data_path.path = 1;
		CHECK(ask(0, message).status == NVSP_FAILURE);
		message = (struct nvsp_message){ .type = NVSP_PD_API };
		message.pd.operation = 1;
		message = ask(0, message);
		CHECK(message.pd.status == (i == 5 ? NVSP_FAILURE : 0));
		message = (struct nvsp_message){ .type = NVSP_OID_QUERY };
		message = ask(0, message);
		CHECK(i < 3 || (message.type == NVSP_OID_QUERY_COMPLETE &&
			message.status == NDIS_NOT_SUPPORTED));
		message = (struct nvsp_message){ .type = 9999 };
		CHECK(ask(0, message).status == NVSP_FAILURE);
		buffers();
		CHECK(initialize() == NDIS_GOOD);
	}
}

static void test_buffers(void)
{
	struct nvsp_message message;

	up(2, 9000, false);
	connect_bus();
	open_channel(0);
	CHECK(init_version(NVSP_VERSION_6_1) == NVSP_GOOD);
	buffers();
	CHECK(netvsp.nics[0].room_size == 10240);
	/* There is one of each. */
	CHECK(send_list(NVSP_RECEIVE_BUFFER, RECEIVE_LIST, RECEIVE_ID)
		.receive_complete.status == NVSP_FAILURE);
	CHECK(send_list(NVSP_SEND_BUFFER, SEND_LIST, 0).send_complete.status ==
		NVSP_FAILURE);
	message = (struct nvsp_message){ .type = NVSP_REVOKE_RECEIVE_BUFFER };
	CHECK(ask(0, message).status == NVSP_FAILURE);
	message.revoke.id = RECEIVE_ID;
	CHECK(ask(0, message).status == NVSP_GOOD);
	CHECK(ask(0, message).status == NVSP_FAILURE);
	message = (struct nvsp_message){ .type = NVSP_REVOKE_SEND_BUFFER };
	CHECK(ask(0, message).status == NVSP_GOOD);
	pthread_mutex_lock(&device_lock);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, RECEIVE_LIST);
	fake_expect(&fake, VMBUS_GPADL_TORNDOWN);
	/* It is used until it is revoked. */
	pthread_mutex_unlock(&device_lock);
	pthread_mutex_lock(&device_lock);
	make_list(1, 5, RECEIVE_PAGE, 100);
	pthread_mutex_unlock(&device_lock);
	CHECK(send_list(NVSP_RECEIVE_BUFFER, 5, 1).receive_complete.status ==
		NVSP_GOOD);
	pthread_mutex_lock(&device_lock);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 5);
	fake_nothing(&fake);
	pthread_mutex_unlock(&device_lock);
	message = (struct nvsp_message){ .type = NVSP_REVOKE_RECEIVE_BUFFER };
	message.revoke.id = 1;
	CHECK(ask(0, message).status == NVSP_GOOD);
	fake_expect(&fake, VMBUS_GPADL_TORNDOWN);
}

static void test_oids(void)
{
	uint8_t bytes[1024], mac[6] = { 2, 0xab, 3, 4, 0xef, 5 };
	struct ndis_scale_capabilities scale;
	struct ndis_offload offload;
	struct ndis_object asked = { NDIS_OBJECT_OFFLOAD, 3, 156 };
	struct ndis_offload_parameters parameters = {
		.object = { NDIS_OBJECT_DEFAULT, 3, 26 }, .checksum = { 4, 4 },
		.large4 = 2 };
	uint32_t length, i;
	struct {
		struct ndis_config_parameter head;
		uint16_t name[14], value[12];
	} address = { .head = { 20, 28, 2, 48, 24 } };

	ready(3, 0, NVSP_VERSION_6_1, false);
	CHECK(query32(OID_MAXIMUM_FRAME_SIZE) == 1500);
	CHECK(query32(OID_MAXIMUM_TOTAL_SIZE) == 1514);
	CHECK(query32(OID_LINK_SPEED) == 100000000);
	CHECK(query32(OID_CONNECT_STATUS) == 0);
	CHECK(query32(OID_PACKET_FILTER) == 0xd);
	CHECK(query64(OID_RCV_OK) == 0);
	CHECK(!query(OID_PERMANENT_ADDRESS, NULL, 0, bytes, &length) &&
		length == 6 && !memcmp(bytes, guest_mac, 6));
	CHECK(!query(OID_SUPPORTED_LIST, NULL, 0, bytes, &length));
	for (i = 0; i < length; i += 4) {
		uint32_t oid, other;

		memcpy(&oid, bytes + i, 4);
		CHECK(query(oid, NULL, 0, frame, &other) == NDIS_GOOD ||
			set(oid, "", 0) != NDIS_NOT_SUPPORTED);
	}
	CHECK(query(0x00010117, NULL, 0, bytes, &length) ==
		NDIS_NOT_SUPPORTED && !length);
	CHECK(!query(OID_SCALE_CAPABILITIES, bytes, 18, &scale, &length) &&
		length == 18 && scale.queues == 3 && scale.entries == 128);
	CHECK(!query(OID_OFFLOAD_HARDWARE, &asked, 4, &offload, &length) &&
		length == sizeof(offload) && offload.object.revision == 3 &&
		offload.rsc4 && offload.large4_max &&
		(offload.ip4_send & 0x14) == 0x14 &&
		(offload.ip6_send & 0x15) == 0x15 &&
		(offload.large6_options & 5) == 5);
	asked.revision = 1;
	CHECK(!query(OID_OFFLOAD_HARDWARE, &asked, 4, &offload, &length) &&
		length == NDIS_OFFLOAD_6_0 && offload.object.size == length);
	asked.type = 1;
	CHECK(query(OID_OFFLOAD_HARDWARE, &asked, 4, &offload, &length) ==
		NDIS_INVALID_DATA);
	CHECK(set(OID_OFFLOAD_PARAMETERS, &parameters, 26) == NDIS_GOOD &&
		!netvsp.nics[0].rsc4);
	parameters.rsc4 = 2;
	CHECK(set(OID_OFFLOAD_PARAMETERS, &parameters, 26) == NDIS_GOOD &&
		netvsp.nics[0].rsc4 && !netvsp.nics[0].rsc6);
	parameters.rsc4 = 1;
	CHECK(set(OID_OFFLOAD_PARAMETERS, &parameters, 26) == NDIS_GOOD &&
		!netvsp.nics[0].rsc4);
	CHECK(set(OID_OFFLOAD_PARAMETERS, &parameters, 19) ==
		NDIS_INVALID_LENGTH);
	for (i = 0; i < 14; i++)
		address.name[i] = "NetworkAddress"[i];
	for (i = 0; i < 12; i++)
		address.value[i] = "02aB0304eF05"[i];
	CHECK(set(OID_CONFIG_PARAMETER, &address, sizeof(address)) ==
		NDIS_GOOD);
	CHECK(!query(OID_CURRENT_ADDRESS, NULL, 0, bytes, &length) &&
		!memcmp(bytes, mac, 6));
	CHECK(!query(OID_PERMANENT_ADDRESS, NULL, 0, bytes, &length) &&
		!memcmp(bytes, guest_mac, 6));
}

static void test_scale(void)
{
	struct {
		struct ndis_scale_parameters head;
		uint32_t table[128];
		uint8_t key[40];
	} scale = { .head = { .object = { NDIS_OBJECT_SCALE_PARAM, 2, 40 },
		.hash = 0x601, .table_size = 512, .table_offset = 40,
		.key_size = 40, .key_offset = 552 } }, back;
	uint32_t length, i;

	ready(3, 0, NVSP_VERSION_6_1, false);
	for (i = 0; i < 128; i++)
		scale.table[i] = i % 3;
	for (i = 0; i < 40; i++)
		scale.key[i] = i;
	CHECK(set(OID_SCALE_PARAMETERS, &scale, sizeof(scale)) == NDIS_GOOD);
	CHECK(!query(OID_SCALE_PARAMETERS, NULL, 0, &back, &length) &&
		length == sizeof(scale) && back.head.hash == 0x601 &&
		!memcmp(back.table, scale.table, 512) &&
		!memcmp(back.key, scale.key, 40));
	scale.head.flags = NDIS_SCALE_OFF;
	CHECK(set(OID_SCALE_PARAMETERS, &scale, 40) == NDIS_GOOD);
	CHECK(!netvsp.nics[0].rss.hash);
}

static void test_messages(void)
{
	const uint32_t alive[] = { RNDIS_KEEPALIVE, 12, 77 };
	const uint32_t reset[] = { RNDIS_RESET, 12, 0 };
	const uint32_t halt[] = { RNDIS_HALT, 12, 5 };
	const struct rndis_answer *reply;
	const struct rndis_reset_answer *done;
	struct rndis_request request = { .header = { RNDIS_QUERY, 28 },
		.oid = OID_MAXIMUM_FRAME_SIZE, .offset = 20 };
	uint32_t size;

	ready(1, 0, NVSP_VERSION_5, false);
	CHECK(control(alive, sizeof(alive)) == NVSP_GOOD);
	reply = answer(RNDIS_KEEPALIVE | RNDIS_COMPLETE, &size);
	CHECK(reply->id == 77 && !reply->status && size == 16);
	CHECK(control(reset, sizeof(reset)) == NVSP_GOOD);
	done = answer(RNDIS_RESET | RNDIS_COMPLETE, &size);
	CHECK(!done->status && !done->addressing);
	CHECK(control(halt, sizeof(halt)) == NVSP_GOOD);
	CHECK(!netvsp.nics[0].is_initialized);
	CHECK(control(&request, sizeof(request)) == NVSP_GOOD);
	reply = answer(RNDIS_QUERY | RNDIS_COMPLETE, &size);
	CHECK(reply->status == NDIS_NOT_READY && size == 16);
	CHECK(initialize() == NDIS_GOOD);
}

/* Many answers that the guest does not give back. */
static void test_letters(void)
{
	const uint32_t alive[] = { RNDIS_KEEPALIVE, 12, 77 };
	unsigned int good = 0, answers = 0, i;
	struct nvsp_message message = { .type = NVSP_RNDIS };
	uint64_t ids[NIC_CONTROL];
	struct taken taken;

	ready(1, 0, NVSP_VERSION_5, false);
	memcpy(SEND, alive, sizeof(alive));
	message.rndis.channel = NVSP_CONTROL;
	message.rndis.size = sizeof(alive);
	for (i = 0; i < 40; i++) {
		post(0, PACKET_IN_BAND, i, &message, sizeof(message), 0);
		if (i % 20 == 19)
			pump();
	}
	for (i = 0; i < 40 + NIC_CONTROL; i++) {
		CHECK(must_take(0, &taken));
		if (taken.type == PACKET_COMPLETION) {
			good += taken.message.status == NVSP_GOOD;
			CHECK(taken.message.status == NVSP_GOOD ||
				taken.message.status == NVSP_BUSY);
			continue;
		}
		CHECK(answers < NIC_CONTROL);
		ids[answers++] = taken.id;
	}
	pump();
	CHECK(!take(0, &taken) && answers == NIC_CONTROL &&
		good == NIC_CONTROL + NIC_LETTERS);
	for (i = 0; i < answers; i++)
		complete(0, ids[i]);
	for (i = NIC_CONTROL; i < good; i++) {
		CHECK(must_take(0, &taken) &&
			taken.type == PACKET_TRANSFER_PAGES);
		complete(0, taken.id);
	}
	CHECK(query32(OID_CONNECT_STATUS) == 0);
}

static void test_send(void)
{
	const uint32_t tag[1][2] = { { INFO_VLAN, VLAN_WORD(5) } };
	const uint32_t tcp[1][2] = { { INFO_CHECKSUM, CHECKSUM_IPV4 |
		CHECKSUM_TCP | 34 << 16 } };
	struct virtio_net_hdr_v1 tap;
	uint32_t size, at, i;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 6, 1000);
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == (int)size &&
		!memcmp(wire, frame, size) && !tap.flags);
	CHECK(send_frame(0, frame, size, tag, 1) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == (int)size + 4 &&
		!memcmp(wire, frame, 12) && wire[12] == 0x81 &&
		wire[15] == 5 && !memcmp(wire + 16, frame + 12, size - 12));
	CHECK(send_frame(0, frame, size, tcp, 1) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == (int)size && tap.flags ==
		VIRTIO_NET_HDR_F_NEEDS_CSUM && tap.csum_start == 34);
	/* Three in one packet. */
	for (at = i = 0; i < 3; i++) {
		frame[60] = i;
		at += message_bytes(SEND + 3 * NIC_SECTION + at, frame, size,
			NULL, 0);
	}
	CHECK(send_section(0, at) == NVSP_GOOD);
	for (i = 0; i < 3; i++)
		CHECK(wire_read(0, &tap, wire) == (int)size &&
			wire[60] == i);
	/* The longest that there is, and a byte more. */
	size = fake_frame(frame, false, 17, 1500 - 28 + 4);
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == (int)size);
	size = fake_frame(frame, false, 17, 1500 - 28 + 5);
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_INVALID_RNDIS);
	CHECK(wire_read(0, &tap, wire) == -1);
	CHECK(query64(OID_XMIT_OK) == 7 && query64(OID_XMIT_ERROR) == 1);
	CHECK(query64(OID_DIRECTED_FRAMES_XMIT) == 7);
}

/* In pages of the guest, whatever their borders are. */
static void test_send_pages(void)
{
	const uint32_t large[1][2] = { { INFO_LARGE_SEND, LARGE_SEND_V2 |
		34 << 20 | 1460 } };
	static const uint32_t pieces[] = { 100000, 4096, 2000, 1501 };
	struct virtio_net_hdr_v1 tap;
	uint32_t size, length, i, begin;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 6, 60000);
	memset(frame + 16, 0, 2);
	for (i = 0; i < 4; i++) {
		begin = DATA_PAGE * FAKE_PAGE + i * 123;
		length = message_bytes(fake_memory + begin, frame, size, large,
			1);
		CHECK(send_pages(0, begin, length, pieces[i]) == NVSP_GOOD);
		CHECK(wire_read(0, &tap, wire) == (int)size);
		CHECK(wire[16] == (size - 14) >> 8 &&
			tap.gso_type == VIRTIO_NET_HDR_GSO_TCPV4);
		CHECK(!memcmp(wire + 54, frame + 54, size - 54));
	}
	/* More ranges than there may be. */
	CHECK(send_pages(0, begin, length, 900) == NVSP_INVALID_RNDIS);
	CHECK(wire_read(0, &tap, wire) == -1);
}

static void test_receive(void)
{
	struct virtio_net_hdr_v1 tap = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 34, .csum_offset = 16 };
	uint32_t size, got, word, i, pseudo;
	struct taken taken;
	const uint8_t *at;
	uint16_t sum;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 6, 1000);
	wire_write(0, NULL, frame, size);
	CHECK(must_take(0, &taken) && taken.count == 1 &&
		taken.message.rndis.channel == NVSP_DATA);
	at = got_frame(&taken, 0, &got, INFO_CHECKSUM, &word);
	CHECK(got == size && !word && !memcmp(at, frame, size));
	complete(0, taken.id);
	/* A sum that is left out: the pseudo header's is there. */
	pseudo = frame_sum(0, frame + 26, 8);
	pseudo = frame_sum(pseudo, (const uint8_t[]){ 0, 6,
		(size - 34) >> 8, (size - 34) & 0xff }, 4);
	sum = pseudo;
	memcpy(frame + 50, &sum, 2);
	wire_write(0, &tap, frame, size);
	CHECK(must_take(0, &taken));
	at = got_frame(&taken, 0, &got, INFO_CHECKSUM, &word);
	CHECK(word == CHECKSUM_TCP_GOOD && got == size);
	memset(frame + 50, 0, 2);
	CHECK(frame_sum(pseudo, at + 34, size - 34) == 0xffff);
	complete(0, taken.id);
	/* With a tag. */
	memmove(frame + 16, frame + 12, size - 12);
	memcpy(frame + 12, (const uint8_t[]){ 0x81, 0, 0x20, 7 }, 4);
	wire_write(0, NULL, frame, size + 4);
	CHECK(must_take(0, &taken));
	at = got_frame(&taken, 0, &got, INFO_VLAN, &word);
	CHECK(got == size && word == VLAN_WORD(0x2007) &&
		!memcmp(at, frame, 12) &&
		!memcmp(at + 12, frame + 16, size - 12));
	complete(0, taken.id);
	/* Short ones, and more than one in a packet. */
	size = fake_frame(frame, false, 17, 0);
	for (i = 0; i < 5; i++)
		wire_write(0, NULL, frame, 14 + i);
	pump();
	for (i = 0; i < 5; ) {
		uint32_t one;

		CHECK(must_take(0, &taken));
		for (one = 0; one < taken.count; one++, i++) {
			at = got_frame(&taken, one, &got, 0, &word);
			CHECK(got == 14 + i && !memcmp(at, frame, got));
		}
		complete(0, taken.id);
	}
	pump();
	CHECK(!netvsp.nics[0].lanes[0].rooms.given);
	CHECK(query64(OID_RCV_OK) == 8);
}

/* A guest that wants some frames only. */
static void test_filter(void)
{
	static const uint8_t to[4][6] = { { 2, 0x53, 0x4f, 0, 0, 1 },
		{ 2, 0x53, 0x4f, 0, 0, 2 }, { 1, 0, 0x5e, 0, 0, 1 },
		{ 255, 255, 255, 255, 255, 255 } };
	static const struct {
		uint32_t filter;
		unsigned int gets;	/* which of these */
	} cases[] = { { FILTER_DIRECTED, 1 }, { FILTER_BROADCAST, 8 },
		{ FILTER_ALL_MULTICAST, 4 }, { FILTER_MULTICAST, 4 },
		{ FILTER_PROMISCUOUS, 15 }, { 0, 0 }, { 0xd, 13 } };
	struct taken taken;
	unsigned int i, one, got;
	uint32_t size, word;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 17, 100);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_filter(cases[i].filter);
		for (one = 0; one < 4; one++) {
			memcpy(frame, to[one], 6);
			wire_write(0, NULL, frame, size);
		}
		pump();
		for (got = 0; take(0, &taken); complete(0, taken.id), pump())
			for (one = 0; one < taken.count; one++) {
				const uint8_t *at = got_frame(&taken, one,
					&size, 0, &word);
				unsigned int which = 0;

				while (memcmp(at, to[which], 6))
					which++;
				got |= 1 << which;
			}
		CHECK(got == cases[i].gets);
	}
}

/* Large segments, where the guest has asked for them. */
static void test_large_receive(void)
{
	struct ndis_offload_parameters parameters = {
		.object = { NDIS_OBJECT_DEFAULT, 3, 26 },
		.rsc4 = 2, .rsc6 = 2 };
	struct virtio_net_hdr_v1 tap = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 34, .csum_offset = 16,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .gso_size = 1448 };
	static uint8_t at[70000];
	uint32_t size, got, word, tag, sent, i;
	struct taken taken;
	uint16_t pseudo;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 6, 65000);
	wire_write(0, NULL, frame, size);
	pump();
	CHECK(!take(0, &taken) && query64(OID_RCV_ERROR) == 1);
	CHECK(set(OID_OFFLOAD_PARAMETERS, &parameters, 26) == NDIS_GOOD);
	for (i = 0; i < 100; i++) {
		size = fake_frame(frame, false, 6, 65000 - i * 97);
		pseudo = frame_sum(0, frame + 26, 8);
		pseudo = frame_sum(pseudo, (const uint8_t[]){ 0, 6,
			(size - 34) >> 8, (size - 34) & 0xff }, 4);
		memcpy(frame + 50, &pseudo, 2);
		wire_write(0, &tap, frame, size);
		CHECK(must_take(0, &taken));
		got = got_pieces(&taken, at, &word, &tag);
		CHECK(got == size && word == CHECKSUM_TCP_GOOD && !tag);
		CHECK(!memcmp(at, frame, 50) &&
			!memcmp(at + 52, frame + 52, size - 52));
		memset(frame + 50, 0, 2);
		CHECK(frame_sum(pseudo, at + 34, size - 34) == 0xffff);
		complete(0, taken.id);
	}
	/* With a tag, whose place is in the first piece. */
	memmove(frame + 16, frame + 12, size - 12);
	memcpy(frame + 12, (const uint8_t[]){ 0x81, 0, 0x20, 7 }, 4);
	wire_write(0, NULL, frame, size + 4);
	CHECK(must_take(0, &taken));
	got = got_pieces(&taken, at, &word, &tag);
	CHECK(got == size && tag == VLAN_WORD(0x2007));
	CHECK(!memcmp(at, frame, 12) && !memcmp(at + 12, frame + 16, size - 12));
	complete(0, taken.id);
	/* A sum at an odd place, as another guest may have asked for: nothing
	 * else is touched. */
	tap.csum_start = 35;
	tap.csum_offset = 1728 - 96 - 36;
	wire_write(0, &tap, frame, size);
	CHECK(must_take(0, &taken));
	got = got_pieces(&taken, at, &word, &tag);
	CHECK(got == size - 4 && !memcmp(at + 12, frame + 16, 1600 - 16));
	complete(0, taken.id);
	/* Many at once: no packet has more ranges than Linux takes. */
	sent = wire_fill(0, frame, size, 20);
	for (i = 0; i < sent; ) {
		CHECK(must_take(0, &taken));
		CHECK(taken.count <= LANE_RANGES);
		for (got = 0; got < taken.count; got++) {
			got_frame(&taken, got, &word, INFO_PIECE, &tag);
			i += tag == PIECE_WORD(0, PIECE_LAST);
		}
		complete(0, taken.id);
	}
}

/* A guest that keeps what it gets, then gives it back. */
static void test_crowded(void)
{
	static uint64_t ids[3000];
	uint32_t size, sent = 0, got = 0, packets = 0, i;
	struct taken taken;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 17, 1400);
	for (i = 0; i < 3000; i++) {
		wire_write(0, NULL, frame, size);
		sent++;
		pump();
		while (take(0, &taken)) {
			got += taken.count;
			ids[packets++] = taken.id;
		}
		if (sent - got > 5)
			break;
	}
	CHECK(got == RECEIVE_PAGES * 4096 / 1728 - NIC_CONTROL);
	CHECK(fake_lane(0)->crowded);
	/* Control messages have a way all the same. */
	CHECK(query32(OID_CONNECT_STATUS) == 0);
	for (i = 0; i < packets; i++) {
		complete(0, ids[i]);
		if (i % 16 == 15)
			pump();
	}
	while (got < sent) {
		CHECK(must_take(0, &taken));
		got += taken.count;
		complete(0, taken.id);
	}
	pump();
	CHECK(!fake_lane(0)->rooms.given);
}

/* A guest that does not read its ring. */
static void test_full_ring(void)
{
	struct virtio_net_hdr_v1 tap;
	uint32_t size, given = 0, got = 0, i;
	struct nvsp_message message = { .type = NVSP_RNDIS };
	struct taken taken;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = message_bytes(SEND, frame, fake_frame(frame, false, 17, 10),
		NULL, 0);
	message.rndis.size = size;
	for (i = 0; i < 3000; i++) {
		uint16_t head[4] = { PACKET_IN_BAND, 2, 7, 1 };

		if (fake_write(&side[0].out, head, i, &message,
			sizeof(message)) < 0)
			break;
		given++;
		ring_bell(0);
		pump();
		while (wire_read(0, &tap, wire) >= 0)
			;
	}
	CHECK(given < 3000 && fake_lane(0)->full);
	while (got < given) {
		CHECK(must_take(0, &taken));
		CHECK(taken.id == got && taken.message.status == NVSP_GOOD);
		got++;
		ring_bell(0);
	}
	CHECK(query32(OID_CONNECT_STATUS) == 0);
}

static void test_sub_channels(void)
{
	struct nvsp_message message = { .type = NVSP_SUB_CHANNEL };
	struct virtio_net_hdr_v1 tap;
	struct taken taken;
	uint32_t size, i, got, word;

	ready(4, 0, NVSP_VERSION_6_1, false);
	message.sub_channel.operation = NVSP_ALLOCATE;
	message.sub_channel.count = 4;
	CHECK(ask(0, message).sub_channel_complete.status == NVSP_FAILURE);
	sub_channels(3);
	size = fake_frame(frame, false, 17, 300);
	for (i = 0; i < 4; i++) {
		frame[50] = i;
		CHECK(send_frame(i, frame, size, NULL, 0) == NVSP_GOOD);
		CHECK(wire_read(i, &tap, wire) == (int)size && wire[50] == i);
		wire_write(i, NULL, frame, size);
		CHECK(must_take(i, &taken));
		CHECK(got_frame(&taken, 0, &got, 0, &word)[50] == i);
		complete(i, taken.id);
		pump();
		CHECK(!fake_lane(i)->rooms.given);
	}
	/* They have frames only. */
	message.sub_channel.count = 1;
	CHECK(ask(2, message).status == NVSP_FAILURE);
	message = (struct nvsp_message){ .type = NVSP_RNDIS };
	message.rndis.channel = NVSP_CONTROL;
	CHECK(ask(2, message).status == NVSP_FAILURE);
	/* One that the guest closes can be opened again. */
	CHECK(!close_channel(3));
	open_channel(3);
	CHECK(must_take(0, &taken));
	/* Without the first there are no others. */
	CHECK(close_channel(0) == 3);
	negotiated(NVSP_VERSION_6_1);
	CHECK(initialize() == NDIS_GOOD);
	sub_channels(2);
}

static uint32_t link_status(void)
{
	const struct rndis_indicate *indicate;
	uint32_t size;

	pump();
	indicate = answer(RNDIS_INDICATE, &size);
	CHECK(size == sizeof(*indicate));
	return indicate->status;
}

static void test_cable(void)
{
	struct virtio_net_hdr_v1 tap;
	struct taken taken;
	uint32_t size;

	ready(1, 0, NVSP_VERSION_6_1, false);
	size = fake_frame(frame, false, 17, 300);
	CHECK(netvsp_plug(&netvsp, 1, false) == -ENODEV);
	CHECK(!netvsp_plug(&netvsp, 0, false));
	CHECK(link_status() == NDIS_DISCONNECTED);
	CHECK(query32(OID_CONNECT_STATUS) == 1);
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == -1);
	wire_write(0, NULL, frame, size);
	pump();
	CHECK(!take(0, &taken));
	CHECK(!netvsp_plug(&netvsp, 0, true));
	CHECK(link_status() == NDIS_CONNECTED);
	CHECK(!take(0, &taken));
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(wire_read(0, &tap, wire) == (int)size);
}

static void test_removal(void)
{
	struct taken taken;
	uint32_t size;

	ready(2, 0, NVSP_VERSION_6_1, false);
	sub_channels(1);
	size = fake_frame(frame, false, 17, 300);
	CHECK(netvsp_remove(&netvsp, 3) == -ENODEV);
	CHECK(netvsp_remove(&netvsp, 0) == -EAGAIN);
	CHECK(netvsp_plug(&netvsp, 0, true) == -EBUSY);
	CHECK(link_status() == NDIS_DISCONNECTED);
	CHECK(netvsp_remove(&netvsp, 0) == -EAGAIN);
	fake_time += NETVSP_QUIET;
	fake_lane(1)->last = fake_time - 5;
	CHECK(netvsp_remove(&netvsp, 0) == -EAGAIN);
	fake_lane(1)->last = 0;
	CHECK(netvsp_remove(&netvsp, 0) == 0);
	CHECK(netvsp_remove(&netvsp, 0) == -ENODEV);
	fake_expect(&fake, VMBUS_RESCIND);
	fake_expect(&fake, VMBUS_RESCIND);
	/* Another one gets a place where nobody is, then this one again. */
	CHECK(add_nic(0, 2, 0) == -EBUSY);
	CHECK(add_nic(-1, 2, 0) == 1);
	fake_expect(&fake, VMBUS_OFFER);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 1);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 2);
	CHECK(add_nic(0, 1, 0) == 0);
	fake_expect(&fake, VMBUS_OFFER);
	negotiated(NVSP_VERSION_5);
	CHECK(initialize() == NDIS_GOOD);
	/* A guest that never lets go. */
	set_filter(FILTER_PROMISCUOUS);
	wire_write(0, NULL, frame, size);
	CHECK(must_take(0, &taken));
	CHECK(netvsp_remove(&netvsp, 0) == -EAGAIN);
	fake_time += NETVSP_QUIET + 1;
	CHECK(netvsp_remove(&netvsp, 0) == -EAGAIN);
	fake_time += NETVSP_PATIENCE;
	CHECK(netvsp_remove(&netvsp, 0) == 0);
}

static void test_places(void)
{
	struct netvsp_nic nic = { .mac = { 2 } };
	unsigned int i;

	up(1, 0, false);
	for (i = 1; i < NETVSP_NICS; i++)
		CHECK(add_nic(-1, 1, 1500) == (int)i);
	CHECK(add_nic(-1, 1, 1500) == -EBUSY);
	CHECK(add_nic(8, 1, 1500) == -EBUSY);
	CHECK(netvsp_remove(&netvsp, 5) == 0);
	CHECK(add_nic(5, 1, 9001) == -EINVAL);
	CHECK(add_nic(5, 1, 67) == -EINVAL);
	nic.mac[0] = 1;
	CHECK(netvsp_add(&netvsp, 5, &nic) == -EINVAL);
	CHECK(add_nic(5, 1, 9000) == 5);
}

/* What is saved is loaded into another one, which goes on. */
static void test_saved(void)
{
	struct virtio_net_hdr_v1 tap;
	struct stream stream, again;
	struct taken taken, other;
	uint32_t size;

	ready(2, 0, NVSP_VERSION_6_1, false);
	sub_channels(1);
	size = fake_frame(frame, false, 17, 300);
	wire_write(0, NULL, frame, size);
	wire_write(1, NULL, frame, size);
	CHECK(must_take(0, &taken) && must_take(1, &other));
	save(&vmbus.device, &stream);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &stream,
		vmbus.device.ops->version));
	save(&vmbus.device, &again);
	CHECK(stream.size == again.size &&
		!memcmp(stream.data, again.data, stream.size));
	stream_free(&again);
	CHECK(fake_lane(0)->rooms.given == 1 && fake_lane(1)->rooms.given == 1);
	complete(0, taken.id);
	complete(1, other.id);
	pump();
	CHECK(!fake_lane(0)->rooms.given && !fake_lane(1)->rooms.given);
	CHECK(send_frame(1, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(wire_read(1, &tap, wire) == (int)size);
	wire_write(0, NULL, frame, size);
	CHECK(must_take(0, &taken) && taken.count == 1);
	stream_free(&stream);
	CHECK(!netvsp_plug(&netvsp, 0, false));
	check_bad_loads(&vmbus.device, 300);
}

/* The same with threads, and while the VM stands still. */
static void test_threads(void)
{
	struct virtio_net_hdr_v1 tap;
	struct taken taken;
	uint32_t size, i;

	ready(3, 0, NVSP_VERSION_6_1, true);
	sub_channels(2);
	size = fake_frame(frame, false, 17, 1000);
	for (i = 0; i < 60; i++) {
		if (i % 7 == 3) {
			netvsp_pause(&netvsp);
			netvsp_go(&netvsp);
		}
		CHECK(send_frame(i % 3, frame, size, NULL, 0) == NVSP_GOOD);
		CHECK(wire_read(i % 3, &tap, wire) == (int)size);
		wire_write(i % 3, NULL, frame, size);
		CHECK(must_take(i % 3, &taken));
		complete(i % 3, taken.id);
	}
	CHECK(!netvsp_plug(&netvsp, 0, false));
	CHECK(link_status() == NDIS_DISCONNECTED);
	CHECK(close_channel(0) == 2);
	CHECK(netvsp_remove(&netvsp, 0) == 0);
	CHECK(add_nic(-1, 2, 0) == 1);
}

int main(int count, char **arguments)
{
	start("test_netvsp", count, arguments);
	test_negotiation();
	test_buffers();
	test_oids();
	test_scale();
	test_messages();
	test_letters();
	test_send();
	test_send_pages();
	test_receive();
	test_filter();
	test_large_receive();
	test_crowded();
	test_full_ring();
	test_sub_channels();
	test_cable();
	test_removal();
	test_places();
	test_saved();
	test_threads();
	down();
	return 0;
}
