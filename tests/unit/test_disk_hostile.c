/* Wrong images, row by row of what must be refused: VHDX (N34), its log (N35),
 * chains (N36), VHD. usage: test_disk_hostile ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "check.h"
#include "crc32c.h"
#include "disk.h"
#include "memory_file.h"
#include "vhd_bytes.h"
#include "vhdx.h"

#define LOG_AT		(1 * MB)
#define METADATA_AT	(2 * MB)
#define BAT_AT		(3 * MB)
#define DATA_AT		(4 * MB)	/* the blocks 0 to 3 are there */
#define BLOCKS		8
#define LOG_MAX		(64 * MB)	/* of those that are written */

static struct memory_file memory, copy, model;
static struct disk_error error;
static uint64_t state;

static uint64_t any(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static void get(uint64_t offset, void *to, size_t size)
{
	CHECK(memory_read(&memory.file, offset, to, size) == 0);
}

static void put(uint64_t offset, const void *from, size_t size)
{
	CHECK(memory_write(&memory.file, offset, from, size) == 0);
}

/* A number in both headers, and new checksums. */
static void set_header(size_t at, uint64_t value, size_t size)
{
	struct vhdx_header header;
	int i;

	for (i = 0; i < 2; i++) {
		get(VHDX_HEADER_AT(i), &header, sizeof(header));
		memcpy((uint8_t *)&header + at, &value, size);
		header.checksum = 0;
		header.checksum = crc32c(0, &header, sizeof(header));
		put(VHDX_HEADER_AT(i), &header, sizeof(header));
	}
}

#define HEADER(member, value) set_header(offsetof(struct vhdx_header, member), \
	value, sizeof(((struct vhdx_header *)0)->member))

static struct vhdx_region_table table;

static void get_table(void)
{
	get(VHDX_TABLE_AT(0), &table, sizeof(table));
}

static void put_table(void)
{
	table.header.checksum = 0;
	table.header.checksum = crc32c(0, &table, sizeof(table));
	put(VHDX_TABLE_AT(0), &table, sizeof(table));
	put(VHDX_TABLE_AT(1), &table, sizeof(table));
}

static void set_region(int i, uint64_t offset, uint32_t length)
{
	get_table();
	table.entries[i].offset = offset;
	table.entries[i].length = length;
	put_table();
}

static void add_region(uint64_t offset, uint32_t length, uint32_t required)
{
	get_table();
	table.entries[table.header.count++] = (struct vhdx_region){
		{ { 1, 2, 3 } }, offset, length, required };
	put_table();
}

static struct vhdx_metadata_table metadata;

static void get_metadata(void)
{
	get(METADATA_AT, &metadata, sizeof(metadata));
}

static void put_metadata(void)
{
	put(METADATA_AT, &metadata, sizeof(metadata));
}

enum { PARAMETERS, SIZE, ID, LOGICAL, PHYSICAL };

static void set_item(int i, uint32_t offset, uint32_t length)
{
	get_metadata();
	metadata.entries[i].offset = offset;
	metadata.entries[i].length = length;
	put_metadata();
}

static void add_item(uint32_t flags)
{
	get_metadata();
	metadata.entries[metadata.header.count++] = (struct vhdx_item){
		{ { 1, 2, 3 } }, 128 << 10, 16, flags, 0 };
	put_metadata();
}

static void set_value(int i, uint64_t value)
{
	get_metadata();
	put(METADATA_AT + metadata.entries[i].offset, &value,
		metadata.entries[i].length);
}

static void set_parameters(uint32_t block, uint32_t flags)
{
	set_value(PARAMETERS, (uint64_t)flags << 32 | block);
}

static void set_entry(uint64_t i, uint64_t entry)
{
	put(BAT_AT + i * 8, &entry, 8);
}

/* The first is refused, as are the others. */
static void both_checksums(void)
{
	uint8_t junk = 0xff;

	put(VHDX_HEADER_AT(0) + 4000, &junk, 1);
	put(VHDX_HEADER_AT(1) + 4000, &junk, 1);
}

static void both_signatures(void)
{
	HEADER(signature, 0x12345678);
}

static void same_sequence(void)
{
	struct vhdx_header header;

	HEADER(sequence, 7);
	get(VHDX_HEADER_AT(1), &header, sizeof(header));
	header.data_write.bytes[0]++;
	header.checksum = 0;
	header.checksum = crc32c(0, &header, sizeof(header));
	put(VHDX_HEADER_AT(1), &header, sizeof(header));
}

static void last_sequence(void)
{
	HEADER(sequence, UINT64_MAX);
}

static void no_signature(void)
{
	uint64_t other = 0x1234;

	put(0, &other, 8);
}

static void short_file(void)
{
	memory_resize(&memory.file, MB - 512);
}

static void no_file(void)
{
	memory_resize(&memory.file, 0);
}

static void version_2(void)
{
	HEADER(version, 2);
}

static void log_unaligned(void)
{
	HEADER(log_offset, LOG_AT + 4096);
}

static void log_at_0(void)
{
	HEADER(log_offset, 0);
}

static void log_outside(void)
{
	HEADER(log_offset, 1024 * MB);
}

static void log_wraps(void)
{
	HEADER(log_offset, UINT64_MAX - MB + 1);
}

static void log_length_0(void)
{
	HEADER(log_length, 0);
}

static void log_length_odd(void)
{
	HEADER(log_length, MB - 4096);
}

static void log_long(void)
{
	HEADER(log_length, 1024 * MB);
}

static void log_over_bat(void)
{
	HEADER(log_offset, BAT_AT);
}

static void tables_bad(void)
{
	uint8_t junk = 0xff;

	put(VHDX_TABLE_AT(0) + 60000, &junk, 1);
	put(VHDX_TABLE_AT(1) + 60000, &junk, 1);
}

static void many_regions(void)
{
	get_table();
	table.header.count = 2048;
	put_table();
}

static void more_regions(void)
{
	get_table();
	table.header.count = UINT32_MAX;
	put_table();
}

static void regions_same(void)
{
	set_region(0, METADATA_AT, MB);
}

static void regions_overlap(void)
{
	set_region(1, METADATA_AT, 2 * MB);
}

static void region_wraps(void)
{
	set_region(0, UINT64_MAX - MB + 1, 2 * MB);
}

static void region_at_0(void)
{
	set_region(0, 0, MB);
}

static void region_unaligned(void)
{
	set_region(0, BAT_AT + 4096, MB);
}

static void region_outside(void)
{
	set_region(0, 1024 * MB, MB);
}

static void region_empty(void)
{
	set_region(0, BAT_AT, 0);
}

static void region_long(void)
{
	set_region(0, BAT_AT, 0xfff00000);
}

static void region_over_log(void)
{
	add_region(LOG_AT, MB, 0);
}

static void region_over_block(void)
{
	add_region(DATA_AT, MB, 0);
}

static void region_unknown(void)
{
	add_region(12 * MB, MB, 1);
}

static void region_twice(void)
{
	add_region(12 * MB, MB, 0);
	get_table();
	table.entries[2].guid = table.entries[0].guid;
	put_table();
}

static void region_missing(void)
{
	get_table();
	table.header.count = 1;
	put_table();
}

static void metadata_signature(void)
{
	get_metadata();
	metadata.header.signature++;
	put_metadata();
}

static void many_items(void)
{
	get_metadata();
	metadata.header.count = 2048;
	put_metadata();
}

static void item_outside(void)
{
	set_item(SIZE, MB - 4, 8);
}

static void item_wraps(void)
{
	set_item(SIZE, UINT32_MAX - 3, 8);
}

static void item_in_table(void)
{
	set_item(SIZE, 65528, 8);
}

static void item_empty(void)
{
	set_item(SIZE, 65536, 0);
}

static void item_not_there(void)
{
	set_item(SIZE, 0, 0);
}

static void item_long(void)
{
	set_item(SIZE, 65600, 16);
}

static void items_overlap(void)
{
	get_metadata();
	set_item(SIZE, metadata.entries[PARAMETERS].offset + 4, 8);
}

static void item_unknown(void)
{
	add_item(VHDX_ITEM_REQUIRED);
}

static void item_of_user(void)
{
	get_metadata();
	metadata.entries[SIZE].flags |= VHDX_ITEM_USER;
	put_metadata();
}

static void item_twice(void)
{
	add_item(0);
	get_metadata();
	metadata.entries[5].guid = metadata.entries[ID].guid;
	put_metadata();
}

static void many_users(void)
{
	unsigned int i;

	get_metadata();
	metadata.header.count = 1100;
	for (i = 5; i < 1100; i++)
		metadata.entries[i] = (struct vhdx_item){ { { i, i >> 8 } },
			0, 0, VHDX_ITEM_USER, 0 };
	put_metadata();
}

static void item_missing(void)
{
	get_metadata();
	metadata.header.count = 4;
	put_metadata();
}

static void block_0(void)
{
	set_parameters(0, 0);
}

static void block_small(void)
{
	set_parameters(512 << 10, 0);
}

static void block_odd(void)
{
	set_parameters(3 << 20, 0);
}

static void block_large(void)
{
	set_parameters(512 << 20, 0);
}

/* N36: neither without a locator, nor with any. */
static void parent(void)
{
	set_parameters(1 << 20, VHDX_HAS_PARENT);
}

static void parent_and_locator(void)
{
	static const struct guid locator = VHDX_ITEM_LOCATOR;

	add_item(VHDX_ITEM_REQUIRED);
	get_metadata();
	metadata.entries[5].guid = locator;
	put_metadata();
	set_parameters(1 << 20, VHDX_HAS_PARENT);
}

static void other_parameters(void)
{
	set_parameters(1 << 20, 4);
}

static void size_0(void)
{
	set_value(SIZE, 0);
}

static void size_large(void)
{
	set_value(SIZE, DISK_SIZE_MAX + 512);
}

static void size_largest(void)
{
	set_value(SIZE, UINT64_MAX);
}

static void size_odd(void)
{
	set_value(SIZE, 8 * MB + 1);
}

static void bat_small(void)
{
	set_value(SIZE, DISK_SIZE_MAX);
}

static void sectors_0(void)
{
	set_value(LOGICAL, 0);
}

static void sectors_4096(void)
{
	set_value(LOGICAL, 4096);
}

static void sectors_1024(void)
{
	set_value(LOGICAL, 1024);
}

static void physical_0(void)
{
	set_value(PHYSICAL, 0);
}

static void state_4(void)
{
	set_entry(5, 4);
}

static void state_5(void)
{
	set_entry(5, 5);
}

static void state_7(void)
{
	set_entry(5, 12 * MB | VHDX_PARTIALLY_PRESENT);
}

static void reserved_bits(void)
{
	set_entry(5, 12 * MB | 8 | VHDX_FULLY_PRESENT);
}

static void block_at_0(void)
{
	set_entry(5, VHDX_FULLY_PRESENT);
}

static void block_outside(void)
{
	set_entry(5, 1024 * MB | VHDX_FULLY_PRESENT);
}

static void block_at_end(void)
{
	set_entry(5, 14 * MB | VHDX_FULLY_PRESENT);
}

static void block_wraps(void)
{
	set_entry(5, VHDX_BAT_OFFSET | VHDX_FULLY_PRESENT);
}

static void block_twice(void)
{
	set_entry(5, DATA_AT | VHDX_FULLY_PRESENT);
}

static void block_over_log(void)
{
	set_entry(5, LOG_AT | VHDX_FULLY_PRESENT);
}

static void block_over_metadata(void)
{
	set_entry(5, METADATA_AT | VHDX_FULLY_PRESENT);
}

static void block_over_bat(void)
{
	set_entry(5, BAT_AT | VHDX_FULLY_PRESENT);
}

static void last_over_first(void)
{
	set_parameters(2 << 20, 0);
	set_entry(3, (DATA_AT + MB) | VHDX_FULLY_PRESENT);
}

/* The log, as who is not the library writes it. */
static struct vhdx_log_entry *entry;
static uint8_t entry_bytes[64 * 4096];
static const struct guid log_guid = { { 0x10, 0x96 } };
static unsigned int data_sectors;

static void log_begin(uint64_t sequence, uint32_t tail)
{
	memset(entry_bytes, 0, sizeof(entry_bytes));
	data_sectors = 0;
	entry = (struct vhdx_log_entry *)entry_bytes;
	*entry = (struct vhdx_log_entry){
		.signature = VHDX_ENTRY_SIGNATURE,
		.tail = tail,
		.sequence = sequence,
		.log = log_guid,
		.flushed = memory.size,
		.last = memory.size,
	};
}

/* A sector full of this byte. */
static void log_data(uint64_t offset, uint8_t with)
{
	struct vhdx_log_descriptor *descriptor = (struct vhdx_log_descriptor *)
		(entry + 1) + entry->descriptors++;
	struct vhdx_log_data *data = (struct vhdx_log_data *)
		(entry_bytes + 4096 * (1 + data_sectors++));

	descriptor->signature = VHDX_DESC_SIGNATURE;
	memset(&descriptor->leading, with, 8);
	memset(&descriptor->trailing, with, 4);
	descriptor->offset = offset;
	descriptor->sequence = entry->sequence;
	data->signature = VHDX_DATA_SIGNATURE;
	data->sequence_high = entry->sequence >> 32;
	data->sequence_low = entry->sequence;
	memset(data->bytes, with, sizeof(data->bytes));
}

static void log_zero(uint64_t offset, uint64_t length)
{
	struct vhdx_log_descriptor *descriptor = (struct vhdx_log_descriptor *)
		(entry + 1) + entry->descriptors++;

	*descriptor = (struct vhdx_log_descriptor){ VHDX_ZERO_SIGNATURE, 0,
		{ length }, offset, entry->sequence };
}

/* To the place in the log; where the next begins. */
static uint32_t log_end(uint32_t at)
{
	uint32_t length = 4096 * (1 + data_sectors), first = MB - at;

	if (!entry->length)
		entry->length = length;
	entry->checksum = 0;
	entry->checksum = crc32c(0, entry_bytes, length);
	first = first < length ? first : length;
	put(LOG_AT + at, entry_bytes, first);
	put(LOG_AT, entry_bytes + first, length - first);
	return (at + length) % MB;
}

static void log_open(void)
{
	set_header(offsetof(struct vhdx_header, log), 0x9610, 8);
}

static uint32_t log_one(uint32_t at, uint64_t sequence, uint32_t tail,
	uint64_t offset, uint8_t with)
{
	log_begin(sequence, tail);
	log_data(offset, with);
	return log_end(at);
}

static void log_version(void)
{
	log_one(0, 1, 0, DATA_AT, 1);
	log_open();
	HEADER(log_version, 1);
}

static void log_empty(void)
{
	log_open();
}

static void log_of_others(void)
{
	log_one(0, 1, 0, DATA_AT, 1);
	set_header(offsetof(struct vhdx_header, log), 0x1111, 8);
}

static void log_torn(void)
{
	uint8_t junk = 0xee;

	log_one(0, 1, 0, DATA_AT, 1);
	put(LOG_AT + 4096 + 700, &junk, 1);
	log_open();
}

static void log_half(void)
{
	uint8_t zeros[4096] = { 0 };

	log_one(0, 1, 0, DATA_AT, 1);
	put(LOG_AT + 4096, zeros, sizeof(zeros));
	log_open();
}

/* The tail that it needs is not there. */
static void log_gap(void)
{
	uint32_t at = log_one(0, 1, 4096 * 99, DATA_AT, 1);

	log_one(at, 3, 0, DATA_AT, 3);
	log_open();
}

static void log_sequence_0(void)
{
	log_one(0, 0, 0, DATA_AT, 1);
	log_open();
}

static void log_tail_outside(void)
{
	log_one(0, 1, MB, DATA_AT, 1);
	log_open();
}

static void log_tail_odd(void)
{
	log_one(0, 1, 512, DATA_AT, 1);
	log_open();
}

static void log_length_lies(void)
{
	log_begin(1, 0);
	log_data(DATA_AT, 1);
	entry->length = 0xfffff000;
	log_end(0);
	log_open();
}

static void log_length_zero(void)
{
	log_begin(1, 0);
	entry->length = 4095;
	log_end(0);
	log_open();
}

static void log_count_lies(void)
{
	log_begin(1, 0);
	log_data(DATA_AT, 1);
	entry->descriptors = UINT32_MAX;
	log_end(0);
	log_open();
}

static void log_count_more(void)
{
	log_begin(1, 0);
	log_data(DATA_AT, 1);
	log_data(DATA_AT, 1);
	data_sectors = 1;
	log_end(0);
	log_open();
}

static void log_target(uint64_t offset)
{
	log_one(0, 1, 0, offset, 1);
	log_open();
}

static void log_to_outside(void)
{
	log_target(1024 * MB);
}

static void log_to_end(void)
{
	log_target(memory.size);
}

static void log_wrapping(void)
{
	log_target(UINT64_MAX - 4095);
}

static void log_to_identifier(void)
{
	log_target(0);
}

static void log_to_header(void)
{
	log_target(VHDX_HEADER_AT(1));
}

static void log_to_itself(void)
{
	log_target(LOG_AT + 8192);
}

static void log_unaligned_target(void)
{
	log_target(DATA_AT + 512);
}

static void log_zeros_all(void)
{
	log_begin(1, 0);
	log_zero(0, memory.size);
	log_end(0);
	log_open();
}

static void log_zeros_wrap(void)
{
	log_begin(1, 0);
	log_zero(DATA_AT, UINT64_MAX - 4095);
	log_end(0);
	log_open();
}

static void log_file_short(void)
{
	log_begin(1, 0);
	entry->flushed = memory.size + MB;
	log_end(0);
	log_open();
}

static void log_file_huge(void)
{
	log_begin(1, 0);
	entry->last = 1ull << 60;
	log_end(0);
	log_open();
}

/* Whole, but what it makes is not. */
static void log_makes_bad(void)
{
	log_one(0, 1, 0, BAT_AT, 0xff);
	log_open();
}

static const struct row {
	const char *name;
	void (*forge)(void);
} rows[] = {
#define ROW(name) { #name, name }
	ROW(both_checksums), ROW(both_signatures), ROW(same_sequence),
	ROW(last_sequence), ROW(no_signature), ROW(short_file), ROW(no_file),
	ROW(version_2), ROW(log_version), ROW(log_unaligned), ROW(log_at_0),
	ROW(log_outside), ROW(log_wraps), ROW(log_length_0),
	ROW(log_length_odd), ROW(log_long), ROW(log_over_bat),
	ROW(tables_bad), ROW(many_regions), ROW(more_regions),
	ROW(regions_same), ROW(regions_overlap), ROW(region_wraps),
	ROW(region_at_0), ROW(region_unaligned), ROW(region_outside),
	ROW(region_empty), ROW(region_long), ROW(region_over_log),
	ROW(region_over_block), ROW(region_unknown), ROW(region_twice),
	ROW(region_missing), ROW(metadata_signature), ROW(many_items),
	ROW(item_outside), ROW(item_wraps), ROW(item_in_table),
	ROW(item_empty), ROW(item_not_there), ROW(item_long),
	ROW(items_overlap), ROW(item_unknown), ROW(item_of_user),
	ROW(item_twice), ROW(many_users), ROW(item_missing), ROW(block_0),
	ROW(block_small), ROW(block_odd), ROW(block_large), ROW(parent),
	ROW(parent_and_locator), ROW(other_parameters), ROW(size_0),
	ROW(size_large), ROW(size_largest), ROW(size_odd), ROW(bat_small),
	ROW(sectors_0), ROW(sectors_4096), ROW(sectors_1024), ROW(physical_0),
	ROW(state_4), ROW(state_5), ROW(state_7), ROW(reserved_bits),
	ROW(block_at_0), ROW(block_outside), ROW(block_at_end),
	ROW(block_wraps), ROW(block_twice), ROW(block_over_log),
	ROW(block_over_metadata), ROW(block_over_bat), ROW(last_over_first),
	ROW(log_empty), ROW(log_of_others), ROW(log_torn), ROW(log_half),
	ROW(log_gap), ROW(log_sequence_0), ROW(log_tail_outside),
	ROW(log_tail_odd), ROW(log_length_lies), ROW(log_length_zero),
	ROW(log_count_lies), ROW(log_count_more), ROW(log_to_outside),
	ROW(log_to_end), ROW(log_wrapping), ROW(log_to_identifier),
	ROW(log_to_header), ROW(log_to_itself), ROW(log_unaligned_target),
	ROW(log_zeros_all), ROW(log_zeros_wrap), ROW(log_file_short),
	ROW(log_file_huge), ROW(log_makes_bad),
};

static void make_model(void)
{
	const struct disk_form form = { DISK_VHDX, false, BLOCKS * MB, MB };
	struct disk *disk;
	uint8_t bytes[512];
	unsigned int i;

	CHECK(disk_create(&model.file, &form, &error) == 0);
	CHECK(disk_open(&disk, &model.file, DISK_VHDX, false, &error) == 0);
	for (i = 0; i < 4; i++) {
		memset(bytes, 'a' + i, sizeof(bytes));
		CHECK(disk_write(disk, i * MB, bytes, sizeof(bytes)) == 0);
	}
	CHECK(disk_close(disk) == 0);
	/* Some room for what is forged. */
	CHECK(memory_resize(&model.file, 14 * MB + 512 * KB) == 0);
}

static void count(void *context, const char *sentence)
{
	CHECK(sentence[0]);
	++*(int *)context;
}

static void check_refused(const char *name)
{
	struct disk *disk;
	bool dirty, read_only = false;
	int result, said = 0;

	memory_clone(&copy, &memory);
	do {
		result = disk_open(&disk, &memory.file, DISK_VHDX, read_only,
			&error);
		if ((result != -EINVAL && result != -ENOTSUP) ||
		    !error.text[0] || !memory_same(&memory, &copy)) {
			fprintf(stderr, "%s: %d, \"%s\"%s\n", name, result,
				error.text, memory_same(&memory, &copy) ? "" :
				", and changed");
			exit(1);
		}
		read_only = !read_only;
	} while (read_only);
	CHECK(disk_check(&memory.file, DISK_VHDX, count, &said, &dirty) > 0);
	CHECK(said > 0);
	CHECK(memory_same(&memory, &copy));
}

static void test_rows(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memory_clone(&memory, &model);
		rows[i].forge();
		check_refused(rows[i].name);
	}
}

/* All of what is wrong is said, not the first of it. */
static void test_check_all(void)
{
	bool dirty;
	int said = 0;

	memory_clone(&memory, &model);
	set_entry(4, 4);
	set_entry(5, DATA_AT | VHDX_FULLY_PRESENT);
	set_entry(7, 99 * MB | VHDX_FULLY_PRESENT);
	CHECK(disk_check(&memory.file, DISK_VHDX, count, &said, &dirty) == 3);
	CHECK(said == 3);
}

static void expect_blocks(bool writable)
{
	struct disk *disk;
	uint8_t bytes[512];
	unsigned int i;

	if (disk_open(&disk, &memory.file, DISK_VHDX, !writable, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	for (i = 0; i < BLOCKS; i++) {
		CHECK(disk_read(disk, i * MB, bytes, sizeof(bytes)) == 0);
		CHECK(bytes[0] == (i < 4 ? 'a' + i : 0));
	}
	CHECK(disk_close(disk) == 0);
}

/* One of two is enough, and what is not required may be unknown. */
static void test_good(void)
{
	uint8_t junk = 0xff;
	uint64_t word;
	int i;

	for (i = 0; i < 2; i++) {
		memory_clone(&memory, &model);
		put(VHDX_HEADER_AT(i) + 4000, &junk, 1);
		put(VHDX_TABLE_AT(!i) + 60000, &junk, 1);
		expect_blocks(false);
		expect_blocks(true);
		/* Both are good again. */
		put(VHDX_HEADER_AT(!i) + 4000, &junk, 1);
		expect_blocks(true);
	}
	memory_clone(&memory, &model);
	HEADER(log_version, 3);
	add_region(12 * MB, MB, 0);
	add_item(0);
	put(12 * MB, "stay", 4);
	set_entry(4, 9 * MB | VHDX_ZERO);
	set_entry(5, 9 * MB | VHDX_NOT_PRESENT);
	expect_blocks(true);
	get(12 * MB, &word, 4);
	CHECK(!memcmp(&word, "stay", 4));
}

/* Space of a block without content stays its own, is zeros, and can be given
 * back. Where it is another's, too, it is forgotten. */
static void test_left_space(void)
{
	struct disk_extent extent;
	struct disk *disk;
	uint8_t bytes[512], junk = 0xee;

	memory_clone(&memory, &model);
	set_entry(4, 8 * MB | VHDX_UNMAPPED);
	set_entry(5, 9 * MB | VHDX_UNDEFINED);
	set_entry(6, DATA_AT | VHDX_UNMAPPED);
	set_entry(7, 77 * MB | VHDX_UNMAPPED);
	put(8 * MB + 5, &junk, 1);
	expect_blocks(true);
	CHECK(disk_open(&disk, &memory.file, DISK_VHDX, false, &error) == 0);
	CHECK(disk_prepare(disk, 6 * MB, 2 * MB) == 0);
	CHECK(disk_map(disk, 6 * MB, 512, &extent, 1) == 1 && extent.there);
	CHECK(extent.offset == 10 * MB);
	CHECK(disk_prepare(disk, 4 * MB, MB) == 0);
	CHECK(disk_map(disk, 4 * MB, 512, &extent, 1) == 1 && extent.there);
	CHECK(extent.offset == 8 * MB);
	CHECK(disk_read(disk, 4 * MB, bytes, sizeof(bytes)) == 0);
	CHECK(!bytes[5]);
	CHECK(disk_unmap(disk, 5 * MB, MB) == 0);
	CHECK(disk_close(disk) == 0);
	expect_blocks(false);
}

static void expect_byte(uint64_t offset, uint8_t value)
{
	uint8_t byte;

	get(offset, &byte, 1);
	CHECK(byte == value);
}

/* Read-only it is refused, then replayed; and again, with the same outcome. */
static void replay(void)
{
	struct disk *disk;
	struct memory_file before;
	struct vhdx_header header;
	bool dirty;
	int said = 0, i;

	memory_init(&before);
	memory_clone(&before, &memory);
	CHECK(disk_check(&memory.file, DISK_VHDX, count, &said, &dirty) == 0);
	CHECK(dirty && !said);
	CHECK(disk_open(&disk, &memory.file, DISK_VHDX, true, &error) ==
		-EROFS);
	CHECK(error.text[0] && memory_same(&before, &memory));
	for (i = 0; i < 2; i++) {
		CHECK(disk_open(&disk, &memory.file, DISK_VHDX, false,
			&error) == 0);
		CHECK(disk_close(disk) == 0);
		CHECK(disk_check(&memory.file, DISK_VHDX, count, &said,
			&dirty) == 0);
		CHECK(!dirty && !said);
		/* As if the end of it had been cut. */
		get(VHDX_HEADER_AT(0), &header, sizeof(header));
		CHECK(guid_is_zero(&header.log));
		if (!i) {
			memory_resize(&memory.file, before.size);
			log_open();
		}
	}
	memory_free(&before);
}

/* Two entries, of which the second is the head; the third is torn. */
static void test_torn(void)
{
	uint32_t at;
	uint8_t junk = 0xff;

	memory_clone(&memory, &model);
	at = log_one(0, 1, 0, DATA_AT + 4096, 1);
	at = log_one(at, 2, 0, DATA_AT + 8192, 2);
	log_one(at, 3, 8192, DATA_AT + 4096, 3);
	put(LOG_AT + at + 5000, &junk, 1);
	log_open();
	replay();
	expect_byte(DATA_AT + 4096, 1);
	expect_byte(DATA_AT + 8191, 1);
	expect_byte(DATA_AT + 8192, 2);
}

/* Entries before the head's tail are done with; a later one wins. */
static void test_tail(void)
{
	uint32_t at;

	memory_clone(&memory, &model);
	at = log_one(0, 1, 0, DATA_AT + 4096, 1);
	at = log_one(at, 2, 8192, DATA_AT + 8192, 2);
	log_one(at, 3, 8192, DATA_AT + 8192, 3);
	log_open();
	replay();
	expect_byte(DATA_AT + 4096, 0);
	expect_byte(DATA_AT + 8192, 3);
}

/* A number that does not follow begins something else; the newest counts. */
static void test_gap(void)
{
	uint32_t at;

	memory_clone(&memory, &model);
	at = log_one(0, 1, 0, DATA_AT + 4096, 1);
	at = log_one(at, 2, 0, DATA_AT + 8192, 2);
	log_one(at, 4, 8192, DATA_AT + 4096, 4);
	log_open();
	replay();
	expect_byte(DATA_AT + 4096, 1);
	expect_byte(DATA_AT + 8192, 2);
	memory_clone(&memory, &model);
	at = log_one(0, 1, 0, DATA_AT + 4096, 1);
	log_one(at, 4, at, DATA_AT + 8192, 4);
	log_open();
	replay();
	expect_byte(DATA_AT + 4096, 0);
	expect_byte(DATA_AT + 8192, 4);
}

/* The last entry goes around the end, and old ones are behind it. */
static void test_around(void)
{
	uint32_t at = MB - 8192 - 4096;

	memory_clone(&memory, &model);
	log_one(4096 * 5, 1, 4096 * 5, DATA_AT, 9);
	at = log_one(at, 7, at, DATA_AT + 4096, 7);
	CHECK(at == MB - 4096);
	at = log_one(at, 8, at - 8192, DATA_AT + 8192, 8);
	CHECK(at == 4096);
	log_open();
	replay();
	expect_byte(DATA_AT, 'a');
	expect_byte(DATA_AT + 4096, 7);
	expect_byte(DATA_AT + 8192, 8);
	expect_byte(DATA_AT + 8192 + 4095, 8);
}

/* The file becomes as long as the log says; zeros, and what is in it. */
static void test_longer(void)
{
	memory_clone(&memory, &model);
	log_begin(5, 0);
	log_zero(DATA_AT, 4096);
	log_data(BAT_AT, 0);
	log_data(20 * MB + 4096, 6);
	entry->last = 24 * MB;
	/* Block 0 moves, and its entry is the first of the sector. */
	((struct vhdx_log_descriptor *)(entry + 1))[1].leading = 20 * MB |
		VHDX_FULLY_PRESENT;
	log_end(0);
	log_open();
	replay();
	expect_byte(20 * MB + 4096, 6);
	expect_byte(20 * MB, 0);
	CHECK(memory.size == 21 * MB);
}

/* Nothing to do, as others leave it. */
static void test_nothing(void)
{
	memory_clone(&memory, &model);
	log_begin(1, 0);
	log_end(0);
	log_open();
	replay();
	expect_blocks(true);
}

/* A log that could not be read again after a cut is not begun. */
static void test_large_log(void)
{
	const uint64_t length = LOG_MAX + MB;
	struct disk *disk;

	memory_clone(&memory, &model);
	CHECK(memory_resize(&memory.file, 16 * MB + length) == 0);
	HEADER(log_offset, 16 * MB);
	HEADER(log_length, length);
	memory_clone(&copy, &memory);
	expect_blocks(false);
	CHECK(disk_open(&disk, &memory.file, DISK_VHDX, false, &error) ==
		-ENOTSUP);
	CHECK(memory_same(&memory, &copy));
	HEADER(log_length, LOG_MAX);
	expect_blocks(true);
}

/* Bits anywhere in the metadata: refused and as before, or used. */
static void test_random(unsigned long rounds)
{
	static const uint64_t places[] = { VHDX_HEADER_AT(0),
		VHDX_HEADER_AT(1), VHDX_TABLE_AT(0), VHDX_TABLE_AT(1), LOG_AT,
		LOG_AT + 8192, METADATA_AT, METADATA_AT + 64 * KB, BAT_AT };
	struct disk *disk;
	uint32_t at;
	uint8_t bytes[4096];
	unsigned int i;

	for (; rounds; rounds--) {
		memory_clone(&memory, &model);
		if (any(2)) {
			at = log_one(0, 1, 0, BAT_AT + 4096, 1);
			log_one(at, 2, 0, DATA_AT + 8192, 2);
			log_open();
		}
		for (i = any(4) + 1; i; i--) {
			bytes[0] = any(2) ? any(256) : any(8);
			put(places[any(9)] + any(any(2) ? 200 : 4096), bytes,
				1);
		}
		/* Checksums that are good again let the rest be seen. */
		if (any(3)) {
			get_table();
			put_table();
			HEADER(signature, VHDX_HEADER_SIGNATURE);
		}
		memory_clone(&copy, &memory);
		if (disk_open(&disk, &memory.file, DISK_VHDX, any(2),
			&error)) {
			CHECK(error.text[0]);
			CHECK(memory_same(&memory, &copy));
			continue;
		}
		disk_read(disk, 0, bytes, sizeof(bytes));
		disk_write(disk, 3 * MB, bytes, sizeof(bytes));
		disk_write(disk, 7 * MB, bytes, sizeof(bytes));
		disk_unmap(disk, 2 * MB, MB);
		disk_close(disk);
	}
}

/* VHD: one with two of its three blocks, and a fixed one. */
static uint8_t footer[512], header[1024];

#define VHD_SIZE	(5 * MB)	/* 2 blocks and a half */
#define VHD_TABLE	2048u
#define VHD_BLOCK(i)	(4096 + (i) * (2 * MB + 512))

static void vhd_fill(uint32_t type)
{
	memset(footer, 0, sizeof(footer));
	memcpy(footer, "conectix", 8);
	put32(footer + 8, 2);
	put32(footer + 12, 0x10000);
	put64(footer + 16, type == 3 ? 512 : UINT64_MAX);
	put64(footer + 40, VHD_SIZE);
	put64(footer + 48, VHD_SIZE);
	put32(footer + 60, type);
	memset(header, 0, sizeof(header));
	memcpy(header, "cxsparse", 8);
	put64(header + 8, UINT64_MAX);
	put64(header + 16, VHD_TABLE);
	put32(header + 24, 0x10000);
	put32(header + 28, 3);
	put32(header + 32, 2 * MB);
}

static void vhd_write(uint64_t end, bool copy_of_footer)
{
	uint8_t table_bytes[12];

	memory_free(&memory);
	put(end - 1, "", 1);
	seal(footer, sizeof(footer), 64);
	seal(header, sizeof(header), 36);
	if (copy_of_footer) {
		put(0, footer, sizeof(footer));
		put(512, header, sizeof(header));
		put32(table_bytes, VHD_BLOCK(0) / 512);
		put32(table_bytes + 4, UINT32_MAX);
		put32(table_bytes + 8, VHD_BLOCK(1) / 512);
		put(VHD_TABLE, table_bytes, sizeof(table_bytes));
	}
	put(end, footer, sizeof(footer));
}

static void vhd_set(uint8_t *bytes, size_t at, uint64_t value, size_t size)
{
	vhd_fill(3);
	if (size == 8)
		put64(bytes + at, value);
	else
		put32(bytes + at, value);
	vhd_write(VHD_BLOCK(2), true);
}

static void vhd_refused(int expected)
{
	struct disk *disk;
	bool dirty;
	int said = 0, result;

	result = disk_open(&disk, &memory.file, DISK_VHD, true, &error);
	if (result != expected || !error.text[0]) {
		fprintf(stderr, "%d: \"%s\"\n", result, error.text);
		exit(1);
	}
	CHECK(disk_check(&memory.file, DISK_VHD, count, &said, &dirty) > 0);
}

static void vhd_good(uint64_t at)
{
	struct disk *disk;
	uint8_t bytes[512];

	put(at, "block 0", 7);
	CHECK(disk_open(&disk, &memory.file, DISK_VHD, false, &error) ==
		-EROFS);
	CHECK(disk_open(&disk, &memory.file, DISK_VHD, true, &error) == 0);
	CHECK(disk_facts(disk)->size == VHD_SIZE);
	CHECK(disk_read(disk, 0, bytes, sizeof(bytes)) == 0);
	CHECK(!memcmp(bytes, "block 0", 7));
	CHECK(disk_read(disk, 3 * MB, bytes, sizeof(bytes)) == 0);
	CHECK(!bytes[0]);
	CHECK(disk_read(disk, VHD_SIZE - 512, bytes, sizeof(bytes)) == 0);
	CHECK(disk_read(disk, VHD_SIZE, bytes, sizeof(bytes)) == -ERANGE);
	CHECK(disk_write(disk, 0, bytes, sizeof(bytes)) == -EROFS);
	CHECK(disk_flush(disk) == 0);
	CHECK(disk_close(disk) == 0);
}

static void test_vhd(void)
{
	static const uint64_t sizes[] = { 0, 1, (2ull << 40) + 512,
		UINT64_MAX, 1ull << 63 };
	static const uint64_t places[] = { UINT64_MAX, 1ull << 40,
		UINT64_MAX - 511 };
	static const uint32_t blocks[] = { 0, 512, 3 << 20, 512u << 20,
		UINT32_MAX };
	static const uint32_t entries[] = { 0, 1, VHD_BLOCK(0) / 512 + 1,
		VHD_BLOCK(2) / 512, UINT32_MAX - 1 };
	uint8_t word[4];
	unsigned int i;

	vhd_fill(3);
	vhd_write(VHD_BLOCK(2), true);
	vhd_good(VHD_BLOCK(0) + 512);
	/* The footer's copy serves as well; a check says it. */
	put(memory.size - 512, "x", 1);
	vhd_good(VHD_BLOCK(0) + 512);
	put(0, "x", 1);
	vhd_refused(-EINVAL);
	vhd_fill(2);
	vhd_write(VHD_SIZE, false);
	vhd_good(0);
	vhd_write(VHD_SIZE - 512, false);
	vhd_refused(-EINVAL);
	memory_free(&memory);
	vhd_refused(-EINVAL);
	vhd_set(footer, 60, 4, 4);
	vhd_refused(-ENOTSUP);
	vhd_set(footer, 60, 5, 4);
	vhd_refused(-EINVAL);
	vhd_set(footer, 12, 0x20000, 4);
	vhd_refused(-ENOTSUP);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		vhd_set(footer, 48, sizes[i], 8);
		vhd_refused(-EINVAL);
	}
	vhd_set(footer, 48, 1ull << 40, 8);
	vhd_refused(-EINVAL);
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		vhd_set(footer, 16, places[i], 8);
		vhd_refused(-EINVAL);
		vhd_set(header, 16, places[i], 8);
		vhd_refused(-EINVAL);
	}
	vhd_set(header, 0, 0, 4);
	vhd_refused(-EINVAL);
	vhd_set(header, 28, 2, 4);
	vhd_refused(-EINVAL);
	for (i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		vhd_set(header, 32, blocks[i], 4);
		vhd_refused(-ENOTSUP);
	}
	for (i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		vhd_fill(3);
		vhd_write(VHD_BLOCK(2), true);
		put32(word, entries[i]);
		put(VHD_TABLE + 4, word, 4);
		/* A first sector that is in the file, but over the others. */
		vhd_refused(-EINVAL);
	}
}

int main(int arguments, char **argument)
{
	unsigned long rounds = arguments > 1 ?
		strtoul(argument[1], NULL, 0) : 2000;

	state = arguments > 2 ? strtoull(argument[2], NULL, 0) :
		(uint64_t)time(NULL) * 2 + 1;
	printf("test_disk_hostile: seed %llu\n", (unsigned long long)state);
	fflush(stdout);
	memory_init(&memory);
	memory_init(&copy);
	memory_init(&model);
	make_model();
	test_rows();
	test_check_all();
	test_good();
	test_left_space();
	test_torn();
	test_tail();
	test_gap();
	test_around();
	test_longer();
	test_nothing();
	test_large_log();
	test_random(rounds / 5);
	test_vhd();
	memory_free(&memory);
	memory_free(&copy);
	memory_free(&model);
	return 0;
}
