/* Hostile guests, N20: packets of a ring that do not add up. N25: StorVSP's
 * packets and requests. N26: SCSI commands. */
/* SPDX-License-Identifier: MIT */
#include "disk.h"
#include "rows.h"

#define MARK		0x5a5aa5a5u
#define LOOK		16	/* steps from one look at all of memory to the next */

static void count(bool good)
{
	if (good)
		taken++;
	else
		refused++;
}

/* A request that is good, and its data. */
static void good(void)
{
	uint64_t sector = below(2048) * 8;
	struct vstor_packet answer;
	struct request request;
	uint32_t word = random32();

	disk_fill(word);
	disk_transfer(&request, true, sector, 8);
	disk_do(&request, &answer);
	CHECK(!answer.status && answer.srb.srb_status == SRB_SUCCESS);
	disk_fill(MARK);
	disk_transfer(&request, false, sector, 8);
	disk_do(&request, &answer);
	CHECK(!answer.status && answer.srb.srb_status == SRB_SUCCESS);
	CHECK(*(uint32_t *)disk_data == word);
	disk_fill(MARK);
}

/* The first commands after a start may tell of it. */
static void ready(void)
{
	struct vstor_packet answer;
	struct request request;

	disk_request(&request, 0, true);
	request.packet.srb.cdb_length = 6;
	disk_do(&request, &answer);
}

static void again(void)
{
	if (disk_queues[0].is_open)
		disk_close(&disk_queues[0]);
	disk_open(&disk_queues[0]);
	disk_negotiate();
}

static void begin(void)
{
	disk_begin();
	disk_fill(MARK);
	ready();
	good();
}

static void end(void)
{
	ready();
	good();
	CHECK(!disk_differs(MARK));
	disk_end();
}

/* N20. What is said of sizes in the ring itself makes it useless; what is wrong
 * within a packet makes that one packet useless. */
static bool spoil_ring(struct descriptor *descriptor)
{
	switch (below(4)) {
	case 0: descriptor->size8 = below(2); break;
	case 1: descriptor->offset8 = descriptor->size8 + 1 + below(100); break;
	case 2: descriptor->offset8 = below(2); break;
	default: descriptor->size8 = DISK_RING_SIZE / 8 + below(60000); break;
	}
	return true;
}

static bool spoil_packet(struct request *request)
{
	static const uint32_t counts[] = { 0, 2, 16, 0x7fffffff, 0x80000000,
		~0u };
	static const uint16_t types[] = { 0, 1, 5, TYPE_PAGES, 8, 10,
		TYPE_COMPLETION, 0xffff };
	uint64_t *words = (void *)request;

	switch (below(5)) {
	case 0: request->range.count = PICK(counts); break;
	case 1: request->descriptor.offset8 = 2 + below(2); break;
	case 2: request->descriptor.type = PICK(types); break;
	case 3:
		request->descriptor.size8 = request->descriptor.offset8 +
			below(sizeof(request->packet) / 8);
		break;
	/* Not the page: that might be one of ours. */
	default: words[2 + below(2)] = odd();
	}
	return false;
}

/* True: the ring is of no use any more. What is not spoilt enough is a read, which
 * may come to its end long after: into memory that nothing else is read to. */
static bool send_spoilt(void)
{
	static uint8_t late[PAGE] __attribute__((aligned(4096)));
	struct request request;
	bool dead;

	disk_transfer(&request, false, 0, 8);
	request.page[0] = quad_of(late) / PAGE;
	request.descriptor.offset8 = sizeof(request) / 8 - 8;
	request.descriptor.size8 = sizeof(request) / 8;
	dead = one_in(8) ? spoil_ring(&request.descriptor) :
		spoil_packet(&request);
	CHECK(disk_put(&disk_queues[0], &request, sizeof(request)));
	/* What is left over begins the next packet, if the sizes say so. */
	if (!dead && request.descriptor.size8 != sizeof(request) / 8) {
		disk_queues[0].write = (disk_queues[0].write + DISK_RING_SIZE -
			sizeof(request) + request.descriptor.size8 * 8) %
			DISK_RING_SIZE;
		disk_queues[0].out[RING_WRITE] = disk_queues[0].write;
	}
	disk_bell(&disk_queues[0]);
	return dead;
}

static void drain(void)
{
	struct vstor_packet answer;

	while (disk_wait_for(&disk_queues[0], &answer, 1))
		;
	disk_queues[0].under_way = 0;
}

static void step_ring(void)
{
	bool dead = send_spoilt();

	count(!dead);
	drain();
	if (dead)
		again();
	else if (one_in(LOOK))
		good();
	if (one_in(LOOK))
		disk_fill(MARK);
}

const struct row row_packets = { "n20", begin, step_ring, end };

/* N25. */
static void wrong_begin(void)
{
	struct vstor_packet packet = { 0 };
	uint32_t operation;

	disk_close(&disk_queues[0]);
	disk_open(&disk_queues[0]);
	do
		operation = one_in(4) ? (uint32_t)odd() : below(20);
	while (operation == VSTOR_BEGIN_INITIALIZATION);
	CHECK(disk_say(operation, &packet));
	CHECK(!disk_say(VSTOR_BEGIN_INITIALIZATION, &packet));
	packet.version.number = odd();
	packet.version.revision = odd();
	if (packet.version.number != VSTOR_VERSION_10 &&
	    packet.version.number != VSTOR_VERSION_8_1 &&
	    packet.version.number != VSTOR_VERSION_8)
		CHECK(disk_say(VSTOR_QUERY_VERSION, &packet));
	again();
}

static void wrong_operation(void)
{
	static const uint32_t list[] = { 0, VSTOR_COMPLETE_IO,
		VSTOR_REMOVE_DEVICE, VSTOR_BEGIN_INITIALIZATION,
		VSTOR_QUERY_VERSION, VSTOR_END_INITIALIZATION,
		VSTOR_ENUMERATE_BUS, VSTOR_FIBRE_CHANNEL, 14, 255, 1u << 31,
		~0u };
	struct vstor_packet packet = { 0 };

	CHECK(disk_say(PICK(list), &packet));
}

/* One thing of a READ or WRITE is not as it should be. */
static void spoil_request(struct request *request)
{
	static const uint32_t sizes[] = { 0, 1, 511, 2048, 4095 };
	static const uint64_t pages[] = { 0xa0, 0xfee00, 0xfec00, 0xd0000,
		0x100000, 1ull << 40, (1ull << 52) - 1, ~0ull };
	static const uint32_t offsets[] = { 4096, 4097, 0x80000000, ~0u };
	struct vstor_srb *srb = &request->packet.srb;

	switch (below(10)) {
	case 0: srb->cdb_length = 17 + below(239); break;
	case 1: srb->data_in = !srb->data_in; break;
	case 2: srb->data_in = srb->data_in ? VSTOR_TO_DEVICE :
		3 + below(253); break;
	case 3: srb->transfer = 4097 + below(100000); break;
	case 4: srb->transfer = odd() | 1u << 31; break;
	case 5: request->range.size = PICK(sizes); break;
	case 6: srb->target = 1 + below(255); break;
	case 7: srb->lun = 1 + below(255); break;
	case 8: request->page[0] = PICK(pages); break;
	default: request->range.offset = PICK(offsets); break;
	}
}

static void wrong_request(void)
{
	struct vstor_packet answer;
	struct request request;
	bool write = one_in(2);

	/* Beyond what good() reads back. */
	disk_transfer(&request, write, 32768, 8);
	spoil_request(&request);
	disk_do(&request, &answer);
	CHECK(answer.status || answer.srb.srb_status != SRB_SUCCESS);
}

static void step_packet(void)
{
	if (one_in(64))
		wrong_begin();
	else if (one_in(8))
		wrong_operation();
	else
		wrong_request();
	refused++;
	if (one_in(LOOK)) {
		CHECK(!disk_differs(MARK));
		ready();
		good();
	}
}

const struct row row_storvsp = { "n25", begin, step_packet, end };

/* N26. */
static void put(uint8_t *to, uint32_t bytes, uint64_t value)
{
	while (bytes--) {
		to[bytes] = value;
		value >>= 8;
	}
}

static uint32_t cdb_length(uint8_t operation)
{
	switch (operation >> 5) {
	case 0: return 6;
	case 1: case 2: return 10;
	case 5: return 12;
	default: return 16;
	}
}

/* Sectors that are not there. */
static uint64_t far(void)
{
	switch (below(4)) {
	case 0: return ~0ull - below(16);
	case 1: return 1ull << (40 + below(24));
	case 2: return 0x8000000000000000ull - below(8);
	default: return (1ull << 35) + random32();
	}
}

/* READ, WRITE, WRITE SAME, VERIFY of 16 bytes: out of range. */
static void far_command(void)
{
	static const uint8_t list[] = { 0x88, 0x8a, 0x93, 0x8f };
	struct vstor_packet answer;
	struct request request;
	uint8_t *cdb = request.packet.srb.payload, operation = PICK(list);

	disk_request(&request, operation == 0x93 ? 512 : 4096,
		operation == 0x88);
	if (operation == 0x8f)
		disk_request(&request, 0, true);
	request.packet.srb.cdb_length = 16;
	cdb[0] = operation;
	put(cdb + 2, 8, far());
	put(cdb + 10, 4, one_in(3) ? ~0u : operation == 0x8f ? 8 :
		operation == 0x93 ? 1 + below(100) : 8);
	disk_do(&request, &answer);
	CHECK(answer.status || (answer.srb.srb_status & 0x3f) != SRB_SUCCESS);
	refused++;
}

/* Lists that say that they are longer than they are. */
static void long_list(void)
{
	static const uint8_t list[] = { 0x42, 0x15, 0x55 };
	uint8_t operation = PICK(list), *cdb, *data = disk_data[0];
	struct vstor_packet answer;
	struct request request;

	disk_request(&request, 8 + below(64), false);
	cdb = request.packet.srb.payload;
	request.packet.srb.cdb_length = cdb_length(operation);
	cdb[0] = operation;
	if (operation == 0x15)
		cdb[4] = 255;
	else
		put(cdb + 7, 2, 80 + below(0xffff - 80));
	odd_fill(data, 80);
	put(data, 2, random32());
	put(data + 2, 2, 16 + below(0xfff0));
	/* Sectors that are not there, so that nothing can be lost. */
	put(data + 8, 8, far());
	put(data + 16, 4, ~0u);
	disk_do(&request, &answer);
	CHECK(answer.status || (answer.srb.srb_status & 0x3f) != SRB_SUCCESS);
	disk_fill(MARK);
	refused++;
}

/* Anything, with any answer; what reads must not write more than was asked
 * for. */
static void any_command(void)
{
	uint32_t bytes = below(4) * 512, i, *at = (void *)disk_data;
	uint8_t *cdb;
	struct vstor_packet answer;
	struct request request;

	disk_request(&request, bytes, one_in(2));
	cdb = request.packet.srb.payload;
	odd_fill(cdb, 16);
	cdb[0] = random32();
	request.packet.srb.cdb_length = one_in(4) ? below(17) :
		cdb_length(cdb[0]);
	disk_do(&request, &answer);
	count(!answer.status && answer.srb.srb_status == SRB_SUCCESS);
	for (i = bytes / 4; i < sizeof(disk_data) / 4; i += 64)
		CHECK(at[i] == MARK);
	disk_fill(MARK);
}

static void step_command(void)
{
	switch (below(4)) {
	case 0: any_command(); break;
	case 1: long_list(); break;
	default: far_command();
	}
	if (one_in(LOOK)) {
		CHECK(!disk_differs(MARK));
		ready();
		good();
	}
}

const struct row row_scsi = { "n26", begin, step_command, end };
