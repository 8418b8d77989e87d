/* Hostile guests: a small client of the SCSI controller. */
/* SPDX-License-Identifier: MIT */
#include "disk.h"

#define SPLIT		(1 + DISK_RING)
#define PAGES		(2 * SPLIT)
#define GPADL		40u
#define PATIENCE	60000u	/* ms */
#define TRAILER		8u

struct queue disk_queues[DISK_QUEUES];
uint32_t disk_count;
uint8_t disk_data[DISK_PAGES][PAGE] __attribute__((aligned(4096)));
static uint32_t memory[DISK_QUEUES][PAGES][PAGE / 4]
	__attribute__((aligned(4096)));

static void copy(volatile uint32_t *to, const volatile uint32_t *from,
	uint32_t bytes)
{
	for (; bytes; bytes -= 4)
		*to++ = *from++;
}

static void clear(struct queue *queue)
{
	volatile uint32_t *at = queue->out;
	uint32_t i;

	for (i = 0; i < PAGES * PAGE / 4; i++)
		at[i] = 0;
	queue->write = queue->read = queue->under_way = 0;
	queue->in[RING_MASK] = 1;
	queue->out[RING_FEATURES] = queue->in[RING_FEATURES] = 1;
}

void disk_open(struct queue *queue)
{
	struct letter letter;

	clear(queue);
	bus_open(queue->relid, GPADL, SPLIT, 0);
	bus_await(VMBUS_OPEN_RESULT, &letter);
	CHECK(!letter.opened.status);
	queue->is_open = true;
}

void disk_close(struct queue *queue)
{
	bus_relid(VMBUS_CLOSE, queue->relid);
	queue->is_open = false;
}

static void add(uint32_t relid, uint32_t connection)
{
	uint32_t i = disk_count++;
	struct queue *queue = &disk_queues[i];
	struct letter letter;

	CHECK(i < DISK_QUEUES);
	queue->relid = relid;
	queue->connection = connection;
	queue->out = memory[i][0];
	queue->in = memory[i][SPLIT];
	bus_create(relid, GPADL, quad_of(memory[i]) / PAGE, PAGES);
	bus_await(VMBUS_GPADL_CREATED, &letter);
	CHECK(!letter.created.status);
}

void disk_channel(const struct bus_disk *channel)
{
	CHECK(channel->relid);
	disk_count = 0;
	add(channel->relid, channel->connection);
	disk_open(&disk_queues[0]);
}

void disk_begin(void)
{
	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
	disk_channel(&bus_disk);
	disk_negotiate();
}

void disk_end(void)
{
	bus_unload();
}

/* A full ring would look empty. */
static bool has_room(struct queue *queue, uint32_t bytes)
{
	uint32_t used = queue->write - queue->out[RING_READ];

	if (used > DISK_RING_SIZE)
		used += DISK_RING_SIZE;
	return DISK_RING_SIZE - used > bytes;
}

static uint32_t append(struct queue *queue, uint32_t at, const void *bytes,
	uint32_t size)
{
	uint32_t first = DISK_RING_SIZE - at;
	volatile uint32_t *data = queue->out + PAGE / 4;

	if (first > size)
		first = size;
	copy(data + at / 4, bytes, first);
	copy(data, (const uint32_t *)bytes + first / 4, size - first);
	return (at + size) % DISK_RING_SIZE;
}

bool disk_put(struct queue *queue, const void *bytes, uint32_t size)
{
	const uint32_t trailer[2] = { 0, queue->write };
	uint32_t at;

	if (!has_room(queue, size + TRAILER))
		return false;
	at = append(queue, queue->write, bytes, size);
	at = append(queue, at, trailer, TRAILER);
	__asm__ volatile("" : : : "memory");
	queue->out[RING_WRITE] = queue->write = at;
	queue->under_way++;
	return true;
}

void disk_bell(struct queue *queue)
{
	__asm__ volatile("lock orl $0, (%%esp)" : : : "memory");
	if (!queue->out[RING_MASK])
		bus_signal(queue->connection);
}

static void fetch(struct queue *queue, uint32_t at, void *to, uint32_t size)
{
	volatile uint32_t *data = queue->in + PAGE / 4;
	uint32_t first;

	at %= DISK_RING_SIZE;
	first = DISK_RING_SIZE - at;
	if (first > size)
		first = size;
	copy(to, data + at / 4, first);
	copy((uint32_t *)to + first / 4, data, size - first);
}

/* What was taken makes room. */
static void taken_to(struct queue *queue, uint32_t at)
{
	queue->in[RING_READ] = queue->read = at % DISK_RING_SIZE;
	if (queue->in[RING_PENDING])
		bus_signal(queue->connection);
}

uint32_t disk_take_packet(struct queue *queue, void *to, uint32_t most)
{
	struct descriptor descriptor;
	uint32_t size;

	if (queue->in[RING_WRITE] == queue->read)
		return 0;
	__asm__ volatile("" : : : "memory");
	fetch(queue, queue->read, &descriptor, sizeof(descriptor));
	size = descriptor.size8 * 8;
	CHECK(size >= sizeof(descriptor) && size <= most);
	fetch(queue, queue->read, to, size);
	taken_to(queue, queue->read + size + TRAILER);
	return size;
}

/* What the other side says by itself is no answer. */
bool disk_take(struct queue *queue, struct vstor_packet *answer, uint64_t *id)
{
	struct descriptor descriptor;

	do {
		if (queue->in[RING_WRITE] == queue->read)
			return false;
		__asm__ volatile("" : : : "memory");
		fetch(queue, queue->read, &descriptor, sizeof(descriptor));
		CHECK(descriptor.offset8 == 2 && descriptor.size8 == 10);
		fetch(queue, queue->read + 16, answer, sizeof(*answer));
		taken_to(queue, queue->read + 80 + TRAILER);
	} while (descriptor.type != TYPE_COMPLETION);
	*id = descriptor.id;
	queue->under_way--;
	return true;
}

bool disk_wait_for(struct queue *queue, struct vstor_packet *answer,
	uint32_t ms)
{
	uint64_t end = hv_time() + ms * MS, id;

	while (!disk_take(queue, answer, &id)) {
		if (hv_time() > end)
			return false;
		hv_pause();
	}
	return true;
}

void disk_wait(struct queue *queue, struct vstor_packet *answer)
{
	CHECK(disk_wait_for(queue, answer, PATIENCE));
}

/* Answers to others, which may come late, are none of ours. */
static void wait_own(uint64_t own, struct vstor_packet *answer)
{
	uint64_t end = hv_time() + PATIENCE * MS, id;

	for (;;) {
		if (disk_take(&disk_queues[0], answer, &id) && id == own)
			return;
		CHECK(hv_time() < end);
		hv_pause();
	}
}

static uint64_t own_id(void)
{
	static uint64_t last = 1ull << 40;

	return ++last;
}

uint32_t disk_say(uint32_t operation, struct vstor_packet *packet)
{
	struct {
		struct descriptor descriptor;
		struct vstor_packet packet;
	} all = {
		.descriptor = { TYPE_IN_BAND, 2, sizeof(all) / 8, FLAG_ANSWER,
			own_id() },
		.packet = *packet,
	};

	all.packet.operation = operation;
	all.packet.flags = 1;
	CHECK(disk_put(&disk_queues[0], &all, sizeof(all)));
	disk_bell(&disk_queues[0]);
	wait_own(all.descriptor.id, packet);
	return packet->status;
}

void disk_negotiate(void)
{
	struct vstor_packet packet = { 0 };

	CHECK(!disk_say(VSTOR_BEGIN_INITIALIZATION, &packet));
	packet.version.number = VSTOR_VERSION_10;
	CHECK(!disk_say(VSTOR_QUERY_VERSION, &packet));
	CHECK(!disk_say(VSTOR_QUERY_PROPERTIES, &packet));
	CHECK(!disk_say(VSTOR_END_INITIALIZATION, &packet));
}

void disk_sub_channels(void)
{
	struct vstor_packet packet = { .sub_channels = DISK_QUEUES - 1 };
	struct letter offers[DISK_QUEUES];
	uint32_t i;

	CHECK(!disk_say(VSTOR_CREATE_SUB_CHANNELS, &packet));
	for (i = 1; i < DISK_QUEUES; i++)
		bus_await(VMBUS_OFFER, &offers[i]);
	for (i = 1; i < DISK_QUEUES; i++) {
		CHECK(offers[i].offer.subchannel);
		add(offers[i].offer.relid, offers[i].offer.connection);
		disk_open(&disk_queues[i]);
	}
}

void disk_request(struct request *request, uint32_t bytes, bool from_device)
{
	uint32_t i;

	*request = (struct request){
		.descriptor = { .type = TYPE_DIRECT, .flags = FLAG_ANSWER,
			.id = guest_step },
		.range = { .count = 1, .size = bytes },
		.packet = { .operation = VSTOR_EXECUTE_SRB, .flags = 1 },
	};
	for (i = 0; i < DISK_PAGES; i++)
		request->page[i] = quad_of(disk_data[i]) / PAGE;
	request->packet.srb.length = sizeof(struct vstor_srb);
	request->packet.srb.sense_length = VSTOR_SENSE;
	request->packet.srb.data_in = from_device;
	request->packet.srb.transfer = bytes;
}

/* The packet comes right behind the pages that it has. */
bool disk_send(struct queue *queue, struct request *request)
{
	static uint64_t all[sizeof(*request) / 8];
	uint32_t pages = (request->range.size + PAGE - 1) / PAGE;
	struct descriptor *descriptor = (void *)all;

	if (!pages || pages > DISK_PAGES)
		pages = 1;
	copy((void *)all, (void *)request, 32 + 8 * pages);
	copy((void *)(all + 4 + pages), (void *)&request->packet,
		sizeof(request->packet));
	descriptor->offset8 = 4 + pages;
	descriptor->size8 = 4 + pages + sizeof(request->packet) / 8;
	return disk_put(queue, all, descriptor->size8 * 8);
}

void disk_do(struct request *request, struct vstor_packet *answer)
{
	request->descriptor.id = own_id();
	CHECK(disk_send(&disk_queues[0], request));
	disk_bell(&disk_queues[0]);
	wait_own(request->descriptor.id, answer);
}

static void put(uint8_t *to, uint32_t value)
{
	to[0] = value >> 24;
	to[1] = value >> 16;
	to[2] = value >> 8;
	to[3] = value;
}

void disk_transfer(struct request *request, bool write, uint64_t sector,
	uint32_t sectors)
{
	uint8_t *cdb = request->packet.srb.payload;

	disk_request(request, sectors * 512, !write);
	request->packet.srb.cdb_length = 16;
	cdb[0] = write ? 0x8a : 0x88;
	put(cdb + 2, sector >> 32);
	put(cdb + 6, sector);
	put(cdb + 10, sectors);
}

void disk_fill(uint32_t word)
{
	uint32_t *at = (void *)disk_data, i;

	for (i = 0; i < sizeof(disk_data) / 4; i++)
		at[i] = word;
}

uint32_t disk_differs(uint32_t word)
{
	volatile uint32_t *at = (void *)disk_data;
	uint32_t i, count = 0;

	for (i = 0; i < sizeof(disk_data) / 4; i++)
		count += at[i] != word;
	return count;
}
