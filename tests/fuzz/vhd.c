/* VHD: a good image, dynamic or fixed, with changes; opened, and read. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "check.h"
#include "disk.h"
#include "memory_file.h"
#include "vhd_bytes.h"

#define MB	(1ull << 20)
#define TABLE	2048u
#define FIRST	4096u
#define BLOCK	(2 * MB + 512)

static struct memory_file memory, before;
static struct disk_error error;
static uint8_t footer[512], header[1024], table[16];

static void fill(bool fixed)
{
	memset(footer, 0, sizeof(footer));
	memcpy(footer, "conectix", 8);
	put32(footer + 12, 0x10000);
	put64(footer + 16, 512);
	put64(footer + 48, 7 * MB);
	put32(footer + 60, fixed ? 2 : 3);
	memset(header, 0, sizeof(header));
	memcpy(header, "cxsparse", 8);
	put64(header + 16, TABLE);
	put32(header + 24, 0x10000);
	put32(header + 28, 4);
	put32(header + 32, 2 * MB);
	put32(table, FIRST / 512);
	put32(table + 4, UINT32_MAX);
	put32(table + 8, (FIRST + BLOCK) / 512);
	put32(table + 12, UINT32_MAX);
}

/* Bytes, or a number with one bit. */
static void change(struct input *input)
{
	static const struct {
		uint8_t *bytes;
		size_t size;
	} places[] = { { footer, 72 }, { header, 48 }, { table, 16 } };
	uint8_t which = input_byte(input) % 3;
	size_t at = input_byte(input) % (places[which].size - 8);
	uint32_t value = input_word(input);

	switch (input_byte(input) % 3) {
	case 0: places[which].bytes[at] = value; break;
	case 1: put32(places[which].bytes + at / 4 * 4, value); break;
	case 2:
		put64(places[which].bytes + at / 8 * 8,
			(1ull << value % 64) + (value >> 30) - 1);
		break;
	}
}

static void write_all(struct input *input, uint64_t end)
{
	uint8_t what = input_byte(input);

	if (what % 16)
		seal(footer, sizeof(footer), 64);
	if (what / 16)
		seal(header, sizeof(header), 36);
	memory_free(&memory);
	memory_write(&memory.file, end, footer, sizeof(footer));
	memory_write(&memory.file, 0, footer, sizeof(footer));
	memory_write(&memory.file, 512, header, sizeof(header));
	memory_write(&memory.file, TABLE, table, sizeof(table));
}

static void say(void *context, const char *sentence)
{
	(void)context;
	CHECK(sentence[0]);
}

static void use(void)
{
	static uint8_t bytes[1 << 16];
	struct disk *disk;
	uint64_t offset, size;
	bool dirty;
	int wrong = disk_check(&memory.file, DISK_VHD, say, NULL, &dirty);

	if (disk_open(&disk, &memory.file, DISK_VHD, true, &error)) {
		CHECK(wrong && error.text[0]);
		return;
	}
	size = disk_facts(disk)->size;
	for (offset = 0; offset < size && offset < 64 * MB;
		offset += sizeof(bytes))
		CHECK(disk_read(disk, offset, bytes,
			size - offset < sizeof(bytes) ? size - offset :
			sizeof(bytes)) == 0);
	CHECK(disk_close(disk) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };
	uint8_t what = input_byte(&input);
	unsigned int changes;

	if (!memory.file.ops) {
		memory_init(&memory);
		memory_init(&before);
	}
	fill(what & 1);
	for (changes = what / 2 % 8; changes; changes--)
		change(&input);
	write_all(&input, FIRST + 2 * BLOCK + (what & 1 ? 4 * MB : 0));
	memory_clone(&before, &memory);
	use();
	CHECK(memory_same(&memory, &before));
	return 0;
}
