/* VHDX: a good image with changes to its metadata and its log; opened, used. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "check.h"
#include "crc32c.h"
#include "disk.h"
#include "memory_file.h"
#include "vhdx.h"

#define LOG_AT		(1 * MB)
#define METADATA_AT	(2 * MB)
#define BAT_AT		(3 * MB)
#define DATA_AT		(4 * MB)

static struct memory_file model, memory, before;
static struct disk_error error;
static const struct guid log_guid = { { 0x10, 0x96 } };

static void get(uint64_t offset, void *to, size_t size)
{
	if (memory_read(&memory.file, offset, to, size))
		memset(to, 0, size);
}

static void put(uint64_t offset, const void *from, size_t size)
{
	memory_write(&memory.file, offset, from, size);
}

/* Eight blocks of 1 MB, three with something in them. */
static void make_model(void)
{
	const struct disk_form form = { DISK_VHDX, false, 8 * MB, MB };
	static const uint8_t bytes[512] = "a block";
	struct disk *disk;
	unsigned int i;

	if (model.size)
		return;
	memory_init(&model);
	memory_init(&memory);
	memory_init(&before);
	CHECK(disk_create(&model.file, &form, &error) == 0);
	CHECK(disk_open(&disk, &model.file, DISK_VHDX, false, &error) == 0);
	for (i = 0; i < 3; i++)
		CHECK(disk_write(disk, 2 * i * MB, bytes, sizeof(bytes)) == 0);
	CHECK(disk_close(disk) == 0);
	CHECK(memory_resize(&model.file, 10 * MB) == 0);
}

static void patch(struct input *input)
{
	static const uint64_t places[] = { 0, VHDX_HEADER_AT(0),
		VHDX_HEADER_AT(1), VHDX_TABLE_AT(0), VHDX_TABLE_AT(1), LOG_AT,
		METADATA_AT, METADATA_AT + 64 * KB, BAT_AT };
	uint64_t at = places[input_byte(input) % 9] + input_word(input) % 512;
	uint32_t value = input_word(input);

	put(at, &value, 1 + input_byte(input) % 4);
}

static void seal_headers(void)
{
	struct vhdx_header header;
	int i;

	for (i = 0; i < 2; i++) {
		get(VHDX_HEADER_AT(i), &header, sizeof(header));
		header.checksum = 0;
		header.checksum = crc32c(0, &header, sizeof(header));
		put(VHDX_HEADER_AT(i), &header, sizeof(header));
	}
}

static void seal_tables(void)
{
	static struct vhdx_region_table table;

	get(VHDX_TABLE_AT(0), &table, sizeof(table));
	table.header.checksum = 0;
	table.header.checksum = crc32c(0, &table, sizeof(table));
	put(VHDX_TABLE_AT(0), &table, sizeof(table));
	put(VHDX_TABLE_AT(1), &table, sizeof(table));
}

static uint64_t target(struct input *input)
{
	static const uint64_t places[] = { 0, VHDX_TABLE_AT(0), LOG_AT,
		METADATA_AT, METADATA_AT + 64 * KB, BAT_AT, DATA_AT, 10 * MB };

	return places[input_byte(input) % 8] + input_byte(input) % 4 * 4096;
}

/* A whole entry; the number of sectors is right, or not. */
static void log_entry(struct input *input)
{
	static uint8_t bytes[4 * 4096];
	struct vhdx_log_entry *entry = (struct vhdx_log_entry *)bytes;
	struct vhdx_log_descriptor *descriptor;
	struct vhdx_log_data *data;
	uint32_t at = input_byte(input) * 4096 % MB, i, first;

	memset(bytes, 0, sizeof(bytes));
	entry->signature = VHDX_ENTRY_SIGNATURE;
	entry->sequence = input_byte(input);
	entry->tail = input_byte(input) * 4096;
	entry->log = log_guid;
	entry->flushed = input_byte(input) * MB;
	entry->last = input_byte(input) * MB;
	entry->descriptors = input_byte(input) % 4;
	entry->length = (1 + entry->descriptors) * 4096;
	for (i = 0; i < entry->descriptors; i++) {
		descriptor = (struct vhdx_log_descriptor *)(entry + 1) + i;
		data = (struct vhdx_log_data *)(bytes + 4096 * (i + 1));
		descriptor->signature = VHDX_DESC_SIGNATURE;
		descriptor->offset = target(input);
		descriptor->sequence = entry->sequence;
		descriptor->leading = input_word(input);
		data->signature = VHDX_DATA_SIGNATURE;
		data->sequence_low = entry->sequence;
		get(descriptor->offset + 8, data->bytes, sizeof(data->bytes));
	}
	if (entry->descriptors && input_byte(input) % 4 == 0) {
		descriptor->signature = VHDX_ZERO_SIGNATURE;
		descriptor->zero_length = input_word(input) * 4096ull;
		entry->length -= 4096;
	}
	entry->checksum = crc32c(0, entry, entry->length);
	first = MB - at < entry->length ? MB - at : entry->length;
	put(LOG_AT + at, bytes, first);
	put(LOG_AT, bytes + first, entry->length - first);
	for (i = 0; i < 2; i++)
		put(VHDX_HEADER_AT(i) + offsetof(struct vhdx_header, log),
			&log_guid, sizeof(log_guid));
	seal_headers();
}

static void bat_entry(struct input *input)
{
	uint64_t at = BAT_AT + input_byte(input) % 10 * 8;
	uint64_t entry = (input_byte(input) % 16 * MB) |
		input_byte(input) % 8;

	put(at, &entry, sizeof(entry));
}

static void metadata_value(struct input *input)
{
	uint64_t at = METADATA_AT + 64 * KB + input_byte(input) % 48;
	uint64_t value = 1ull << input_byte(input) % 64;

	put(at, &value, 8);
}

static void change(struct input *input)
{
	switch (input_byte(input) % 8) {
	case 0: patch(input); break;
	case 1: seal_headers(); break;
	case 2: seal_tables(); break;
	case 3: log_entry(input); break;
	case 4: bat_entry(input); break;
	case 5: metadata_value(input); break;
	case 6:
		memory_resize(&memory.file, input_byte(input) * MB / 8);
		break;
	case 7: break;
	}
}

static void say(void *context, const char *sentence)
{
	(void)context;
	CHECK(sentence[0]);
}

static void step(struct disk *disk, struct input *input)
{
	static uint8_t bytes[4096];
	uint64_t size = disk_facts(disk)->size;
	uint64_t offset = input_word(input) * 512ull % size;
	uint64_t length = 512 * (1 + input_byte(input) % 8);

	length = length < size - offset ? length : size - offset;
	switch (input_byte(input) % 8) {
	default: disk_write(disk, offset, bytes, length); break;
	case 0: disk_read(disk, offset, bytes, length); break;
	case 1: disk_unmap(disk, offset, length); break;
	case 2:
		length = 4 * MB < size - offset ? 4 * MB : size - offset;
		disk_unmap(disk, offset, length);
		break;
	case 3: disk_flush(disk); break;
	case 4:
		if (size < 1024 * MB)
			disk_resize(disk, size + input_byte(input) * 512);
		break;
	}
}

/* A refused image stays as it is; what was good is good afterwards. */
static void use(struct input *input)
{
	bool dirty, read_only = input_byte(input) % 4 == 0;
	struct disk *disk;
	int wrong, result;

	memory_clone(&before, &memory);
	wrong = disk_check(&memory.file, DISK_VHDX, say, NULL, &dirty);
	result = disk_open(&disk, &memory.file, DISK_VHDX, read_only, &error);
	if (result) {
		CHECK(error.text[0]);
		/* Too long for this file, when it was to become so. */
		CHECK(memory_same(&memory, &before) || result == -EFBIG);
		CHECK(wrong || result == -EFBIG ||
			(dirty && read_only && result == -EROFS));
		return;
	}
	while (input->left && !disk_poisoned(disk))
		step(disk, input);
	result = disk_close(disk);
	if (!result && !wrong)
		CHECK(disk_check(&memory.file, DISK_VHDX, say, NULL, &dirty) ==
			0);
	if (read_only)
		CHECK(memory_same(&memory, &before));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };
	unsigned int changes;

	make_model();
	memory_clone(&memory, &model);
	for (changes = input_byte(&input) % 16; changes; changes--)
		change(&input);
	use(&input);
	return 0;
}
