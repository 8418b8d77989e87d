/* Nested page tables. APM v2 15.25. Their format is that of long mode; user
 * access must be allowed, for the processor walks as a user. */
/* SPDX-License-Identifier: MIT */
#include "../../core/page.h"
#include "../../core/panic.h"
#include "../../core/partition.h"
#include "../../lib/asm.h"
#include "svm.h"

#define PRESENT		0x1ull
#define WRITABLE	0x2ull
#define USER		0x4ull
#define LARGE		0x80ull
#define NO_EXECUTE	(1ull << 63)
#define ADDRESS		0x000ffffffffff000ull
#define TABLE		(PRESENT | WRITABLE | USER)

uint64_t npt_largest_page(void)
{
	return svm_features.giant_pages ? 1ull << 30 : 1ull << 21;
}

void npt_init(struct partition *partition)
{
	partition->vendor = page_take();
	ASSERT(partition->vendor);
}

static uint64_t leaf(uint64_t spa, uint64_t size, unsigned int rights)
{
	if (!rights)
		return 0;
	return spa | PRESENT | USER | (rights & MAP_WRITE ? WRITABLE : 0) |
		(rights & MAP_EXECUTE ? 0 : NO_EXECUTE) |
		(size > 0x1000 ? LARGE : 0);
}

/* What is mapped by one entry becomes a table with the same meaning, written
 * before it is hung in: other processors walk meanwhile. */
static uint64_t *split(uint64_t *entry, uint64_t step)
{
	uint64_t *table = page_take();
	uint64_t old = *entry, i;

	if (!table)
		return NULL;
	for (i = 0; i < 512 && old & PRESENT; i++) {
		table[i] = ((old & ADDRESS) + i * step) |
			(old & ~(ADDRESS | LARGE)) |
			(step > 0x1000 ? LARGE : 0);
	}
	__atomic_store_n(entry, (uint64_t)table | TABLE, __ATOMIC_RELEASE);
	return table;
}

static unsigned int level_of(uint64_t size)
{
	return size == 0x1000 ? 1 : size == 0x200000 ? 2 : 3;
}

bool npt_map(struct partition *partition, uint64_t gpa, uint64_t spa,
	uint64_t size, unsigned int rights)
{
	uint64_t *table = partition->vendor;
	unsigned int at, last = level_of(size);

	ASSERT(!((gpa | spa) & (size - 1)) && !(spa & ~ADDRESS));
	for (at = 4;; at--) {
		unsigned int shift = 12 + 9 * (at - 1);
		uint64_t *entry = &table[gpa >> shift & 511];

		if (at == last) {
			/* A table here would be lost. */
			ASSERT(at == 1 || !(*entry & PRESENT) ||
				*entry & LARGE);
			__atomic_store_n(entry, leaf(spa, size, rights),
				__ATOMIC_RELEASE);
			return true;
		}
		if (*entry & PRESENT && !(*entry & LARGE))
			table = (uint64_t *)(*entry & ADDRESS);
		else
			table = split(entry, 1ull << (shift - 9));
		if (!table)
			return false;
	}
}

unsigned int npt_rights(struct partition *partition, uint64_t gpa)
{
	uint64_t *table = partition->vendor;
	unsigned int at;

	for (at = 4;; at--) {
		uint64_t entry = __atomic_load_n(&table[gpa >>
			(12 + 9 * (at - 1)) & 511], __ATOMIC_ACQUIRE);

		if (!(entry & PRESENT))
			return 0;
		if (at == 1 || entry & LARGE) {
			return MAP_READ | (entry & WRITABLE ? MAP_WRITE : 0) |
				(entry & NO_EXECUTE ? 0 : MAP_EXECUTE);
		}
		table = (uint64_t *)(entry & ADDRESS);
	}
}
