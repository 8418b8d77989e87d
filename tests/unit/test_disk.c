/* Disk images: created, opened, written, trimmed, grown, against a flat model.
 * usage: test_disk OPERATIONS [SEED] */
/* SPDX-License-Identifier: MIT */
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "disk.h"
#include "memory_file.h"

#define MB (1ull << 20)

static struct memory_file memory;
static struct disk_error error;
static uint64_t state;

static uint64_t any(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static void say(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "%s\n", sentence);
}

static void check_clean(void)
{
	bool dirty;

	CHECK(disk_check(&memory.file, DISK_VHDX, say, NULL, &dirty) == 0);
	CHECK(!dirty);
}

static struct disk *open_disk(enum disk_format format, bool read_only)
{
	struct disk *disk;

	if (disk_open(&disk, &memory.file, format, read_only, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	return disk;
}

static void create(enum disk_format format, bool fixed, uint64_t size,
	uint32_t block)
{
	const struct disk_form form = { format, fixed, size, block };

	memory_free(&memory);
	CHECK(disk_create(&memory.file, &form, &error) == 0);
}

static bool is_filled(const uint8_t *bytes, size_t size, uint8_t with)
{
	while (size && bytes[size - 1] == with)
		size--;
	return !size;
}

static void expect(struct disk *disk, uint64_t offset, size_t size,
	uint8_t with)
{
	uint8_t *bytes = malloc(size);

	CHECK(disk_read(disk, offset, bytes, size) == 0);
	CHECK(is_filled(bytes, size, with));
	free(bytes);
}

static void fill(struct disk *disk, uint64_t offset, size_t size, uint8_t with)
{
	uint8_t *bytes = malloc(size);

	memset(bytes, with, size);
	CHECK(disk_write(disk, offset, bytes, size) == 0);
	free(bytes);
}

static void test_new(void)
{
	const struct disk_form bad[] = {
		{ DISK_VHDX, false, 0, 0 },
		{ DISK_VHDX, false, MB + 1, 0 },
		{ DISK_VHDX, false, DISK_SIZE_MAX + 512, 0 },
		{ DISK_VHDX, false, 4 * MB, 3 * MB },
		{ DISK_VHDX, false, 4 * MB, 512 * 1024 },
		{ DISK_VHDX, false, 4 * MB, 512 * MB },
		{ DISK_VHD, false, 4 * MB, 0 },
	};
	const struct disk_facts *facts;
	struct disk_facts before;
	struct disk *disk;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		memory_free(&memory);
		CHECK(disk_create(&memory.file, &bad[i], &error) < 0);
		CHECK(error.text[0]);
		CHECK(memory.size == 0);
	}
	create(DISK_VHDX, false, 100 * MB + 512, 0);
	check_clean();
	disk = open_disk(DISK_VHDX, true);
	facts = disk_facts(disk);
	CHECK(facts->format == DISK_VHDX && !facts->fixed && facts->read_only);
	CHECK(facts->size == 100 * MB + 512 && facts->block == 32 * MB);
	CHECK(facts->logical == 512 && facts->physical == 4096);
	CHECK(!is_filled(facts->id, 16, 0));
	before = *facts;
	expect(disk, 0, MB, 0);
	CHECK(disk_write(disk, 0, &i, 512) == -EROFS);
	CHECK(disk_unmap(disk, 0, 512) == -EROFS);
	CHECK(disk_prepare(disk, 0, 512) == -EROFS);
	CHECK(disk_resize(disk, 200 * MB) == -EROFS);
	CHECK(disk_close(disk) == 0);
	disk = open_disk(DISK_VHDX, false);
	CHECK(!memcmp(disk_facts(disk)->id, before.id, 16));
	CHECK(disk_close(disk) == 0);
	check_clean();
}

/* What is not opened for writing, or refused, stays as it is. */
static void test_untouched(void)
{
	struct memory_file copy;
	struct disk *disk;

	memory_init(&copy);
	create(DISK_VHDX, false, 8 * MB, MB);
	memory_clone(&copy, &memory);
	disk = open_disk(DISK_VHDX, true);
	expect(disk, 0, 8 * MB, 0);
	CHECK(disk_flush(disk) == 0);
	CHECK(disk_close(disk) == 0);
	CHECK(memory_same(&memory, &copy));
	/* Another program sees that it may have changed. */
	disk = open_disk(DISK_VHDX, false);
	CHECK(disk_close(disk) == 0);
	CHECK(!memory_same(&memory, &copy));
	memory_free(&copy);
}

static void test_ranges(enum disk_format format)
{
	struct disk_extent extents[4];
	struct disk *disk;
	uint8_t bytes[1024];
	uint64_t size = 5 * MB + 1024;

	memset(bytes, 1, sizeof(bytes));
	create(format, false, size, MB);
	disk = open_disk(format, false);
	CHECK(disk_map(disk, size, 0, extents, 4) == 0);
	CHECK(disk_map(disk, 0, 512, extents, 0) == 0);
	CHECK(disk_map(disk, size - 512, 1024, extents, 4) == -ERANGE);
	CHECK(disk_map(disk, size + 512, 0, extents, 4) == -ERANGE);
	CHECK(disk_map(disk, UINT64_MAX - 511, 1024, extents, 4) == -ERANGE);
	CHECK(disk_map(disk, 512, UINT64_MAX - 511, extents, 4) == -ERANGE);
	CHECK(disk_map(disk, 1, 512, extents, 4) == -ERANGE);
	CHECK(disk_map(disk, 0, 511, extents, 4) == -ERANGE);
	CHECK(disk_prepare(disk, size - 512, 1024) == -ERANGE);
	CHECK(disk_unmap(disk, size - 512, 1024) == -ERANGE);
	CHECK(disk_unmap(disk, UINT64_MAX - 511, 1024) == -ERANGE);
	CHECK(disk_write(disk, size - 512, bytes, 1024) == -ERANGE);
	CHECK(disk_read(disk, size - 512, bytes, 1024) == -ERANGE);
	CHECK(disk_write(disk, size - 1024, bytes, 1024) == 0);
	expect(disk, size - 1024, 1024, 1);
	CHECK(disk_poisoned(disk) == 0);
	CHECK(disk_resize(disk, 2 * MB) == -ENOTSUP);
	CHECK(disk_resize(disk, size + 1) == -EINVAL);
	CHECK(disk_resize(disk, DISK_SIZE_MAX + 512) == -EINVAL);
	CHECK(disk_poisoned(disk) == 0);
	CHECK(disk_close(disk) == 0);
}

static void test_map(void)
{
	struct disk_extent extents[4];
	struct disk *disk;

	create(DISK_VHDX, false, 8 * MB, MB);
	disk = open_disk(DISK_VHDX, false);
	CHECK(disk_map(disk, 0, 8 * MB, extents, 4) == 1);
	CHECK(!extents[0].there && extents[0].length == 8 * MB);
	fill(disk, 2 * MB, 512, 1);
	fill(disk, 3 * MB, 512, 1);
	fill(disk, 6 * MB, 512, 1);
	fill(disk, 5 * MB, 512, 1);
	CHECK(disk_map(disk, MB, 7 * MB, extents, 4) == 4);
	CHECK(!extents[0].there && extents[0].length == MB);
	CHECK(extents[1].there && extents[1].length == 2 * MB);
	CHECK(!extents[2].there && extents[2].length == MB);
	CHECK(extents[3].there && extents[3].length == MB);
	CHECK(disk_map(disk, 5 * MB + 512, 2 * MB, extents, 4) == 3);
	CHECK(extents[0].there && extents[0].length == MB - 512);
	CHECK(extents[1].there && extents[1].length == MB);
	CHECK(!extents[2].there && extents[2].length == 512);
	CHECK(disk_close(disk) == 0);
	check_clean();
}

/* One sync for a new block, one more where the place is not new, or farther
 * behind than the file was longer. */
static void test_syncs(void)
{
	struct disk *disk;
	uint64_t syncs;

	create(DISK_VHDX, false, 64 * MB, MB);
	disk = open_disk(DISK_VHDX, false);
	CHECK(disk_prepare(disk, 0, MB) == 0);
	syncs = memory.syncs;
	CHECK(disk_prepare(disk, MB, 20 * MB) == 0);
	CHECK(memory.syncs == syncs + 1);
	CHECK(disk_prepare(disk, 0, 21 * MB) == 0);
	CHECK(memory.syncs == syncs + 1);
	CHECK(disk_unmap(disk, 3 * MB, MB) == 0);
	CHECK(memory.syncs == syncs + 2);
	CHECK(disk_prepare(disk, 50 * MB, 512) == 0);
	CHECK(memory.syncs == syncs + 4);
	CHECK(disk_prepare(disk, 0, 64 * MB) == 0);
	CHECK(memory.syncs == syncs + 6);
	CHECK(disk_close(disk) == 0);
	check_clean();
}

static void test_unmap(void)
{
	struct disk_use use;
	struct disk_extent before, after;
	struct disk *disk;
	const uint64_t size = 20 * MB;	/* that is used */

	create(DISK_VHDX, false, 16 * MB, MB);
	disk = open_disk(DISK_VHDX, false);
	fill(disk, 0, 16 * MB, 7);
	CHECK(disk_unmap(disk, 512, MB) == 0);
	expect(disk, 0, 512, 7);
	expect(disk, 512, MB, 0);
	expect(disk, MB + 512, MB - 512, 7);
	/* A request looks at the place of block 4: nobody else gets it. */
	disk_begin(disk, &use);
	CHECK(disk_map(disk, 4 * MB, 512, &before, 1) == 1);
	CHECK(disk_unmap(disk, 4 * MB, MB) == 0);
	expect(disk, 4 * MB, MB, 0);
	CHECK(disk_prepare(disk, 4 * MB, 512) == 0);
	CHECK(disk_map(disk, 4 * MB, 512, &after, 1) == 1);
	CHECK(after.there && after.offset != before.offset);
	CHECK(after.offset == size);
	disk_end(disk, &use);
	CHECK(disk_unmap(disk, 4 * MB, MB) == 0);
	CHECK(disk_prepare(disk, 4 * MB, 512) == 0);
	CHECK(disk_map(disk, 4 * MB, 512, &after, 1) == 1);
	CHECK(after.there && after.offset < size);
	expect(disk, 4 * MB, MB, 0);
	CHECK(disk_unmap(disk, 0, 16 * MB) == 0);
	CHECK(disk_close(disk) == 0);
	check_clean();
	/* Header section, log, metadata, BAT. */
	CHECK(memory.size == 4 * MB);
	disk = open_disk(DISK_VHDX, true);
	expect(disk, 0, 16 * MB, 0);
	CHECK(disk_close(disk) == 0);
}

/* The last block is whole when all is trimmed that the disk has of it. */
static void test_unmap_end(void)
{
	struct disk *disk;

	create(DISK_VHDX, false, 3 * MB + 512, MB);
	disk = open_disk(DISK_VHDX, false);
	fill(disk, 0, 3 * MB, 7);
	fill(disk, 3 * MB, 512, 7);
	CHECK(disk_unmap(disk, 2 * MB, MB + 512) == 0);
	CHECK(disk_close(disk) == 0);
	CHECK(memory.size == 6 * MB);
	check_clean();
}

static void test_fixed(void)
{
	struct disk_extent extent;
	struct disk *disk;
	uint64_t size;

	create(DISK_VHDX, true, 8 * MB + 512, 2 * MB);
	check_clean();
	CHECK(memory.size == 4 * MB + 10 * MB);
	disk = open_disk(DISK_VHDX, false);
	CHECK(disk_facts(disk)->fixed && memory.file.keep);
	CHECK(disk_map(disk, 0, 8 * MB + 512, &extent, 1) == 1);
	CHECK(extent.there && extent.length == 8 * MB + 512);
	fill(disk, 0, 8 * MB, 9);
	CHECK(disk_unmap(disk, 0, 4 * MB) == 0);
	expect(disk, 0, 4 * MB, 0);
	CHECK(disk_map(disk, 0, 8 * MB + 512, &extent, 1) == 1);
	CHECK(extent.there && extent.length == 8 * MB + 512);
	size = memory.size;
	CHECK(disk_resize(disk, 20 * MB) == 0);
	CHECK(memory.size == size + 10 * MB);
	CHECK(disk_map(disk, 0, 20 * MB, &extent, 1) == 1);
	CHECK(extent.there && extent.length == 20 * MB);
	expect(disk, 8 * MB, 12 * MB, 0);
	CHECK(disk_close(disk) == 0);
	check_clean();
	disk = open_disk(DISK_VHDX, true);
	CHECK(disk_map(disk, 0, 20 * MB, &extent, 1) == 1);
	CHECK(extent.there && extent.length == 20 * MB);
	CHECK(disk_close(disk) == 0);
}

/* The BAT moves: with blocks of 1 MB its first megabyte is for 128 GB. */
static void test_resize(void)
{
	struct disk *disk;
	int i;

	for (i = 0; i < 2; i++) {
		create(DISK_VHDX, false, 4 * MB + 512, MB);
		disk = open_disk(DISK_VHDX, false);
		fill(disk, 4 * MB, 512, 3);
		fill(disk, MB, MB, 4);
		CHECK(disk_resize(disk, 100 * MB) == 0);
		CHECK(disk_facts(disk)->size == 100 * MB);
		fill(disk, 99 * MB, MB, 5);
		expect(disk, 4 * MB + 512, 90 * MB, 0);
		CHECK(disk_resize(disk, 300ull << 30) == 0);
		fill(disk, (300ull << 30) - MB, MB, 6);
		fill(disk, 130ull << 30, 512, 7);
		if (i)
			CHECK(disk_resize(disk, DISK_SIZE_MAX) == 0);
		CHECK(disk_close(disk) == 0);
		check_clean();
		disk = open_disk(DISK_VHDX, false);
		expect(disk, 0, MB, 0);
		expect(disk, MB, MB, 4);
		expect(disk, 2 * MB, 2 * MB, 0);
		expect(disk, 4 * MB, 512, 3);
		expect(disk, 4 * MB + 512, 95 * MB - 512, 0);
		expect(disk, 99 * MB, MB, 5);
		expect(disk, (300ull << 30) - MB, MB, 6);
		expect(disk, 130ull << 30, 512, 7);
		/* The old BAT's place is free. */
		fill(disk, 0, MB, 8);
		expect(disk, (300ull << 30) - MB, MB, 6);
		expect(disk, 0, MB, 8);
		CHECK(disk_close(disk) == 0);
		check_clean();
	}
}

/* A disk whose growth is refused goes on as before. */
static void check_refused(bool fixed, uint64_t size, int expected)
{
	struct disk *disk = open_disk(DISK_VHDX, false);
	uint64_t old = disk_facts(disk)->size, length = memory.size;

	CHECK(disk_resize(disk, size) == expected);
	CHECK(disk_poisoned(disk) == 0 && disk_facts(disk)->size == old);
	CHECK(memory.size == length);
	fill(disk, old - MB, MB, 8);
	if (!fixed)
		CHECK(disk_unmap(disk, 0, 2 * MB) == 0);
	fill(disk, 0, MB, 7);
	memory.volume = 0;
	CHECK(disk_resize(disk, old + 2 * MB) == 0);
	expect(disk, old, 2 * MB, 0);
	fill(disk, old, MB, 6);
	expect(disk, old - MB, MB, 8);
	expect(disk, 0, MB, 7);
	CHECK(disk_close(disk) == 0);
	check_clean();
	CHECK(memory.size < length + 8 * MB);
}

static void test_resize_refused(void)
{
	uint8_t bytes[512] = { 0 };
	struct disk *disk;

	create(DISK_VHDX, true, 8 * MB, MB);
	memory.volume = memory.size + 4 * MB;
	check_refused(true, 16 * MB, -ENOSPC);
	memory.volume = memory.size + 64 * MB;
	/* The BAT has room, the blocks do not; and it is too long. */
	check_refused(true, 200ull << 30, -EFBIG);
	create(DISK_VHDX, false, 8 * MB, MB);
	memory.longest = memory.size + 40 * MB;
	check_refused(false, DISK_SIZE_MAX, -EFBIG);
	create(DISK_RAW, false, 8 * MB, 0);
	disk = open_disk(DISK_RAW, false);
	memory.longest = 8 * MB;
	CHECK(disk_resize(disk, 16 * MB) == -EFBIG);
	CHECK(disk_poisoned(disk) == 0 && disk_facts(disk)->size == 8 * MB);
	CHECK(disk_write(disk, 0, bytes, 512) == 0);
	CHECK(disk_close(disk) == 0);
}

/* What another program has left behind the disk's end is not the disk's. */
static void test_resize_rest(void)
{
	struct disk_extent extent;
	struct disk *disk;
	uint8_t junk[4096];
	uint64_t at;

	create(DISK_VHDX, false, 4 * MB + 512, MB);
	disk = open_disk(DISK_VHDX, false);
	fill(disk, 4 * MB, 512, 3);
	CHECK(disk_map(disk, 4 * MB, 512, &extent, 1) == 1 && extent.there);
	CHECK(disk_close(disk) == 0);
	memset(junk, 0xaa, sizeof(junk));
	for (at = 512; at < MB; at += 512)
		CHECK(memory_write(&memory.file, extent.offset + at, junk,
			512) == 0);
	disk = open_disk(DISK_VHDX, false);
	CHECK(disk_resize(disk, 8 * MB) == 0);
	expect(disk, 4 * MB, 512, 3);
	expect(disk, 4 * MB + 512, MB, 0);
	CHECK(disk_close(disk) == 0);
	check_clean();
}

/* Around the ring several times, and many blocks in one request. */
static void test_log(void)
{
	struct disk *disk;
	int i;

	create(DISK_VHDX, false, 40ull << 30, MB);
	disk = open_disk(DISK_VHDX, false);
	for (i = 0; i < 700; i++)
		fill(disk, i * 56 * MB, 512, i + 1);
	CHECK(disk_close(disk) == 0);
	check_clean();
	disk = open_disk(DISK_VHDX, false);
	for (i = 0; i < 700; i++)
		expect(disk, i * 56 * MB, 512, i + 1);
	CHECK(disk_prepare(disk, 0, 20ull << 30) == 0);
	for (i = 0; i < 700; i++)
		expect(disk, i * 56 * MB, 512, i + 1);
	CHECK(disk_unmap(disk, 0, 40ull << 30) == 0);
	CHECK(disk_close(disk) == 0);
	check_clean();
	CHECK(memory.size == 4 * MB);
}

/* Killed, and the BAT's two sectors lost, all that the log was for: it is
 * replayed from wherever it is, around the ring's end, too. */
static void check_killed(unsigned int blocks)
{
	static const uint8_t zeros[2 * 4096];
	struct memory_file kept;
	struct disk *disk;
	bool dirty;
	unsigned int i, again;

	memory_init(&kept);
	memory_clone(&kept, &memory);
	CHECK(memory_write(&memory.file, 3 * MB, zeros, sizeof(zeros)) == 0);
	CHECK(disk_check(&memory.file, DISK_VHDX, say, NULL, &dirty) == 0);
	CHECK(dirty);
	for (again = 0; again < 2; again++) {
		disk = open_disk(DISK_VHDX, again);
		for (i = 0; i < blocks; i++)
			expect(disk, i * MB, 512, i + 1);
		CHECK(disk_close(disk) == 0);
	}
	check_clean();
	memory_clone(&memory, &kept);
	memory_free(&kept);
}

/* The last entries have both sectors, so all blocks are in them. Each session
 * begins elsewhere in the ring, and goes around it twice. */
static void test_killed(void)
{
	struct disk *disk;
	unsigned int i;

	create(DISK_VHDX, false, 1000 * MB, MB);
	disk = open_disk(DISK_VHDX, false);
	for (i = 0; i < 240; i++) {
		fill(disk, i * MB, 512, i + 1);
		check_killed(i + 1);
		/* Blocks 511 and 512 have their entries in two sectors. */
		CHECK(disk_prepare(disk, 511 * MB, 2 * MB) == 0);
		CHECK(disk_unmap(disk, 511 * MB, 2 * MB) == 0);
		if (i % 60)
			continue;
		CHECK(disk_close(disk) == 0);
		disk = open_disk(DISK_VHDX, false);
	}
	CHECK(disk_close(disk) == 0);
	check_clean();
}

static void test_poison(void)
{
	struct disk *disk;
	uint8_t bytes[512] = { 0 };
	unsigned int step;

	/* After each write and sync of an allocation. */
	for (step = 0; step < 12; step++) {
		create(DISK_VHDX, false, 16 * MB, MB);
		disk = open_disk(DISK_VHDX, false);
		fill(disk, 0, 512, 1);
		CHECK(disk_flush(disk) == 0);
		memory.fail = -EIO;
		memory.fail_after = step;
		while (disk_write(disk, any(16) * MB, bytes, 512) == 0)
			CHECK(disk_unmap(disk, MB, MB) == 0 || memory.fail);
		CHECK(disk_poisoned(disk) == -EIO);
		memory.fail = 0;
		CHECK(disk_write(disk, 0, bytes, 512) == -EIO);
		CHECK(disk_read(disk, 0, bytes, 512) == -EIO);
		CHECK(disk_prepare(disk, 0, 512) == -EIO);
		CHECK(disk_unmap(disk, 0, 512) == -EIO);
		CHECK(disk_flush(disk) == -EIO);
		CHECK(disk_resize(disk, 32 * MB) == -EIO);
		disk_poison(disk, -ENOSPC);
		CHECK(disk_close(disk) == -EIO);
		disk = open_disk(DISK_VHDX, false);
		CHECK(disk_read(disk, 0, bytes, 512) == 0);
		CHECK(disk_close(disk) == 0);
		check_clean();
	}
	create(DISK_RAW, false, 16 * MB, 0);
	disk = open_disk(DISK_RAW, false);
	memory.fail = -ENOSPC;
	memory.fail_after = 0;
	CHECK(disk_flush(disk) == -ENOSPC);
	memory.fail = 0;
	CHECK(disk_flush(disk) == -ENOSPC);
	CHECK(disk_close(disk) == -ENOSPC);
}

static int read_nothing(struct file *file, uint64_t offset, void *to,
	size_t size)
{
	(void)file;
	(void)offset;
	(void)to;
	(void)size;
	return -EIO;
}

static void test_read_error(void)
{
	struct file_ops ops = memory_ops;
	struct disk *disk;
	uint8_t bytes[512];

	create(DISK_RAW, false, 16 * MB, 0);
	disk = open_disk(DISK_RAW, false);
	ops.read = read_nothing;
	memory.file.ops = &ops;
	CHECK(disk_read(disk, 0, bytes, 512) == -EIO);
	memory.file.ops = &memory_ops;
	CHECK(disk_poisoned(disk) == -EIO);
	CHECK(disk_write(disk, 0, bytes, 512) == -EIO);
	CHECK(disk_close(disk) == -EIO);
}

/* Two syncs may wait at once: then the first has the error, as Linux has it. */
static unsigned int waiting;
static bool told;

static int sync_once(struct file *file)
{
	unsigned int i;

	(void)file;
	__atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
	for (i = 0; __atomic_load_n(&waiting, __ATOMIC_SEQ_CST) < 2 && i < 200;
		i++)
		usleep(1000);
	return __atomic_exchange_n(&told, true, __ATOMIC_SEQ_CST) ? 0 : -EIO;
}

static void *flush_once(void *disk)
{
	CHECK(disk_flush(disk) == -EIO);
	return NULL;
}

static void test_flush_error(void)
{
	struct file_ops ops = memory_ops;
	struct disk *disk;
	pthread_t other;

	create(DISK_RAW, false, 16 * MB, 0);
	disk = open_disk(DISK_RAW, false);
	ops.sync = sync_once;
	memory.file.ops = &ops;
	CHECK(pthread_create(&other, NULL, flush_once, disk) == 0);
	flush_once(disk);
	CHECK(pthread_join(other, NULL) == 0);
	CHECK(disk_close(disk) == -EIO);
	memory.file.ops = &memory_ops;
}

static int sync_without_room(struct file *file)
{
	(void)file;
	return -ENOSPC;
}

/* Whatever a sync says, data may be gone; where there was no room before it
 * came to that, none is. */
static void test_losses(void)
{
	struct file_ops ops = memory_ops;
	unsigned int losses;
	struct disk *disk;

	ops.sync = sync_without_room;
	create(DISK_VHDX, false, 16 * MB, MB);
	disk = open_disk(DISK_VHDX, false);
	losses = file_losses(&memory.file);
	memory.fail = -ENOSPC;
	memory.fail_after = 0;
	CHECK(disk_prepare(disk, 0, 512) == -ENOSPC);
	CHECK(file_losses(&memory.file) == losses);
	memory.fail = 0;
	CHECK(disk_close(disk) == -ENOSPC);
	disk = open_disk(DISK_VHDX, false);
	memory.file.ops = &ops;
	CHECK(disk_prepare(disk, 0, 512) == -ENOSPC);
	CHECK(file_losses(&memory.file) == losses + 1);
	CHECK(disk_close(disk) == -ENOSPC);
	CHECK(file_losses(&memory.file) == losses + 1);
	memory.file.ops = &memory_ops;
}

/* A device does not grow, and has anything in it. */
static void test_device(void)
{
	struct disk *disk;
	uint64_t i;
	uint8_t junk[4096];
	const struct disk_form form = { DISK_VHDX, false, 64 * MB, MB };

	memory_free(&memory);
	memset(junk, 0xaa, sizeof(junk));
	for (i = 0; i < 10 * MB + 512 * 1024; i += sizeof(junk))
		CHECK(memory_write(&memory.file, i, junk, sizeof(junk)) == 0);
	memory.file.device = true;
	CHECK(disk_create(&memory.file, &form, &error) == 0);
	disk = open_disk(DISK_VHDX, false);
	fill(disk, 0, 512, 1);
	expect(disk, 512, MB - 512, 0);
	for (i = 1; i < 6; i++)
		fill(disk, i * MB, 512, 1);
	CHECK(disk_unmap(disk, 5 * MB, MB) == 0);
	fill(disk, 7 * MB, 512, 1);
	CHECK(disk_resize(disk, 128 * MB) == 0);
	CHECK(disk_resize(disk, 1024ull << 30) == -ENOTSUP);
	CHECK(disk_poisoned(disk) == 0);
	CHECK(disk_prepare(disk, 8 * MB, 512) == -ENOSPC);
	CHECK(disk_close(disk) == -ENOSPC);
	disk = open_disk(DISK_VHDX, false);
	expect(disk, 0, 512, 1);
	expect(disk, 512, MB - 512, 0);
	expect(disk, 7 * MB, 512, 1);
	CHECK(disk_close(disk) == 0);
	check_clean();
}

/* The disk ends within its last block: the rest stays that block's, as the disk
 * may grow; where it is not in the device the disk cannot. */
static void test_device_end(void)
{
	const struct disk_form form = { DISK_VHDX, false, 5 * MB, 2 * MB };
	struct disk_extent extent;
	struct disk *disk;
	uint64_t end;
	int i;

	for (i = 0; i < 2; i++) {
		memory_free(&memory);
		CHECK(memory_resize(&memory.file, 64 * MB) == 0);
		memory.file.device = true;
		CHECK(disk_create(&memory.file, &form, &error) == 0);
		disk = open_disk(DISK_VHDX, false);
		fill(disk, 4 * MB, 512, 1);
		CHECK(disk_map(disk, 4 * MB, 512, &extent, 1) == 1);
		end = extent.offset + MB;
		CHECK(disk_close(disk) == 0);
		if (i)
			memory.size = end;
		disk = open_disk(DISK_VHDX, false);
		if (!i)
			fill(disk, 0, 2 * MB, 2);
		CHECK(disk_resize(disk, 6 * MB) == (i ? -ENOTSUP : 0));
		expect(disk, 4 * MB, 512, 1);
		expect(disk, 4 * MB + 512, MB - 512, 0);
		if (!i)
			expect(disk, 5 * MB, MB, 0);
		CHECK(disk_poisoned(disk) == 0);
		CHECK(disk_close(disk) == 0);
		check_clean();
	}
}

static void test_raw_file(void)
{
	struct disk *disk;
	struct file file;
	char path[] = "/tmp/test_disk.XXXXXX";
	int fd = mkstemp(path), ends[2];
	const struct disk_form form = { DISK_RAW, false, 4 * MB, 0 };

	CHECK(fd >= 0 && unlink(path) == 0);
	CHECK(file_of(&file, -1) == -EBADF);
	CHECK(pipe(ends) == 0 && file_of(&file, ends[0]) == -EINVAL);
	CHECK(file_of(&file, fd) == 0 && !file.device);
	CHECK(disk_open(&disk, &file, DISK_RAW, false, &error) == -EINVAL);
	CHECK(disk_create(&file, &form, &error) == 0);
	CHECK(disk_open(&disk, &file, DISK_RAW, false, &error) == 0);
	fill(disk, 0, 4 * MB, 1);
	CHECK(disk_unmap(disk, MB, MB) == 0);
	expect(disk, 0, MB, 1);
	expect(disk, MB, MB, 0);
	CHECK(disk_resize(disk, 5 * MB) == 0);
	expect(disk, 4 * MB, MB, 0);
	CHECK(disk_flush(disk) == 0 && disk_close(disk) == 0);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

/* What a guest writes does not make a raw image another one. */
static void test_no_probing(void)
{
	struct disk *disk;
	struct memory_file copy;
	uint8_t *bytes = malloc(16 * MB);

	memory_init(&copy);
	create(DISK_VHDX, false, 8 * MB, MB);
	memory_clone(&copy, &memory);
	CHECK(memory_read(&copy.file, 0, bytes, copy.size) == 0);
	create(DISK_RAW, false, 16 * MB, 0);
	disk = open_disk(DISK_RAW, false);
	CHECK(disk_write(disk, 0, bytes, copy.size) == 0);
	CHECK(disk_close(disk) == 0);
	disk = open_disk(DISK_RAW, false);
	CHECK(disk_facts(disk)->size == 16 * MB);
	CHECK(disk_close(disk) == 0);
	memory_free(&copy);
	free(bytes);
}

/* Four threads, each with sectors of its own in all blocks; a flat model. */
#define THREADS	4
#define SECTORS	(24 * 2048u)	/* of 512 bytes: 24 blocks of 1 MB */

static struct disk *shared;
static uint32_t model[SECTORS];	/* what each begins with; 0: zeros */
static unsigned long operations;

struct worker {
	pthread_t thread;
	unsigned int number;
	uint64_t state;
};

static uint64_t worker_any(struct worker *worker, uint64_t below)
{
	worker->state ^= worker->state << 13;
	worker->state ^= worker->state >> 7;
	worker->state ^= worker->state << 17;
	return worker->state % below;
}

static void put(struct worker *worker, uint32_t first, uint32_t count)
{
	uint32_t sectors[64][128], i, mark;

	for (i = 0; i < count; i++) {
		mark = worker_any(worker, UINT32_MAX) | 1;
		memset(sectors[i], 0, sizeof(sectors[i]));
		sectors[i][0] = sectors[i][127] = mark;
		sectors[i][1] = first + i;
		model[first + i] = mark;
	}
	CHECK(disk_write(shared, first * 512ull, sectors, count * 512) == 0);
}

static void get(uint32_t first, uint32_t count)
{
	uint32_t sectors[64][128], i;

	CHECK(disk_read(shared, first * 512ull, sectors, count * 512) == 0);
	for (i = 0; i < count; i++) {
		CHECK(sectors[i][0] == model[first + i]);
		CHECK(sectors[i][127] == model[first + i]);
		CHECK(sectors[i][1] == (model[first + i] ? first + i : 0));
	}
}

static void take(uint32_t first, uint32_t count)
{
	CHECK(disk_unmap(shared, first * 512ull, count * 512ull) == 0);
	memset(model + first, 0, count * sizeof(*model));
}

/* Runs of 64 sectors are a thread's own; blocks are whole a thread's own in
 * their upper third, so that they come and go. */
static void *work(void *context)
{
	struct worker *worker = context;
	unsigned long i;
	uint32_t first, run;

	for (i = 0; i < operations / THREADS; i++) {
		run = worker_any(worker, 16 * 32 / THREADS) * THREADS +
			worker->number;
		first = run * 64 + worker_any(worker, 32);
		switch (worker_any(worker, 8)) {
		case 0: case 1: case 2:
			put(worker, first, 1 + worker_any(worker, 32));
			break;
		case 3: case 4:
			get(first, 1 + worker_any(worker, 32));
			break;
		case 5:
			take(first, 1 + worker_any(worker, 32));
			break;
		case 6:
			first = (16 + worker->number +
				worker_any(worker, 2) * THREADS) * 2048;
			if (worker_any(worker, 3))
				put(worker, first + worker_any(worker, 2000),
					32);
			else
				take(first, 2048);
			break;
		case 7:
			if (worker_any(worker, 4) == 0)
				CHECK(disk_flush(shared) == 0);
			break;
		}
	}
	return NULL;
}

static void check_model(void)
{
	uint32_t at;

	for (at = 0; at < SECTORS; at += 64)
		get(at, 64);
}

static void test_threads(enum disk_format format)
{
	struct worker workers[THREADS];
	unsigned int i;

	create(format, false, SECTORS * 512ull, MB);
	memset(model, 0, sizeof(model));
	shared = open_disk(format, false);
	for (i = 0; i < THREADS; i++) {
		workers[i].number = i;
		workers[i].state = any(UINT64_MAX) | 1;
		CHECK(pthread_create(&workers[i].thread, NULL, work,
			&workers[i]) == 0);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	check_model();
	CHECK(disk_close(shared) == 0);
	if (format == DISK_VHDX)
		check_clean();
	shared = open_disk(format, true);
	check_model();
	CHECK(disk_close(shared) == 0);
}

int main(int arguments, char **argument)
{
	operations = arguments > 1 ? strtoul(argument[1], NULL, 0) : 10000;
	state = arguments > 2 ? strtoull(argument[2], NULL, 0) :
		(uint64_t)time(NULL) * 2 + 1;
	printf("test_disk: seed %llu\n", (unsigned long long)state);
	fflush(stdout);
	memory_init(&memory);
	test_new();
	test_untouched();
	test_ranges(DISK_VHDX);
	test_ranges(DISK_RAW);
	test_map();
	test_syncs();
	test_unmap();
	test_unmap_end();
	test_fixed();
	test_resize();
	test_resize_rest();
	test_resize_refused();
	test_log();
	test_killed();
	test_poison();
	test_read_error();
	test_flush_error();
	test_losses();
	test_device();
	test_device_end();
	test_raw_file();
	test_no_probing();
	test_threads(DISK_RAW);
	test_threads(DISK_VHDX);
	memory_free(&memory);
	return 0;
}
