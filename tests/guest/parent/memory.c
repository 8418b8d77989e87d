/* Memory of the machine, as the loader's map says, and our page tables. */
/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "../../../hypervisor/abi/linux.h"
#include "../../../hypervisor/lib/string.h"
#include "../../../hypervisor/x86/layout.h"
#include "report.h"

#define RAM		1
#define RESERVED	2
#define TABLE		0x7ull	/* present, writable, user */
#define LARGE		0x87ull
#define POOL_START	0x4000000ull
#define POOL_END	0x8000000ull
#define PAGE		0x1000ull
#define LOW_END		0x100000000ull
#define HEAP_ALIGN	0x200000ull

struct places places;

static uint64_t table[6][512] __attribute__((aligned(4096)));
static struct linux_range range[LINUX_RANGES];
static unsigned int range_count;
static uint64_t next_page = POOL_START;

static void fill_tables(void)
{
	unsigned int i;

	table[0][0] = (uint64_t)table[1] | TABLE;
	for (i = 0; i < 512; i++)
		table[1][i] = (uint64_t)i << 30 | LARGE;
	for (i = 0; i < 4; i++)
		table[1][i] = (uint64_t)table[2 + i] | TABLE;
	for (i = 0; i < 2048; i++)
		table[2 + i / 512][i % 512] = (uint64_t)i << 21 | LARGE;
}

/* The heap is the last reserved range before the top of RAM that is 2 MB
 * aligned. docs/hypervisor.md, "Memory map" */
static void find_places(void)
{
	unsigned int i;

	places.log = LOG_BASE;
	places.image = IMAGE_BASE;
	for (i = 0; i < range_count; i++) {
		uint64_t end = range[i].start + range[i].length;

		if (range[i].type == RAM && end > places.ram_end)
			places.ram_end = end;
		if (range[i].type == RESERVED && end <= LOW_END &&
				range[i].start > IMAGE_END &&
				!(range[i].start % HEAP_ALIGN) && i &&
				range[i - 1].type == RAM)
			places.heap = range[i].start;
	}
}

void memory_init(const struct linux_zero_page *zero)
{
	range_count = zero->range_count;
	memcpy(range, zero->range, sizeof(range));
	fill_tables();
	find_places();
	if (!memory_is_ram(POOL_START, POOL_END))
		report_stop("no RAM at 64 MB");
}

uint64_t memory_cr3(void)
{
	return (uint64_t)table;
}

bool memory_is_ram(uint64_t start, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < range_count; i++) {
		if (range[i].type == RAM && range[i].start <= start &&
				end <= range[i].start + range[i].length)
			return true;
	}
	return false;
}

void *memory_take(unsigned int pages)
{
	void *start = (void *)next_page;

	next_page += pages * PAGE;
	if (next_page > POOL_END)
		report_stop("no pages left");
	memset(start, 0, pages * PAGE);
	return start;
}

bool memory_is_filled(const void *page, uint8_t byte)
{
	const volatile uint64_t *word = page;
	unsigned int i;

	for (i = 0; i < 512; i++) {
		if (word[i] != byte * 0x0101010101010101ull)
			return false;
	}
	return true;
}
