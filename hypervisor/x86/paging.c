/* The hypervisor's page tables. APM v2 5.3. */
/* SPDX-License-Identifier: MIT */
#include "paging.h"

#include "../core/cpu.h"
#include "../core/machine.h"
#include "../core/memory.h"
#include "../core/page.h"
#include "../core/panic.h"
#include "../lib/asm.h"
#include "../lib/string.h"
#include "layout.h"

#define TABLE		(PAGING_PRESENT | PAGING_WRITABLE | PAGING_USER)
#define UNCACHED	0x18ull		/* PCD and PWT */
#define DATA		(PAGING_PRESENT | PAGING_WRITABLE | PAGING_NX)
#define READ_ONLY	(PAGING_PRESENT | PAGING_NX)
#define SIZE_2M		0x200000ull
#define SCREEN		0xb8000
#define SCREEN_END	0xc0000
/* Each entry of the root is 512 GB; half of the windows' room is for each. */
#define WINDOW_ENTRIES	128

extern char image_start[], image_rodata[], image_data[], image_sealed[];
extern char image_sealed_end[], image_end[];

static uint64_t *boot_root;
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
	uint64_t old = *entry;
	uint64_t flags = old & ~(PAGING_ADDRESS | PAGING_LARGE);
	unsigned int i;

	for (i = 0; i < 512; i++) {
		table[i] = ((old & PAGING_ADDRESS) + i * step) | flags |
			(step > 0x1000 ? PAGING_LARGE : 0);
	}
	*entry = (uint64_t)table | TABLE;
	return table;
}

/* The entry of level 1 (4 KB) or 2 (2 MB) for an address. */
static uint64_t *entry_at(uint64_t *table, uint64_t address,
	unsigned int level)
{
	unsigned int at;

	for (at = 4;; at--) {
		unsigned int shift = 12 + 9 * (at - 1);
		uint64_t *entry = &table[address >> shift & 511];

		if (at == level)
			return entry;
		if (!(*entry & PAGING_PRESENT))
			*entry = (uint64_t)new_table() | TABLE;
		if (*entry & PAGING_LARGE)
			table = split(entry, 1ull << (shift - 9));
		else
			table = (uint64_t *)(*entry & PAGING_ADDRESS);
	}
}

/* The machine's memory is a user's: SMAP keeps us out when it is on. */
static void map_large(uint64_t start, uint64_t end)
{
	for (start &= ~(SIZE_2M - 1); start < end; start += SIZE_2M)
		*entry_at(boot_root, start, 2) = start | DATA | PAGING_USER |
			PAGING_LARGE;
}

static void map(uint64_t *table, uint64_t start, uint64_t end, uint64_t flags)
{
	uint64_t at;

	for (at = start; at < end; at += 0x1000)
		*entry_at(table, at, 1) = at | flags;
}

static void map_image(uint64_t *table)
{
	map(table, (uint64_t)image_start, (uint64_t)image_rodata,
		PAGING_PRESENT);
	map(table, (uint64_t)image_rodata, (uint64_t)image_data, READ_ONLY);
}

void paging_init(void)
{
	unsigned int i;

	boot_root = root = new_table();
	map_large(0, 1ull << 32);
	for (i = 0; i < machine.map.count; i++) {
		const struct memmap_range *range = &machine.map.range[i];

		if (range->end > 1ull << 32 && range->type == MEMMAP_RAM)
			map_large(range->start, range->end);
	}
	map_image(boot_root);
	/* A null pointer faults from here on. */
	*entry_at(boot_root, 0, 1) &= ~PAGING_PRESENT;
	paging_load();
}

void paging_load(void)
{
	write_cr3((uint64_t)root);
}

void paging_unmap(uint64_t address)
{
	*entry_at(boot_root, address, 1) = 0;
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void paging_uncached(uint64_t address)
{
	*entry_at(boot_root, address, 1) = address | DATA | UNCACHED;
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* What is ours, one to one: each part with its rights. */
static void map_own(void)
{
	unsigned int i, guard;

	map(root, machine.log.start, machine.log.end, DATA);
	map_image(root);
	map(root, (uint64_t)image_data, (uint64_t)image_sealed, DATA);
	map(root, (uint64_t)image_sealed, (uint64_t)image_sealed_end,
		READ_ONLY);
	map(root, (uint64_t)image_sealed_end, (uint64_t)image_end, DATA);
	map(root, machine.own[1].start, machine.own[1].end, DATA);
	map(root, SCREEN, SCREEN_END, DATA);
	for (i = 0; i < machine.guarded_count; i++)
		map(root, machine.guarded[i], machine.guarded[i] + 0x1000,
			DATA | UNCACHED);
	for (i = 0; i < machine.cpu_count; i++) {
		uint64_t block = (uint64_t)cpus[i];

		for (guard = 0; guard < CPU_GUARDS; guard++)
			*entry_at(root, block + cpu_guard(guard), 1) = 0;
		*entry_at(root, (uint64_t)cpus[i]->descriptors, 1) &=
			~PAGING_WRITABLE;
	}
}

/* Pages of ours that the parent reads: the hypercall page holds code that a VP
 * may exit from. */
static void show(uint64_t *window, const struct memmap_range *own)
{
	uint64_t at;

	for (at = own->start; at < own->end; at += 0x1000) {
		if (memory_parent_readable(at))
			*entry_at(window, at, 1) = at | READ_ONLY | PAGING_USER;
	}
}

static uint64_t copy_table(uint64_t entry)
{
	uint64_t *table = new_table();

	memcpy(table, (const void *)(entry & PAGING_ADDRESS), 0x1000);
	return (uint64_t)table | TABLE;
}

/* The tables of the boot, less what is ours, become the two windows: whether
 * an address is a user's is what all levels agree on. The tables of the first
 * 4 GB, where our memory is, are copied: those of the boot are still in use. */
static void make_windows(void)
{
	uint64_t *window = new_table(), *low, at;
	unsigned int i;

	window[0] = copy_table(boot_root[0]);
	low = (uint64_t *)(window[0] & PAGING_ADDRESS);
	for (i = 0; i < 4; i++)
		low[i] = copy_table(low[i]);
	for (i = 0; i < 2; i++) {
		for (at = machine.own[i].start; at < machine.own[i].end;
				at += SIZE_2M)
			*entry_at(window, at, 2) = 0;
		show(window, &machine.own[i]);
	}
	for (i = 0; i < machine.guarded_count; i++)
		*entry_at(window, machine.guarded[i], 1) = 0;
	*entry_at(window, 0, 1) |= PAGING_PRESENT;
	for (i = 0; i < WINDOW_ENTRIES; i++) {
		uint64_t entry = i ? boot_root[i] : window[0];

		root[256 + i] = entry;
		root[256 + WINDOW_ENTRIES + i] = entry & ~PAGING_USER;
	}
	page_give(window);
}

static void protect_tables(uint64_t *table, unsigned int level)
{
	unsigned int i;

	*entry_at(root, (uint64_t)table, 1) &= ~PAGING_WRITABLE;
	for (i = 0; i < 512 && level > 1; i++) {
		if (table[i] & PAGING_PRESENT && !(table[i] & PAGING_LARGE))
			protect_tables((uint64_t *)(table[i] & PAGING_ADDRESS),
				level - 1);
	}
}

void paging_seal(void)
{
	root = new_table();
	map_own();
	make_windows();
	protect_tables(root, 4);
	machine.window = PAGING_WINDOW;
	machine.own_window = PAGING_OWN_WINDOW;
	paging_load();
}

uint64_t paging_root(void)
{
	return (uint64_t)root;
}
