/* Whether our page tables are what docs/hypervisor.md promises. */
/* SPDX-License-Identifier: MIT */
#include "selfcheck.h"

#include "../core/cpu.h"
#include "../core/machine.h"
#include "../core/memory.h"
#include "../core/panic.h"
#include "paging.h"

extern char image_start[], image_rodata[], image_data[], image_sealed[];
extern char image_sealed_end[];

/* The entry that maps an address, and what all levels on the way allow. */
static uint64_t find(uint64_t address, uint64_t *rights)
{
	uint64_t *table = (uint64_t *)paging_root();
	unsigned int at;

	*rights = PAGING_WRITABLE | PAGING_USER;
	for (at = 4;; at--) {
		uint64_t entry = table[address >> (12 + 9 * (at - 1)) & 511];

		if (!(entry & PAGING_PRESENT))
			return 0;
		*rights &= entry;
		*rights |= entry & PAGING_NX;
		if (at == 1 || entry & PAGING_LARGE)
			return entry;
		table = (uint64_t *)(entry & PAGING_ADDRESS);
	}
}

static bool is_read_only(uint64_t address)
{
	uint64_t rights;

	return find(address, &rights) && !(rights & PAGING_WRITABLE);
}

static bool is_own(uint64_t start, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (start < machine.own[i].end && machine.own[i].start < end)
			return true;
	}
	return false;
}

/* One page of 4 KB, 2 MB or 1 GB at a linear address. */
static void check_page(uint64_t linear, uint64_t entry, uint64_t size)
{
	uint64_t spa = entry & PAGING_ADDRESS & ~(size - 1), rights;

	ASSERT(find(linear, &rights) == entry);
	if (linear >= PAGING_WINDOW) {
		if (is_own(spa, spa + size))
			ASSERT(size == 0x1000 && memory_parent_readable(spa) &&
				!(rights & PAGING_WRITABLE));
		ASSERT(rights & PAGING_NX);
		ASSERT(!(rights & PAGING_USER) ==
			(linear >= PAGING_OWN_WINDOW));
		return;
	}
	ASSERT(linear == spa && !(rights & PAGING_USER) && size == 0x1000);
	ASSERT(!(rights & PAGING_WRITABLE) || rights & PAGING_NX);
	if (!(rights & PAGING_NX))
		ASSERT(linear >= (uint64_t)image_start &&
			linear < (uint64_t)image_rodata);
}

static void check_table(const uint64_t *table, uint64_t linear,
	unsigned int level)
{
	uint64_t size = 1ull << (12 + 9 * (level - 1));
	unsigned int i;

	ASSERT(is_read_only((uint64_t)table));
	for (i = 0; i < 512; i++) {
		uint64_t at = linear + i * size;

		/* Canonical form. */
		if (level == 4 && i >= 256)
			at |= 0xffff000000000000;
		if (!(table[i] & PAGING_PRESENT))
			continue;
		if (level == 1 || table[i] & PAGING_LARGE)
			check_page(at, table[i], size);
		else
			check_table((const uint64_t *)(table[i] &
				PAGING_ADDRESS), at, level - 1);
	}
}

static void check_read_only(const char *start, const char *end)
{
	uint64_t at;

	for (at = (uint64_t)start; at < (uint64_t)end; at += 0x1000)
		ASSERT(is_read_only(at));
}

static void check_processor(const struct cpu *cpu)
{
	uint64_t rights;
	unsigned int i;

	for (i = 0; i < CPU_GUARDS; i++)
		ASSERT(!find((uint64_t)cpu + cpu_guard(i), &rights));
	ASSERT(is_read_only((uint64_t)cpu->descriptors));
}

void selfcheck(void)
{
	uint64_t rights;
	unsigned int i;

	check_table((const uint64_t *)paging_root(), 0, 4);
	check_read_only(image_start, image_data);
	check_read_only(image_sealed, image_sealed_end);
	ASSERT(!find(0, &rights));
	for (i = 0; i < machine.cpu_count; i++)
		check_processor(cpus[i]);
}
