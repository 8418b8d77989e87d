/* A guest with a NIC whose tap is a pair of sockets: opens, negotiates, sends,
 * receives. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_NETWORK_H
#define TESTS_FAKE_NETWORK_H

#include <sys/socket.h>
#include <unistd.h>

#ifndef FAKE_RAM
#define FAKE_RAM	(8u << 20)
#endif
#include "fake_vmbus.h"
#include "net/netvsp.h"

/* Where the guest has what: rings of each channel, buffers, and data. */
#define RING_PAGE	16u
#define RING_PAGES	8u	/* of each ring */
#define RECEIVE_PAGE	256u
#define RECEIVE_PAGES	512u
#define SEND_PAGE	768u
#define SEND_PAGES	240u
#define DATA_PAGE	1024u
#define RECEIVE		(fake_memory + RECEIVE_PAGE * FAKE_PAGE)
#define SEND		(fake_memory + SEND_PAGE * FAKE_PAGE)
#define DATA		(fake_memory + DATA_PAGE * FAKE_PAGE)
#define RECEIVE_LIST	0xaa01u
#define SEND_LIST	0xaa02u
#define RECEIVE_ID	0xcafeu

static struct fake fake;
static struct vmbus vmbus;
static struct netvsp netvsp;
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_up;
static uint64_t fake_time;
static const uint8_t guest_mac[6] = { 2, 0x53, 0x4f, 0, 0, 1 };

struct guest_channel {
	struct fake_ring out, in;
	int wire;		/* the tap's other side */
};
static struct guest_channel side[NIC_LANES];

static inline uint64_t fake_now(void)
{
	return fake_time;
}

static inline struct lane *fake_lane(unsigned int index)
{
	return &netvsp.nics[0].lanes[index];
}

static inline void ring_bell(unsigned int index)
{
	uint64_t one = 1;

	CHECK(write(fake_lane(index)->channel.bell, &one, 8) == 8);
}

/* Everything that can be done without waiting. */
static inline void pump(void)
{
	unsigned int i, rounds;

	if (netvsp.threads) {
		usleep(20000);
		return;
	}
	for (rounds = 0; rounds < 8; rounds++)
		for (i = 0; i < netvsp.nics[0].used; i++)
			lane_turn(fake_lane(i), false);
}

static inline void down(void)
{
	unsigned int i;

	if (!is_up)
		return;
	is_up = false;
	netvsp_pause(&netvsp);
	vmbus.device.ops->exit(&vmbus.device);
	netvsp_exit(&netvsp);
	for (i = 0; i < NIC_LANES; i++)
		if (side[i].wire > 0)
			close(side[i].wire);
	memset(side, 0, sizeof(side));
}

static inline int add_nic(int place, unsigned int queues, uint32_t mtu)
{
	struct netvsp_nic nic = { .mtu = mtu };
	int pair[2], fds[NIC_LANES];
	unsigned int i;

	memcpy(nic.mac, guest_mac, 6);
	for (i = 0; i < queues; i++) {
		CHECK(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair));
		fds[i] = pair[0];
		if (side[i].wire > 0)
			close(side[i].wire);
		side[i].wire = pair[1];
	}
	CHECK(!tap_take(&nic.tap, fds, queues));
	return netvsp_add(&netvsp, place, &nic);
}

static inline void up(unsigned int lanes, uint32_t mtu, bool threads)
{
	down();
	fake_init(&fake);
	fake_time = 1;
	CHECK(!vmbus_init(&vmbus, &fake.ram, FAKE_VPS, &fake_host, &fake));
	pthread_mutex_lock(&device_lock);
	CHECK(!netvsp_init(&netvsp, &vmbus, &device_lock, lanes, threads));
	pthread_mutex_unlock(&device_lock);
	netvsp.now = fake_now;
	is_up = true;
	CHECK(add_nic(-1, lanes, mtu) == 0);
}

static inline void connect_bus(void)
{
	const struct vmbus_offer *offer;

	pthread_mutex_lock(&device_lock);
	fake_contact(&vmbus, VMBUS_VERSION_5_3, 1, 2);
	fake_expect(&fake, VMBUS_VERSION_RESPONSE);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	offer = fake_expect(&fake, VMBUS_OFFER);
	CHECK(offer->type.a == 0xf8615163 && !offer->subchannel);
	fake_expect(&fake, VMBUS_OFFERS_DELIVERED);
	fake_nothing(&fake);
	pthread_mutex_unlock(&device_lock);
}

static inline void make_list(uint32_t relid, uint32_t id, uint32_t page,
	uint32_t count)
{
	const struct vmbus_gpadl_created *created;

	fake_gpadl(&vmbus, relid, id, page, count);
	created = fake_expect(&fake, VMBUS_GPADL_CREATED);
	CHECK(created->status == VMBUS_GOOD);
}

static inline void open_channel(unsigned int index)
{
	uint32_t relid = index + 1, page = RING_PAGE + index * 2 * RING_PAGES;
	const struct vmbus_open_result *result;

	side[index].out = fake_ring(page, RING_PAGES);
	side[index].in = fake_ring(page + RING_PAGES, RING_PAGES);
	pthread_mutex_lock(&device_lock);
	make_list(relid, 0xe1e00 + relid, page, 2 * RING_PAGES);
	fake_open(&vmbus, relid, 0xe1e00 + relid, index % FAKE_VPS,
		RING_PAGES);
	result = fake_expect(&fake, VMBUS_OPEN_RESULT);
	CHECK(result->relid == relid && result->status == VMBUS_GOOD);
	pthread_mutex_unlock(&device_lock);
	pump();
}

/* How many others are rescinded for it; the guest lets them go. */
static inline unsigned int close_channel(unsigned int index)
{
	const struct vmbus_header *header;
	unsigned int rescinded = 0;

	pthread_mutex_lock(&device_lock);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, index + 1);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, index + 1, 0xe1e01 + index);
	while ((header = fake_take(&fake)) &&
	       header->type == VMBUS_RESCIND) {
		FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED,
			((const struct vmbus_relid *)header)->relid);
		rescinded++;
	}
	CHECK(header && header->type == VMBUS_GPADL_TORNDOWN);
	if (!index) {
		FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, RECEIVE_LIST);
		FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, SEND_LIST);
		while (fake_take(&fake))
			;
	}
	pthread_mutex_unlock(&device_lock);
	return rescinded;
}

/* What a guest finds in its ring. */
struct taken {
	uint16_t type;
	uint64_t id;
	struct nvsp_message message;
	uint32_t data;		/* bytes of the data */
	uint32_t count;		/* ranges */
	struct nvsp_range ranges[LANE_RANGES];
	uint8_t bytes[1024];
};

static inline bool take(unsigned int index, struct taken *taken)
{
	struct fake_ring *ring = &side[index].in;
	uint32_t at = fake_load(ring, FAKE_READ), before, size;
	uint8_t header[8 + LANE_RANGES * sizeof(struct nvsp_range)];
	uint16_t head[4];
	uint64_t trailer;

	memset(taken, 0, sizeof(*taken));
	if (at == fake_load(ring, FAKE_WRITE))
		return false;
	fake_get(ring, &at, head, 8);
	fake_get(ring, &at, &taken->id, 8);
	taken->type = head[0];
	before = head[1] * 8u - 16;
	size = (head[2] - head[1]) * 8u;
	CHECK(before <= sizeof(header) && size <= sizeof(taken->bytes));
	fake_get(ring, &at, header, before);
	fake_get(ring, &at, taken->bytes, size);
	fake_get(ring, &at, &trailer, 8);
	fake_store(ring, FAKE_READ, at);
	taken->data = size;
	memcpy(&taken->message, taken->bytes, size < sizeof(taken->message) ?
		size : sizeof(taken->message));
	if (head[0] != PACKET_TRANSFER_PAGES)
		return true;
	memcpy(&taken->count, header + 4, 4);
	CHECK(*(uint16_t *)header == RECEIVE_ID);
	CHECK(taken->count && before == 8 + taken->count * 8);
	CHECK(taken->message.type == NVSP_RNDIS &&
		taken->message.rndis.section == NVSP_NO_SECTION);
	memcpy(taken->ranges, header + 8, taken->count * 8);
	return true;
}

static inline bool must_take(unsigned int index, struct taken *taken)
{
	unsigned int tries;

	for (tries = 0; tries < 1000; tries++) {
		if (take(index, taken))
			return true;
		pump();
		/* A kernel's own queues may take a moment. */
		if (tries > 50)
			usleep(5000);
	}
	return false;
}

static inline void post(unsigned int index, uint16_t type, uint64_t id,
	const void *bytes, uint32_t size, uint32_t data)
{
	uint16_t head[4] = { type, 2 + data / 8, 2 + (size + 7) / 8,
		PACKET_FLAG_COMPLETION };
	uint8_t padded[LANE_PACKET + 8] = { 0 };

	CHECK(size <= LANE_PACKET);
	memcpy(padded, bytes, size);
	CHECK(fake_write(&side[index].out, head, id, padded,
		(size + 7) & ~7u) >= 0);
	ring_bell(index);
}

/* The guest is done with what it got. */
static inline void complete(unsigned int index, uint64_t id)
{
	const struct nvsp_message message = { .type = NVSP_RNDIS_COMPLETE,
		.status = NVSP_GOOD };

	post(index, PACKET_COMPLETION, id, &message, 8, 0);
}

static inline struct nvsp_message ask(unsigned int index,
	struct nvsp_message message)
{
	struct taken taken;

	post(index, PACKET_IN_BAND, 0x77, &message, sizeof(message), 0);
	pump();
	CHECK(must_take(index, &taken));
	CHECK(taken.type == PACKET_COMPLETION && taken.id == 0x77);
	return taken.message;
}

static inline uint32_t init_version(uint32_t version)
{
	struct nvsp_message message = { .type = NVSP_INIT,
		.init = { version, version } };

	message = ask(0, message);
	CHECK(message.type == NVSP_INIT_COMPLETE);
	return message.init_complete.status;
}

static inline struct nvsp_message send_list(uint32_t type, uint32_t list,
	uint16_t id)
{
	struct nvsp_message message = { .type = type };

	message.buffer.gpadl = list;
	message.buffer.id = id;
	return ask(0, message);
}

static inline void buffers(void)
{
	struct nvsp_message message;

	pthread_mutex_lock(&device_lock);
	make_list(1, RECEIVE_LIST, RECEIVE_PAGE, RECEIVE_PAGES);
	make_list(1, SEND_LIST, SEND_PAGE, SEND_PAGES);
	pthread_mutex_unlock(&device_lock);
	message = send_list(NVSP_RECEIVE_BUFFER, RECEIVE_LIST, RECEIVE_ID);
	CHECK(message.type == NVSP_RECEIVE_BUFFER_COMPLETE &&
		message.receive_complete.status == NVSP_GOOD &&
		message.receive_complete.sections == 1 &&
		!message.receive_complete.offset);
	message = send_list(NVSP_SEND_BUFFER, SEND_LIST, 0);
	CHECK(message.type == NVSP_SEND_BUFFER_COMPLETE &&
		message.send_complete.status == NVSP_GOOD &&
		message.send_complete.section == NIC_SECTION);
}

static inline void negotiated(uint32_t version)
{
	struct nvsp_message config = { .type = NVSP_NDIS_CONFIG };

	open_channel(0);
	CHECK(init_version(version) == NVSP_GOOD);
	config.config.mtu = 1514;
	config.config.capabilities[0] = NVSP_CAPABILITY_RSC;
	if (version >= NVSP_VERSION_2)
		CHECK(ask(0, config).status == NVSP_GOOD);
	buffers();
}

/* A control message from the send buffer's first section, as it is; the status of
 * its packet. */
static inline uint32_t control(const void *bytes, uint32_t size)
{
	struct nvsp_message message = { .type = NVSP_RNDIS };

	memcpy(SEND, bytes, size);
	message.rndis.channel = NVSP_CONTROL;
	message.rndis.size = size;
	return ask(0, message).status;
}

/* The answer that lies in the receive buffer; it is given back. */
static inline const void *answer(uint32_t type, uint32_t *size)
{
	static uint8_t bytes[1024];
	const struct rndis_header *header = (const void *)bytes;
	struct taken taken;

	CHECK(must_take(0, &taken));
	CHECK(taken.type == PACKET_TRANSFER_PAGES && taken.count == 1 &&
		taken.message.rndis.channel == NVSP_CONTROL);
	*size = taken.ranges[0].size;
	CHECK(*size <= sizeof(bytes));
	memcpy(bytes, RECEIVE + taken.ranges[0].offset, *size);
	CHECK(header->type == type && header->size == *size);
	complete(0, taken.id);
	pump();
	return bytes;
}

static inline uint32_t initialize(void)
{
	const struct rndis_initialize message = {
		.header = { RNDIS_INITIALIZE, sizeof(message) },
		.id = 1, .major = 1, .transfer = 0x4000 };
	const struct rndis_initialized *reply;
	uint32_t size;

	CHECK(control(&message, sizeof(message)) == NVSP_GOOD);
	reply = answer(RNDIS_INITIALIZE | RNDIS_COMPLETE, &size);
	CHECK(reply->id == 1 && size == sizeof(*reply));
	return reply->status;
}

/* The value in to; its length in *length. */
static inline uint32_t query(uint32_t oid, const void *value, uint32_t given,
	void *to, uint32_t *length)
{
	struct {
		struct rndis_request request;
		uint8_t value[600];
	} message = { .request = {
		.header = { RNDIS_QUERY, sizeof(message.request) + given },
		.id = 7, .oid = oid, .length = given, .offset = 20 } };
	const struct rndis_answer *reply;
	uint32_t size;

	if (given)
		memcpy(message.value, value, given);
	CHECK(control(&message, message.request.header.size) == NVSP_GOOD);
	reply = answer(RNDIS_QUERY | RNDIS_COMPLETE, &size);
	CHECK(reply->id == 7);
	if (size == RNDIS_SHORT_ANSWER)
		return reply->status;
	CHECK(reply->length == size - sizeof(*reply));
	CHECK(!reply->length || reply->offset == 16);
	memcpy(to, reply + 1, reply->length);
	*length = reply->length;
	return reply->status;
}

static inline uint32_t query32(uint32_t oid)
{
	uint8_t bytes[1024];
	uint32_t length, value;

	CHECK(query(oid, NULL, 0, bytes, &length) == NDIS_GOOD);
	CHECK(length == 4);
	memcpy(&value, bytes, 4);
	return value;
}

static inline uint64_t query64(uint32_t oid)
{
	uint8_t bytes[1024];
	uint64_t value;
	uint32_t length;

	CHECK(query(oid, NULL, 0, bytes, &length) == NDIS_GOOD);
	CHECK(length == 8);
	memcpy(&value, bytes, 8);
	return value;
}

static inline uint32_t set(uint32_t oid, const void *value, uint32_t length)
{
	struct {
		struct rndis_request request;
		uint8_t value[900];
	} message = { .request = {
		.header = { RNDIS_SET, sizeof(message.request) + length },
		.id = 9, .oid = oid, .length = length, .offset = 20 } };
	const struct rndis_answer *reply;
	uint32_t size;

	CHECK(length <= sizeof(message.value));
	memcpy(message.value, value, length);
	CHECK(control(&message, message.request.header.size) == NVSP_GOOD);
	reply = answer(RNDIS_SET | RNDIS_COMPLETE, &size);
	CHECK(reply->id == 9 && size == RNDIS_SHORT_ANSWER);
	return reply->status;
}

static inline void set_filter(uint32_t filter)
{
	CHECK(set(OID_PACKET_FILTER, &filter, 4) == NDIS_GOOD);
	pump();
}

/* All that a stock guest does until its interface is up. */
static inline void ready(unsigned int lanes, uint32_t mtu, uint32_t version,
	bool threads)
{
	up(lanes, mtu, threads);
	connect_bus();
	negotiated(version);
	CHECK(initialize() == NDIS_GOOD);
	set_filter(FILTER_DIRECTED | FILTER_BROADCAST | FILTER_ALL_MULTICAST);
}

static inline void sub_channels(unsigned int count)
{
	struct nvsp_message message = { .type = NVSP_SUB_CHANNEL };
	const struct vmbus_offer *offer;
	struct nvsp_send_table table;
	struct taken taken;
	unsigned int i;

	message.sub_channel.operation = NVSP_ALLOCATE;
	message.sub_channel.count = count;
	message = ask(0, message);
	CHECK(message.sub_channel_complete.status == NVSP_GOOD &&
		message.sub_channel_complete.count == count);
	for (i = 1; i <= count; i++) {
		offer = fake_expect(&fake, VMBUS_OFFER);
		CHECK(offer->subchannel == i && offer->relid == i + 1);
	}
	for (i = 1; i <= count; i++)
		open_channel(i);
	CHECK(must_take(0, &taken));
	memcpy(&table, taken.bytes, sizeof(table));
	CHECK(taken.type == PACKET_IN_BAND && table.type == NVSP_SEND_TABLE &&
		table.count == NVSP_TABLE);
	for (i = 0; i < NVSP_TABLE; i++)
		CHECK(table.entries[i] == i % (count + 1));
}

/* A data message: header, information, frame; how long it is. */
static inline uint32_t message_bytes(uint8_t *to, const void *frame,
	uint32_t size, const uint32_t (*info)[2], unsigned int count)
{
	struct rndis_packet packet = {
		.header = { RNDIS_PACKET, sizeof(packet) + count * 16 + size },
		.data_offset = sizeof(packet) - 8 + count * 16,
		.data_length = size,
		.info_offset = count ? sizeof(packet) - 8 : 0,
		.info_length = count * 16,
	};
	uint32_t at = sizeof(packet), head[3] = { 16, 0, 12 };
	unsigned int i;

	memcpy(to, &packet, sizeof(packet));
	for (i = 0; i < count; i++, at += 16) {
		head[1] = info[i][0];
		memcpy(to + at, head, 12);
		memcpy(to + at + 12, &info[i][1], 4);
	}
	memcpy(to + at, frame, size);
	return at + size;
}

/* From a section of the send buffer; the packet's status. */
static inline uint32_t send_section(unsigned int index, uint32_t size)
{
	struct nvsp_message message = { .type = NVSP_RNDIS };

	message.rndis.channel = NVSP_DATA;
	message.rndis.section = 3;
	message.rndis.size = size;
	return ask(index, message).status;
}

static inline uint32_t send_frame(unsigned int index, const void *frame,
	uint32_t size, const uint32_t (*info)[2], unsigned int count)
{
	return send_section(index, message_bytes(SEND + 3 * NIC_SECTION, frame,
		size, info, count));
}

/* From pages; a range for each piece. */
static inline uint32_t send_pages(unsigned int index, uint32_t at,
	uint32_t size, uint32_t piece)
{
	struct nvsp_message message = { .type = NVSP_RNDIS };
	uint8_t bytes[LANE_PACKET];
	uint32_t where = 8, count = 0, head[2], part, pages, i;
	struct taken taken;
	uint64_t number;

	for (; size; size -= part, at += part, count++) {
		part = size < piece ? size : piece;
		head[0] = part;
		head[1] = at % FAKE_PAGE;
		memcpy(bytes + where, head, 8);
		where += 8;
		pages = (head[1] + part + FAKE_PAGE - 1) / FAKE_PAGE;
		for (i = 0; i < pages; i++, where += 8) {
			number = at / FAKE_PAGE + i;
			memcpy(bytes + where, &number, 8);
		}
	}
	memset(bytes, 0, 4);
	memcpy(bytes + 4, &count, 4);
	message.rndis.channel = NVSP_DATA;
	message.rndis.section = NVSP_NO_SECTION;
	memcpy(bytes + where, &message, sizeof(message));
	post(index, PACKET_GPA_DIRECT, 0x99, bytes, where + sizeof(message),
		where);
	pump();
	CHECK(must_take(index, &taken));
	CHECK(taken.type == PACKET_COMPLETION && taken.id == 0x99);
	return taken.message.status;
}

/* What came out of the tap, with its header; -1: nothing. */
static inline int wire_read(unsigned int index, struct virtio_net_hdr_v1 *tap,
	uint8_t *frame)
{
	static uint8_t bytes[70000];
	int size = recv(side[index].wire, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (size < 0)
		return -1;
	CHECK(size >= (int)sizeof(*tap));
	memcpy(tap, bytes, sizeof(*tap));
	memcpy(frame, bytes + sizeof(*tap), size - sizeof(*tap));
	return size - sizeof(*tap);
}

static inline void wire_write(unsigned int index,
	const struct virtio_net_hdr_v1 *tap, const void *frame, uint32_t size)
{
	static const struct virtio_net_hdr_v1 none;
	struct iovec parts[2] = {
		{ (void *)(tap ? tap : &none), sizeof(none) },
		{ (void *)frame, size } };

	CHECK(writev(side[index].wire, parts, 2) ==
		(int)(sizeof(none) + size));
}

/* As often as there is room on the wire; how often. */
static inline uint32_t wire_fill(unsigned int index, const void *frame,
	uint32_t size, uint32_t most)
{
	static uint8_t bytes[sizeof(struct virtio_net_hdr_v1) + 70000];
	uint32_t head = sizeof(struct virtio_net_hdr_v1), count = 0;
	int room = 4 << 20;

	setsockopt(side[index].wire, SOL_SOCKET, SO_SNDBUF, &room,
		sizeof(room));
	memcpy(bytes + head, frame, size);
	while (count < most && send(side[index].wire, bytes, head + size,
		MSG_DONTWAIT) > 0)
		count++;
	return count;
}

/* A frame that the guest got: where in its receive buffer, and information of one
 * kind (0: none). */
static inline const uint8_t *got_frame(const struct taken *taken, uint32_t i,
	uint32_t *size, uint32_t type, uint32_t *word)
{
	const uint8_t *at = RECEIVE + taken->ranges[i].offset;
	struct rndis_packet packet;
	uint32_t info[4], where;

	memcpy(&packet, at, sizeof(packet));
	CHECK(packet.header.type == RNDIS_PACKET &&
		packet.header.size == taken->ranges[i].size);
	CHECK(packet.data_offset + packet.data_length + 8 ==
		packet.header.size);
	/* Linux takes none that is longer. */
	CHECK(packet.header.size <= netvsp.nics[0].room_size);
	*word = 0;
	for (where = 0; where < packet.info_length; where += 16) {
		memcpy(info, at + 8 + packet.info_offset + where, 16);
		CHECK(info[0] == 16 && info[2] == 12);
		if (info[1] == type)
			*word = info[3];
	}
	*size = packet.data_length;
	return at + 8 + packet.data_offset;
}

/* A frame in pieces, of which the packet has no others; its size. */
static inline uint32_t got_pieces(const struct taken *taken, uint8_t *to,
	uint32_t *sums, uint32_t *tag)
{
	uint32_t i, size, word, all = 0;

	for (i = 0; i < taken->count; i++) {
		const uint8_t *at = got_frame(taken, i, &size, INFO_PIECE,
			&word);

		CHECK(word == PIECE_WORD(i ? 0 : PIECE_FIRST,
			i == taken->count - 1 ? PIECE_LAST : 0));
		memcpy(to + all, at, size);
		all += size;
		got_frame(taken, i, &size, INFO_CHECKSUM, i ? &word : sums);
		CHECK(!i || !word);
		got_frame(taken, i, &size, INFO_VLAN, i ? &word : tag);
		CHECK(!i || !word);
	}
	return all;
}

/* Ethernet, IPv4 or IPv6, TCP or UDP, data; how long it is. */
static inline uint32_t fake_frame(uint8_t *to, bool ipv6, uint8_t protocol,
	uint32_t data)
{
	uint32_t header = protocol == 6 ? 20 : 8, ip = ipv6 ? 40 : 20, i;
	uint32_t size = 14 + ip + header + data;
	uint8_t *at = to + 14;

	memset(to, 0, size);
	memcpy(to, guest_mac, 6);
	to[6] = 2;
	to[12] = ipv6 ? 0x86 : 0x08;
	to[13] = ipv6 ? 0xdd : 0;
	at[0] = ipv6 ? 0x60 : 0x45;
	at[ipv6 ? 6 : 9] = protocol;
	at[ipv6 ? 4 : 2] = (size - 14 - (ipv6 ? 40 : 0)) >> 8;
	at[ipv6 ? 5 : 3] = size - 14 - (ipv6 ? 40 : 0);
	for (i = 0; i < (ipv6 ? 32 : 8); i++)
		at[(ipv6 ? 8 : 12) + i] = i * 7 + 1;
	at += ip;
	at[1] = 80;
	if (protocol == 6)
		at[12] = 0x50;
	else
		at[5] = 8 + data;
	for (i = 0; i < data; i++)
		at[header + i] = i * 13;
	return size;
}

#endif
