/* SCSI commands: what each does, and those that are wrong (HOSTILE N25, N26). */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#include "storage/inquiry.h"
#include "storage/scsi.h"

#define MB	(1ull << 20)

static struct scsi_unit unit;
static struct scsi_command command;
static uint8_t cdb[16];

static void disk(uint64_t size)
{
	unsigned int i;

	unit = (struct scsi_unit){ .kind = SCSI_DISK, .loaded = true,
		.thin = true, .size = size, .sector = 512, .physical = 4096 };
	for (i = 0; i < 16; i++)
		unit.id[i] = 0xa0 + i;
}

static void dvd(uint64_t size)
{
	unit = (struct scsi_unit){ .kind = SCSI_DVD, .loaded = size,
		.read_only = true, .size = size, .sector = 2048,
		.physical = 2048 };
}

/* With a buffer of that room, and parameters that were put into data. */
static enum scsi_action run_length(unsigned int length, uint32_t room)
{
	command.cdb = cdb;
	command.length = length;
	command.room = room;
	command.given = scsi_parameters(&command);
	scsi_decode(&unit, &command);
	return command.action;
}

static enum scsi_action run(const char *bytes, unsigned int length,
	uint32_t room)
{
	memset(cdb, 0, sizeof(cdb));
	memcpy(cdb, bytes, length);
	return run_length(length, room);
}

#define RUN(room, ...) run((const char[]){ __VA_ARGS__ }, \
	sizeof((const char[]){ __VA_ARGS__ }), room)

#define FAILS(key_, asc_, ascq_, ...) do { \
	CHECK(__VA_ARGS__ == SCSI_FAIL); \
	CHECK(command.sense.key == (key_) && command.sense.asc == (asc_) && \
		command.sense.ascq == (ascq_)); \
} while (0)

/* 10 or 16 bytes with that range. */
static enum scsi_action range(uint8_t opcode, uint8_t flags, uint64_t first,
	uint32_t count, uint32_t room)
{
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = opcode;
	cdb[1] = flags;
	if (opcode >> 5 == 4) {
		scsi_put(cdb + 2, 8, first);
		scsi_put(cdb + 10, 4, count);
		return run_length(16, room);
	}
	scsi_put(cdb + 2, 4, first);
	scsi_put(cdb + 7, 2, count);
	return run_length(10, room);
}

static void test_transfers(void)
{
	disk(64 * MB);
	CHECK(range(0x28, 0, 8, 8, 4096) == SCSI_READ);
	CHECK(command.offset == 4096 && command.size == 4096);
	CHECK(range(0x88, 0, 131071, 1, 512) == SCSI_READ);
	CHECK(command.offset == 64 * MB - 512 && command.size == 512);
	CHECK(range(0x2a, 0, 0, 16, 65536) == SCSI_WRITE && !command.forced);
	CHECK(command.size == 8192);
	CHECK(range(0x8a, 0x08, 1, 1, 512) == SCSI_WRITE && command.forced);
	CHECK(RUN(131072, 0x08, 0, 0, 2, 0, 0) == SCSI_READ);
	CHECK(command.offset == 1024 && command.size == 131072);
	CHECK(RUN(512, 0x0a, 0x1f, 0, 2, 1, 0) == SCSI_FAIL);
	CHECK(RUN(512, 0xa8, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0) == SCSI_READ);
	CHECK(command.offset == 512);
	/* None are no error. */
	CHECK(range(0x28, 0, 5, 0, 0) == SCSI_DONE && !command.answer);
	CHECK(range(0x35, 0, 0, 0, 0) == SCSI_FLUSH);
	CHECK(range(0x91, 0, 7, 9, 0) == SCSI_FLUSH);
	CHECK(range(0x2f, 0, 0, 8, 0) == SCSI_DONE);
	/* N26: ends of all numbers. */
	FAILS(5, 0x21, 0, range(0x28, 0, 131072, 1, 512));
	FAILS(5, 0x21, 0, range(0x28, 0, 131071, 2, 1024));
	FAILS(5, 0x21, 0, range(0x28, 0, UINT32_MAX, 1, 512));
	FAILS(5, 0x21, 0, range(0x88, 0, UINT64_MAX, 1, 512));
	FAILS(5, 0x21, 0, range(0x88, 0, UINT64_MAX, UINT32_MAX, 512));
	FAILS(5, 0x21, 0, range(0x88, 0, 0, UINT32_MAX, 512));
	FAILS(5, 0x21, 0, range(0x8a, 0, UINT64_MAX - 1, 2, 1024));
	FAILS(5, 0x21, 0, range(0x8a, 0, 1ull << 55, 8, 4096));
	FAILS(5, 0x21, 0, range(0x8f, 0, 0, UINT32_MAX, 0));
	FAILS(5, 0x21, 0, range(0x91, 0, UINT64_MAX, 1, 0));
	FAILS(5, 0x21, 0, range(0x90, 0, UINT64_MAX, 1, 0));
	/* More than the guest has room for. */
	FAILS(5, 0x24, 0, range(0x28, 0, 0, 9, 4096));
	FAILS(5, 0x24, 0, range(0x2a, 0, 0, 1, 511));
	/* Protection, and comparing. */
	FAILS(5, 0x24, 0, range(0x28, 0x20, 0, 8, 4096));
	FAILS(5, 0x24, 0, range(0x2f, 0x02, 0, 8, 4096));
	FAILS(5, 0x24, 0, range(0x8f, 0x06, 0, 8, 4096));
	FAILS(5, 0x20, 0, range(0x89, 0, 0, 1, 1024));
	/* Too short a CDB, none at all, one that nobody knows. */
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = 0x88;
	FAILS(5, 0x24, 0, run_length(10, 512));
	FAILS(5, 0x20, 0, run_length(0, 512));
	FAILS(5, 0x20, 0, range(0xc1, 0, 0, 0, 0));
	unit.read_only = true;
	FAILS(7, 0x27, 0, range(0x2a, 0, 0, 8, 4096));
	FAILS(7, 0x27, 0, range(0x42, 0, 0, 0, 4096));
	FAILS(7, 0x27, 0, range(0x93, 0, 0, 8, 512));
	CHECK(range(0x28, 0, 0, 8, 4096) == SCSI_READ);
}

static void put_range(unsigned int number, uint64_t first, uint32_t count)
{
	scsi_put(command.data + 8 + number * 16, 8, first);
	scsi_put(command.data + 16 + number * 16, 4, count);
}

static enum scsi_action unmap(uint32_t length, uint32_t bytes, uint32_t room)
{
	scsi_put(command.data, 2, bytes + 6);
	scsi_put(command.data + 2, 2, bytes);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = 0x42;
	scsi_put(cdb + 7, 2, length);
	return run_length(10, room);
}

static void test_unmap(void)
{
	unsigned int i;

	disk(64 * MB);
	put_range(0, 8, 8);
	put_range(1, 0, 0);
	put_range(2, 131064, 8);
	CHECK(unmap(56, 48, 56) == SCSI_UNMAP && command.count == 2);
	CHECK(command.ranges[0].offset == 4096 &&
		command.ranges[0].size == 4096);
	CHECK(command.ranges[1].offset == 64 * MB - 4096);
	CHECK(unmap(0, 0, 0) == SCSI_DONE);
	CHECK(unmap(8, 0, 8) == SCSI_DONE);
	/* N26: lists that are longer than what is there. */
	FAILS(5, 0x1a, 0, unmap(56, 48, 55));
	FAILS(5, 0x1a, 0, unmap(7, 0, 56));
	FAILS(5, 0x1a, 0, unmap(24, 48, 56));
	FAILS(5, 0x1a, 0, unmap(0xffff, 48, 4096));
	FAILS(5, 0x1a, 0, unmap(56, 0xffff, 56));
	put_range(2, 131065, 8);
	FAILS(5, 0x21, 0, unmap(56, 48, 56));
	put_range(2, UINT64_MAX, UINT32_MAX);
	FAILS(5, 0x21, 0, unmap(56, 48, 56));
	for (i = 0; i < SCSI_RANGES + 1; i++)
		put_range(i, i * 16, 8);
	CHECK(unmap(8 + SCSI_RANGES * 16, SCSI_RANGES * 16, 4096) ==
		SCSI_UNMAP && command.count == SCSI_RANGES);
	FAILS(5, 0x26, 0, unmap(24 + SCSI_RANGES * 16, SCSI_RANGES * 16 + 16,
		4096));
	/* So much in all, as the page of limits says: also the same twice. */
	disk(1ull << 46);
	put_range(0, 0, SCSI_UNMAP_MOST - 8);
	put_range(1, 0, 8);
	CHECK(unmap(40, 32, 40) == SCSI_UNMAP && command.count == 2);
	put_range(1, 0, 9);
	FAILS(5, 0x26, 0, unmap(40, 32, 40));
	put_range(0, 0, SCSI_UNMAP_MOST + 1);
	FAILS(5, 0x26, 0, unmap(24, 16, 24));
	put_range(0, 0, UINT32_MAX);
	put_range(1, 0, UINT32_MAX);
	FAILS(5, 0x26, 0, unmap(40, 32, 40));
}

static void test_write_same(void)
{
	disk(16384 * MB);
	memset(command.data, 0, 512);
	CHECK(range(0x93, 0x08, 16, 32, 512) == SCSI_UNMAP);
	CHECK(command.count == 1 && command.ranges[0].offset == 8192 &&
		command.ranges[0].size == 16384);
	CHECK(range(0x93, 0x00, 16, 32, 512) == SCSI_UNMAP);
	CHECK(range(0x93, 0x01, 0, SCSI_SAME, 0) == SCSI_UNMAP);
	CHECK(range(0x41, 0x08, 16, 32, 512) == SCSI_UNMAP);
	FAILS(5, 0x24, 0, range(0x93, 0x08, 0, SCSI_SAME + 1, 512));
	FAILS(5, 0x24, 0, range(0x93, 0x08, 0, 0, 512));
	FAILS(5, 0x24, 0, range(0x93, 0x08, 0, 1, 511));
	FAILS(5, 0x24, 0, range(0x93, 0x10, 0, 1, 512));
	FAILS(5, 0x24, 0, range(0x93, 0xe0, 0, 1, 512));
	FAILS(5, 0x21, 0, range(0x93, 0x08, UINT64_MAX, 1, 512));
	FAILS(5, 0x21, 0, range(0x93, 0x08, 0, UINT32_MAX, 512));
	command.data[511] = 1;
	FAILS(5, 0x24, 0, range(0x93, 0x08, 0, 1, 512));
}

static void test_capacity(void)
{
	disk(64 * MB);
	CHECK(RUN(8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0) == SCSI_DONE);
	CHECK(command.answer == 8 && scsi_get(command.data, 4) == 131071 &&
		scsi_get(command.data + 4, 4) == 512);
	CHECK(RUN(32, 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0) ==
		SCSI_DONE);
	CHECK(command.answer == 32 && scsi_get8(command.data) == 131071);
	CHECK(command.data[13] == 3 && command.data[14] == 0xc0);
	CHECK(RUN(32, 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0) ==
		SCSI_DONE && command.answer == 12);
	FAILS(5, 0x24, 0, RUN(32, 0x9e, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		32, 0, 0));
	disk(4ull << 40);
	CHECK(RUN(8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0) == SCSI_DONE);
	CHECK(scsi_get(command.data, 4) == UINT32_MAX);
}

static void test_attention(void)
{
	disk(MB);
	unit.attention = (struct scsi_sense){ 6, 0x2a, 0x09 };
	CHECK(RUN(36, 0x12, 0, 0, 0, 36, 0) == SCSI_DONE);
	CHECK(RUN(64, 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0) == SCSI_LUNS);
	FAILS(6, 0x2a, 9, RUN(0, 0, 0, 0, 0, 0, 0));
	CHECK(RUN(0, 0, 0, 0, 0, 0, 0) == SCSI_DONE);
	unit.attention = (struct scsi_sense){ 6, 0x2a, 0x09 };
	CHECK(RUN(18, 0x03, 0, 0, 0, 18, 0) == SCSI_DONE);
	CHECK(command.answer == 18 && command.data[0] == 0x70 &&
		command.data[2] == 6 && command.data[12] == 0x2a &&
		command.data[13] == 9);
	CHECK(RUN(18, 0x03, 0, 0, 0, 18, 0) == SCSI_DONE &&
		!command.data[2]);
}

static void test_inquiry(void)
{
	uint8_t serial[32];

	disk(64 * MB);
	CHECK(RUN(36, 0x12, 0, 0, 0, 36, 0) == SCSI_DONE);
	CHECK(command.answer == 36 && command.data[0] == 0 &&
		!memcmp(command.data + 8, "Msft    Virtual Disk    1.0 ", 28));
	CHECK(RUN(5, 0x12, 0, 0, 0, 36, 0) == SCSI_DONE && command.answer == 5);
	CHECK(RUN(255, 0x12, 1, 0, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 10 && command.data[9] == 0xb2);
	CHECK(RUN(255, 0x12, 1, 0x80, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 36 && command.data[1] == 0x80);
	memcpy(serial, command.data + 4, 32);
	CHECK(!memcmp(serial, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", 32));
	CHECK(RUN(255, 0x12, 1, 0x83, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 60 && command.data[3] == 56);
	CHECK(!memcmp(command.data + 16, serial, 32));
	CHECK(command.data[52] == 0x30 && command.data[53] == 0xa1);
	CHECK(RUN(255, 0x12, 1, 0xb0, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 64);
	CHECK(scsi_get(command.data + 6, 2) == 8);
	CHECK(scsi_get(command.data + 8, 4) == 512);
	CHECK(scsi_get(command.data + 20, 4) == SCSI_UNMAP_MOST);
	CHECK(scsi_get(command.data + 24, 4) == SCSI_RANGES);
	CHECK(scsi_get8(command.data + 36) == SCSI_SAME);
	CHECK(RUN(255, 0x12, 1, 0xb1, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 64 && command.data[5] == 1);
	CHECK(RUN(255, 0x12, 1, 0xb2, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 8 && command.data[5] == 0xe4);
	FAILS(5, 0x24, 0, RUN(255, 0x12, 1, 0xc0, 0, 255, 0));
	FAILS(5, 0x24, 0, RUN(255, 0x12, 0, 0x80, 0, 255, 0));
	FAILS(5, 0x24, 0, RUN(255, 0x12, 2, 0, 0, 255, 0));
	dvd(0);
	CHECK(RUN(255, 0x12, 0, 0, 0, 255, 0) == SCSI_DONE);
	CHECK(command.data[0] == 5 && command.data[1] == 0x80);
	FAILS(5, 0x24, 0, RUN(255, 0x12, 1, 0xb0, 0, 255, 0));
	command.action = SCSI_DONE;
	memset(cdb, 0, 6);
	cdb[4] = 36;
	inquiry_absent(&command);
	CHECK(command.action == SCSI_DONE && command.data[0] == 0x7f);
}

static void test_mode(void)
{
	disk(MB);
	CHECK(RUN(255, 0x1a, 0, 0x08, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 24 && command.data[0] == 23 &&
		command.data[2] == 0x10 && command.data[4] == 8 &&
		command.data[6] == 4);
	CHECK(RUN(255, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 64 && scsi_get(command.data, 2) == 62);
	CHECK(RUN(255, 0x1a, 0, 0x48, 0, 255, 0) == SCSI_DONE);
	CHECK(command.data[4] == 8 && !command.data[6]);
	FAILS(5, 0x39, 0, RUN(255, 0x1a, 0, 0xc8, 0, 255, 0));
	FAILS(5, 0x24, 0, RUN(255, 0x1a, 0, 0x19, 0, 255, 0));
	FAILS(5, 0x24, 0, RUN(255, 0x1a, 0, 0x08, 3, 255, 0));
	unit.read_only = true;
	CHECK(RUN(255, 0x1a, 0, 0x3f, 0, 255, 0) == SCSI_DONE);
	CHECK(command.data[2] == 0x90);
	/* What was said can be said back, changes cannot. */
	CHECK(RUN(255, 0x1a, 0, 0x08, 0, 255, 0) == SCSI_DONE);
	command.data[0] = 0;
	CHECK(RUN(24, 0x15, 0x10, 0, 0, 24, 0) == SCSI_DONE);
	FAILS(5, 0x1a, 0, RUN(23, 0x15, 0x10, 0, 0, 24, 0));
	FAILS(5, 0x1a, 0, RUN(24, 0x15, 0x10, 0, 0, 3, 0));
	FAILS(5, 0x26, 0, RUN(24, 0x15, 0x10, 0, 0, 23, 0));
	FAILS(5, 0x24, 0, RUN(24, 0x15, 0x11, 0, 0, 24, 0));
	FAILS(5, 0x24, 0, RUN(24, 0x15, 0x00, 0, 0, 24, 0));
	command.data[6] = 0;
	FAILS(5, 0x26, 0, RUN(24, 0x15, 0x10, 0, 0, 24, 0));
	command.data[3] = 21;
	FAILS(5, 0x1a, 0, RUN(24, 0x15, 0x10, 0, 0, 24, 0));
	command.data[3] = 0;
	command.data[4] = 0x3f;
	FAILS(5, 0x26, 0, RUN(24, 0x15, 0x10, 0, 0, 24, 0));
	dvd(0);
	CHECK(RUN(255, 0x1a, 0, 0x2a, 0, 255, 0) == SCSI_DONE);
	CHECK(command.answer == 26 && command.data[4] == 0x2a);
}

static void test_dvd(void)
{
	dvd(0);
	FAILS(2, 0x3a, 0, RUN(0, 0, 0, 0, 0, 0, 0));
	FAILS(2, 0x3a, 0, range(0x28, 0, 0, 1, 2048));
	FAILS(2, 0x3a, 0, RUN(8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0));
	unit.event = SCSI_EVENT_REMOVED;
	CHECK(RUN(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0) == SCSI_DONE);
	CHECK(command.answer == 8 && command.data[4] == 3 && !command.data[5]);
	dvd(20 * MB);
	CHECK(range(0x28, 0, 10239, 1, 2048) == SCSI_READ);
	CHECK(command.offset == 20 * MB - 2048 && command.size == 2048);
	FAILS(5, 0x21, 0, range(0x28, 0, 10240, 1, 2048));
	FAILS(5, 0x20, 0, range(0x2a, 0, 0, 1, 2048));
	CHECK(RUN(20, 0x43, 0, 0, 0, 0, 0, 0, 0, 20, 0) == SCSI_DONE);
	CHECK(command.answer == 20 && command.data[1] == 18 &&
		command.data[14] == 0xaa &&
		scsi_get(command.data + 16, 4) == 10240);
	CHECK(RUN(12, 0x43, 2, 0, 0, 0, 0, 0xaa - 256, 0, 12, 0) == SCSI_DONE);
	CHECK(command.answer == 12 && command.data[9] == 2 &&
		command.data[10] == 18 && command.data[11] == 40);
	FAILS(5, 0x24, 0, RUN(12, 0x43, 0, 0, 0, 0, 0, 2, 0, 12, 0));
	FAILS(5, 0x24, 0, RUN(12, 0x43, 0, 2, 0, 0, 0, 0, 0, 12, 0));
	CHECK(RUN(255, 0x46, 0, 0, 0, 0, 0, 0, 0, 255, 0) == SCSI_DONE);
	CHECK(scsi_get(command.data, 4) == command.answer - 4u &&
		command.data[7] == 0x10);
	CHECK(RUN(8, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0) == SCSI_DONE);
	CHECK(command.answer == 8 && !command.data[4] && command.data[5] == 2);
	FAILS(5, 0x24, 0, RUN(8, 0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8, 0));
	CHECK(RUN(34, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0) == SCSI_DONE);
	CHECK(command.answer == 34);
	CHECK(RUN(36, 0x52, 1, 0, 0, 0, 1, 0, 0, 36, 0) == SCSI_DONE);
	CHECK(command.answer == 36 &&
		scsi_get(command.data + 24, 4) == 10240);
	CHECK(RUN(8, 0xbd - 256, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0) == SCSI_DONE);
	CHECK(command.answer == 8);
	/* A locked one stays. */
	CHECK(RUN(0, 0x1e, 0, 0, 0, 1, 0) == SCSI_DONE && unit.locked);
	FAILS(5, 0x53, 2, RUN(0, 0x1b, 0, 0, 0, 2, 0));
	CHECK(RUN(0, 0x1e, 0, 0, 0, 0, 0) == SCSI_DONE && !unit.locked);
	CHECK(RUN(0, 0x1b, 0, 0, 0, 2, 0) == SCSI_EJECT);
	disk(MB);
	CHECK(RUN(0, 0x1b, 0, 0, 0, 2, 0) == SCSI_DONE);
}

/* Whatever is asked, what comes out can be done. */
static void check_result(void)
{
	unsigned int i;

	CHECK(command.answer <= command.room && command.answer <= SCSI_DATA);
	switch (command.action) {
	case SCSI_READ:
	case SCSI_WRITE:
		CHECK(command.size && command.size <= command.room);
		CHECK(command.offset < unit.size &&
			command.size <= unit.size - command.offset);
		CHECK(command.offset % unit.sector == 0 &&
			command.size % unit.sector == 0);
		CHECK(command.action == SCSI_READ || !unit.read_only);
		break;
	case SCSI_UNMAP:
		CHECK(command.count && command.count <= SCSI_RANGES);
		CHECK(!unit.read_only);
		for (i = 0; i < command.count; i++)
			CHECK(command.ranges[i].size &&
				command.ranges[i].offset < unit.size &&
				command.ranges[i].size <=
				unit.size - command.ranges[i].offset);
		break;
	case SCSI_FAIL:
		CHECK(command.sense.key);
		break;
	default:
		break;
	}
}

static void test_random(unsigned int rounds)
{
	unsigned int i;

	for (; rounds; rounds--) {
		if (any() % 4)
			disk((1 + any() % (1 << (any() % 20))) * MB);
		else
			dvd(any() % 3 * 2048 * (any() % 4096));
		unit.read_only |= any() % 8 == 0;
		if (any() % 16 == 0)
			unit.attention = (struct scsi_sense){ 6, 0x2a, 9 };
		for (i = 0; i < 16; i++)
			cdb[i] = any() % 3 ? 0 : any();
		cdb[0] = any();
		for (i = 0; i < 64; i++)
			command.data[any() % 256] = any();
		run_length(any() % 4 ? 16 : any() % 17,
			any() % 2 ? any() % 8192 : any() % (SCSI_TRANSFER + 1));
		check_result();
	}
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_scsi", count, arguments);

	test_transfers();
	test_unmap();
	test_write_same();
	test_capacity();
	test_attention();
	test_inquiry();
	test_mode();
	test_dvd();
	test_random(rounds * 50);
	return 0;
}
