/* Hostile guests: a small client of a network adapter. */
/* SPDX-License-Identifier: MIT */
#include "nic.h"

#include "disk.h"

#define SPLIT		(1 + DISK_RING)
#define PAGES		(2 * SPLIT)
#define RING_LIST	50u
#define PATIENCE	(60000 * MS)
#define LARGEST		2048u	/* bytes of a packet */

uint8_t nic_receive[NIC_RECEIVE_PAGES * PAGE] __attribute__((aligned(4096)));
uint8_t nic_send[NIC_SEND_PAGES * PAGE] __attribute__((aligned(4096)));
static uint32_t memory[PAGES][PAGE / 4] __attribute__((aligned(4096)));
static struct queue queue;
static uint64_t last_id;

struct arrived {
	struct descriptor descriptor;
	uint32_t words[LARGEST / 4];
};

static void copy(void *to, const void *from, uint32_t size)
{
	const volatile uint8_t *in = from;
	volatile uint8_t *out = to;

	while (size--)
		*out++ = *in++;
}

void nic_post(uint16_t type, uint64_t id, const void *bytes, uint32_t size,
	uint32_t data)
{
	static uint64_t all[LARGEST / 8];
	struct descriptor *head = (void *)all;
	uint64_t end = hv_time() + PATIENCE;

	CHECK(size <= sizeof(all) - sizeof(*head));
	*head = (struct descriptor){ type, 2 + data / 8, 2 + size / 8,
		type == TYPE_COMPLETION ? 0 : FLAG_ANSWER, id };
	copy(head + 1, bytes, size);
	while (!disk_put(&queue, all, sizeof(*head) + size)) {
		CHECK(hv_time() < end);
		hv_pause();
	}
	disk_bell(&queue);
}

static void fetch(uint32_t at, void *to, uint32_t size)
{
	const uint8_t *data = (const uint8_t *)(queue.in + PAGE / 4);
	uint8_t *out = to;

	while (size--)
		copy(out++, data + at++ % DISK_RING_SIZE, 1);
}

static bool take(struct arrived *arrived)
{
	uint32_t size;

	if (queue.in[RING_WRITE] == queue.read)
		return false;
	__asm__ volatile("" : : : "memory");
	fetch(queue.read, &arrived->descriptor, sizeof(arrived->descriptor));
	size = arrived->descriptor.size8 * 8 - sizeof(arrived->descriptor);
	CHECK(size <= LARGEST);
	fetch(queue.read + sizeof(arrived->descriptor), arrived->words, size);
	queue.read = (queue.read + size + 16 + 8) % DISK_RING_SIZE;
	queue.in[RING_READ] = queue.read;
	if (queue.in[RING_PENDING])
		bus_signal(queue.connection);
	return true;
}

/* What lies in the receive buffer goes back. */
static void give_back(const struct arrived *arrived)
{
	const uint32_t done[2] = { NVSP_RNDIS_COMPLETE, NVSP_GOOD };

	if (arrived->descriptor.type == TYPE_PAGES)
		nic_post(TYPE_COMPLETION, arrived->descriptor.id, done,
			sizeof(done), 0);
}

void nic_drain(void)
{
	struct arrived arrived;

	while (take(&arrived))
		give_back(&arrived);
}

static void wait(struct arrived *arrived)
{
	uint64_t end = hv_time() + PATIENCE;

	while (!take(arrived)) {
		CHECK(hv_time() < end);
		hv_pause();
	}
}

static void await(uint64_t id, struct nvsp_message *answer)
{
	struct arrived arrived;

	for (;;) {
		wait(&arrived);
		if (arrived.descriptor.type == TYPE_COMPLETION &&
		    arrived.descriptor.id == id)
			break;
		give_back(&arrived);
	}
	copy(answer, arrived.words, NVSP_SIZE);
}

void nic_ask(const struct nvsp_message *message, struct nvsp_message *answer)
{
	uint64_t id = (1ull << 40) + ++last_id;

	nic_post(TYPE_IN_BAND, id, message, sizeof(*message), 0);
	await(id, answer);
}

uint32_t nic_rndis(uint32_t channel, uint32_t section, uint32_t size)
{
	struct nvsp_message message = { .type = NVSP_RNDIS };

	message.rndis.channel = channel;
	message.rndis.section = section;
	message.rndis.size = size;
	nic_ask(&message, &message);
	return message.status;
}

/* Its range is the last that the packet has. */
uint32_t nic_control(uint32_t size)
{
	struct arrived arrived;
	uint32_t offset, status;

	nic_drain();
	CHECK(nic_rndis(NVSP_CONTROL, 0, size) == NVSP_GOOD);
	for (;;) {
		wait(&arrived);
		offset = arrived.words[3];
		CHECK(arrived.descriptor.type == TYPE_PAGES &&
			offset < sizeof(nic_receive) - 16);
		if (*(uint32_t *)(nic_receive + offset) & RNDIS_COMPLETE)
			break;
		give_back(&arrived);
	}
	copy(&status, nic_receive + offset + 12, sizeof(status));
	give_back(&arrived);
	return status;
}

uint32_t nic_set(uint32_t oid, const void *value, uint32_t size)
{
	const struct rndis_request request = {
		.header = { RNDIS_SET, sizeof(request) + size },
		.id = 1, .oid = oid, .length = size, .offset = 20 };

	copy(nic_send, &request, sizeof(request));
	copy(nic_send + sizeof(request), value, size);
	return nic_control(request.header.size);
}

uint32_t nic_frame(uint32_t section, uint32_t bytes, uint32_t type,
	uint32_t word)
{
	static const uint8_t headers[] = { 255, 255, 255, 255, 255, 255,
		2, 0x53, 0x4f, 0, 0, 9, 8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6,
		0, 0, 10, 1, 2, 3, 10, 1, 2, 4, 0, 7, 0, 7, 0, 0, 0, 0, 0, 0,
		0, 0, 0x50, 16 };
	uint32_t info[4] = { 16, type, 12, word };
	uint32_t more = type == ~0u ? 0 : sizeof(info), i;
	const struct rndis_packet packet = {
		.header = { RNDIS_PACKET, sizeof(packet) + more + bytes },
		.data_offset = sizeof(packet) - 8 + more,
		.data_length = bytes,
		.info_offset = more ? sizeof(packet) - 8 : 0,
		.info_length = more,
	};
	uint8_t *at = nic_send + section * NIC_SECTION;

	copy(at, &packet, sizeof(packet));
	copy(at + sizeof(packet), info, more);
	for (i = 0; i < bytes; i++)
		at[sizeof(packet) + more + i] = i < sizeof(headers) ?
			headers[i] : 0;
	return packet.header.size;
}

/* What was sent may have ended it. */
static void initialize(void)
{
	const struct rndis_initialize message = {
		.header = { RNDIS_INITIALIZE, sizeof(message) },
		.id = 1, .major = 1, .transfer = 0x4000 };

	copy(nic_send, &message, sizeof(message));
	CHECK(nic_control(sizeof(message)) == NDIS_GOOD);
}

void nic_check(void)
{
	const uint32_t filter = FILTER_DIRECTED;

	initialize();
	CHECK(nic_set(OID_PACKET_FILTER, &filter, 4) == NDIS_GOOD);
	CHECK(nic_rndis(NVSP_DATA, 1, nic_frame(1, 200, ~0u, 0)) == NVSP_GOOD);
}

static uint32_t give_list(uint32_t type, uint32_t list, uint16_t id)
{
	struct nvsp_message message = { .type = type };

	message.buffer.gpadl = list;
	message.buffer.id = id;
	nic_ask(&message, &message);
	return message.status;
}

static void negotiate(void)
{
	struct nvsp_message message = { .type = NVSP_INIT,
		.init = { NVSP_VERSION_6_1, NVSP_VERSION_6_1 } };

	nic_ask(&message, &message);
	CHECK(message.init_complete.status == NVSP_GOOD);
	CHECK(give_list(NVSP_RECEIVE_BUFFER, NIC_RECEIVE_LIST, NIC_ID) ==
		NVSP_GOOD);
	CHECK(give_list(NVSP_SEND_BUFFER, NIC_SEND_LIST, 0) == NVSP_GOOD);
}

static void open(void)
{
	volatile uint32_t *at = queue.out;
	struct letter letter;
	uint32_t i;

	for (i = 0; i < sizeof(memory) / 4; i++)
		at[i] = 0;
	queue.write = queue.read = queue.under_way = 0;
	queue.in[RING_MASK] = 1;
	queue.out[RING_FEATURES] = queue.in[RING_FEATURES] = 1;
	bus_open(queue.relid, RING_LIST, SPLIT, 0);
	bus_await(VMBUS_OPEN_RESULT, &letter);
	CHECK(!letter.opened.status);
	negotiate();
	nic_check();
}

static void make_list(uint32_t list, const void *pages, uint32_t count)
{
	struct letter letter;

	bus_create_whole(queue.relid, list, quad_of(pages) / PAGE, count);
	bus_await(VMBUS_GPADL_CREATED, &letter);
	CHECK(!letter.created.status);
}

void nic_begin(void)
{
	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
	CHECK(bus_nic.relid);
	queue.relid = bus_nic.relid;
	queue.connection = bus_nic.connection;
	queue.out = memory[0];
	queue.in = memory[SPLIT];
	make_list(RING_LIST, memory, PAGES);
	make_list(NIC_RECEIVE_LIST, nic_receive, NIC_RECEIVE_PAGES);
	make_list(NIC_SEND_LIST, nic_send, NIC_SEND_PAGES);
	open();
}

void nic_again(void)
{
	bus_relid(VMBUS_CLOSE, queue.relid);
	open();
}

void nic_end(void)
{
	nic_check();
	bus_unload();
}
