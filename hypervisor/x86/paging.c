/* The hypervisor's page tables. APM v2 5.3. */
/* SPDX-License-Identifier: MIT */
#include "paging.h"

#include "../core/machine.h"
#include "../core/page.h"
#include "../core/panic.h"
#include "../lib/asm.h"

#define PRESENT		0x1ull
#define WRITABLE	0x2ull
#define UNCACHED	0x18ull		/* PCD and PWT */
#define LARGE		0x80ull
#define NO_EXECUTE	(1ull << 63)
#define ADDRESS		0x000ffffffffff000ull
#define DATA		(PRESENT | WRITABLE | NO_EXECUTE)

extern char image_start[], image_rodata[], image_data[], image_end[];

static uint64_t *root;

static uint64_t *new_table(void)
{
	uint64_t *table = page_take();

	ASSERT(table);
	return table;
}

/* A large page becomes a table of 512 smaller ones. */
static uint64_t *split(uint64_t *entry, uint64_t step)
{
	uint64_t *table = new_table();
	uint64_t old = *entry, flags = old & ~(ADDRESS | LARGE);
	unsigned int i;

	for (i = 0; i < 512; i++) {
		table[i] = ((old & ADDRESS) + i * step) | flags |
			(step > 0x1000 ? LARGE : 0);
	}
	*entry = (uint64_t)table | PRESENT | WRITABLE;
	return table;
}

/* The entry of level 1 (4 KB) or 2 (2 MB) for an address. */
static uint64_t *entry_at(uint64_t address, unsigned int level)
{
	uint64_t *table = root;
	unsigned int at;

	for (at = 4;; at--) {
		unsigned int shift = 12 + 9 * (at - 1);
		uint64_t *entry = &table[address >> shift & 511];

		if (at == level)
			return entry;
		if (!(*entry & PRESENT))
			*entry = (uint64_t)new_table() | PRESENT | WRITABLE;
		if (*entry & LARGE)
			table = split(entry, 1ull << (shift - 9));
		else
			table = (uint64_t *)(*entry & ADDRESS);
	}
}

static void map_large(uint64_t start, uint64_t end)
{
	for (start &= ~0x1fffffull; start < end; start += 0x200000)
		*entry_at(start, 2) = start | DATA | LARGE;
}

static void protect(const char *start, const char *end, uint64_t flags)
{
	uint64_t at;

	for (at = (uint64_t)start; at < (uint64_t)end; at += 0x1000)
		*entry_at(at, 1) = at | flags;
}

void paging_init(void)
{
	unsigned int i;

	root = new_table();
	map_large(0, 1ull << 32);
	for (i = 0; i < machine.map.count; i++) {
		const struct memmap_range *range = &machine.map.range[i];

		if (range->end > 1ull << 32 && range->type == MEMMAP_RAM)
			map_large(range->start, range->end);
	}
	protect(image_start, image_rodata, PRESENT);
	protect(image_rodata, image_data, PRESENT | NO_EXECUTE);
	/* A null pointer faults from here on. */
	*entry_at(0, 1) = 0;
	paging_load();
}

void paging_load(void)
{
	write_cr3((uint64_t)root);
}

void paging_unmap(uint64_t address)
{
	*entry_at(address, 1) = 0;
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void paging_uncached(uint64_t address)
{
	*entry_at(address, 1) = address | DATA | UNCACHED;
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

uint64_t paging_root(void)
{
	return (uint64_t)root;
}
