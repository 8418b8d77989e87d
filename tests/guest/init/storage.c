/* What the guest does with a disk of the SCSI controller. */
/* SPDX-License-Identifier: MIT */
#include "storage.h"

#include "call.h"
#include "modules.h"
#include "say.h"

/* arch/x86/entry/syscalls/syscall_{64,32}.tbl */
#ifdef __x86_64__
enum { CALL_PWRITE = 18, CALL_FSYNC = 74, CALL_AIO_SETUP = 206,
	CALL_AIO_EVENTS = 208, CALL_AIO_SUBMIT = 209 };
#else
enum { CALL_FSYNC = 118, CALL_PWRITE = 181, CALL_AIO_SETUP = 245,
	CALL_AIO_EVENTS = 247, CALL_AIO_SUBMIT = 248 };
#endif

#define OPEN_BOTH	2
#define OPEN_DIRECT	040000
#define DISK		"/dev/sda"

/* In an order in which each finds what it needs. */
static const char *const modules[] = {
	"/modules/scsi_common.ko", "/modules/scsi_mod.ko",
	"/modules/scsi_transport_fc.ko", "/modules/hv_vmbus.ko",
	"/modules/hv_storvsc.ko", "/modules/sd_mod.ko", NULL,
};

/* The first disk, once there is one. */
static long disk_open(void)
{
	unsigned int i;
	long file = -1;

	modules_load(modules);
	call(CALL_MOUNT, (long)"dev", (long)"/dev", (long)"devtmpfs", 0, 0);
	for (i = 0; i < 600 && file < 0; i++) {
		file = call(CALL_OPEN, (long)DISK, OPEN_BOTH | OPEN_DIRECT, 0,
			0, 0);
		if (file < 0)
			call_sleep(100);
	}
	check(file >= 0, "disk", DISK);
	return file;
}

/* linux/aio_abi.h */
struct request {
	uint64_t data;
	uint32_t key, flags;
	uint16_t operation;
	int16_t priority;
	uint32_t file;
	uint64_t buffer, size, offset;
	uint64_t reserved;
	uint32_t more_flags, event;
};
struct event {
	uint64_t data, request;
	int64_t result, more;
};
enum { READ = 0, WRITE = 1 };

#define PIECE		4096ul
#define AREA		(64ul << 20)
#define REQUESTS	4096u
#define DEPTH		32u

static struct request requests[DEPTH];
static unsigned long context;
static char *memory;
static uint32_t random_state, next_piece;

static uint64_t next_offset(bool random)
{
	if (!random)
		return next_piece++ * PIECE % AREA;
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) * PIECE % AREA;
}

static struct request *again(uint64_t slot, long file, bool random, bool write)
{
	requests[slot] = (struct request){
		.data = slot,
		.operation = write ? WRITE : READ,
		.file = (uint32_t)file,
		.buffer = (unsigned long)(memory + slot * PIECE),
		.size = PIECE,
		.offset = next_offset(random),
	};
	return &requests[slot];
}

/* That many requests, always depth of them under way; how many were good. */
static unsigned int run(long file, unsigned int depth, bool random, bool write)
{
	struct request *list[DEPTH];
	struct event events[DEPTH];
	unsigned int sent, ended = 0, good = 0;
	long count, i;

	for (sent = 0; sent < depth; sent++)
		list[sent] = again(sent, file, random, write);
	call(CALL_AIO_SUBMIT, (long)context, depth, (long)list, 0, 0);
	while (ended < REQUESTS) {
		count = call(CALL_AIO_EVENTS, (long)context, 1, depth,
			(long)events, 0);
		if (count <= 0)
			break;
		ended += (unsigned int)count;
		for (i = 0; i < count; i++)
			good += events[i].result == (int64_t)PIECE;
		for (i = 0; i < count && sent < REQUESTS; i++, sent++)
			list[i] = again(events[i].data, file, random, write);
		if (i)
			call(CALL_AIO_SUBMIT, (long)context, i, (long)list, 0,
				0);
	}
	return good;
}

static void fill(long file)
{
	unsigned long at;

	for (at = 0; at < AREA; at += DEPTH * PIECE)
		call(CALL_PWRITE, file, (long)memory, DEPTH * PIECE, (long)at,
			0);
	check(!call(CALL_FSYNC, file, 0, 0, 0, 0), "disk filled (MB)",
		number(AREA >> 20));
}

static void wait_line(void)
{
	char letter = 0;

	while (letter != '\n')
		call(CALL_READ, 0, (long)&letter, 1, 0, 0);
}

static void phase(long file, unsigned int depth, bool random, bool write)
{
	const char *way = random ? write ? "random write" : "random read" :
		write ? "sequential write" : "sequential read";
	uint64_t begin;
	unsigned int good;

	say("ready: ", way, ", depth ", number(depth), NULL);
	wait_line();
	begin = __builtin_ia32_rdtsc();
	good = run(file, depth, random, write);
	say("figure: ", way, ", depth ", number(depth), ": ", number(good),
		" in ", number((unsigned long)((__builtin_ia32_rdtsc() -
		begin) >> 10)), NULL);
}

void storage_figures(void)
{
	static const unsigned int depths[] = { 1, 8, 32 };
	long file = disk_open();
	unsigned int i, way;

	memory = call_memory(DEPTH * PIECE);
	call(CALL_AIO_SETUP, DEPTH, (long)&context, 0, 0, 0);
	fill(file);
	for (way = 0; way < 4; way++)
		for (i = 0; i < 3; i++)
			phase(file, depths[i], way < 2, way & 1);
}
