/* Nested page tables. APM v2 15.25. Their format is that of long mode; user
 * access must be allowed, for the processor walks as a user.
 *
 * The parent's tables are of the heap, a child's of its deposits. An entry that
 * is not present and has KNOWN is memory without access. */
/* SPDX-License-Identifier: MIT */
#include "../../core/memory.h"
#include "../../core/page.h"
#include "../../core/panic.h"
#include "../../core/partition.h"
#include "../../lib/asm.h"
#include "svm.h"

#define PRESENT		0x1ull
#define WRITABLE	0x2ull
#define USER		0x4ull
#define ACCESSED	0x20ull
#define DIRTY		0x40ull
#define LARGE		0x80ull
#define KNOWN		0x200ull	/* ours to use */
#define NO_EXECUTE	(1ull << 63)
#define ADDRESS		0x000ffffffffff000ull
#define TABLE		(PRESENT | WRITABLE | USER)

#define LEVELS		4
#define ENTRIES		512

uint64_t npt_largest_page(void)
{
	return svm_features.giant_pages ? 1ull << 30 : 1ull << 21;
}

static void *take(struct partition *partition)
{
	return partition == parent ? page_take() : pool_take(&partition->pool);
}

bool npt_init(struct partition *partition)
{
	partition->vendor = take(partition);
	return partition->vendor;
}

static uint64_t leaf(uint64_t spa, uint64_t size, unsigned int rights)
{
	if (!(rights & ~(unsigned int)MAP_KNOWN))
		return rights & MAP_KNOWN ? KNOWN : 0;
	return spa | PRESENT | USER | (rights & MAP_WRITE ? WRITABLE : 0) |
		(rights & MAP_EXECUTE ? 0 : NO_EXECUTE) |
		(size > 0x1000 ? LARGE : 0);
}

static uint64_t *table_of(uint64_t entry)
{
	return memory_own(entry & ADDRESS);
}

static bool is_table(uint64_t entry, unsigned int level)
{
	return level > 1 && entry & PRESENT && !(entry & LARGE);
}

static void fill(uint64_t *table, uint64_t entry, uint64_t step)
{
	uint64_t i;

	for (i = 0; i < ENTRIES && entry & PRESENT; i++) {
		table[i] = ((entry & ADDRESS) + i * step) |
			(entry & ~(ADDRESS | LARGE)) |
			(step > 0x1000 ? LARGE : 0);
	}
	for (; i < ENTRIES; i++)
		table[i] = entry;
}

/* What is mapped by one entry becomes a table with the same meaning, written
 * before it is hung in: other processors walk meanwhile, and set Accessed and
 * Dirty. */
static uint64_t *split(struct partition *partition, uint64_t *entry,
	uint64_t step)
{
	uint64_t *table = take(partition);
	uint64_t old = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

	if (!table)
		return NULL;
	do {
		fill(table, old, step);
	} while (!__atomic_compare_exchange_n(entry, &old, memory_spa(table) |
		TABLE, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE));
	return table;
}

static unsigned int level_of(uint64_t size)
{
	return size == 0x1000 ? 1 : size == 0x200000 ? 2 : 3;
}

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

/* The entry for gpa at the level where it is no table, or at 'last'. */
static uint64_t *find(struct partition *partition, uint64_t gpa,
	unsigned int last, unsigned int *level)
{
	uint64_t *table = partition->vendor;

	for (*level = LEVELS;; --*level) {
		uint64_t *entry = &table[gpa >> shift_of(*level) & 511];
		uint64_t value = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (*level == last || !is_table(value, *level))
			return entry;
		table = table_of(value);
	}
}

bool npt_map(struct partition *partition, uint64_t gpa, uint64_t spa,
	uint64_t size, unsigned int rights, void **replaced)
{
	unsigned int last = level_of(size), level;
	uint64_t *entry, old;

	ASSERT(!((gpa | spa) & (size - 1)) && !(spa & ~ADDRESS));
	for (;;) {
		entry = find(partition, gpa, last, &level);
		if (level == last)
			break;
		if (!split(partition, entry, 1ull << (shift_of(level) - 9)))
			return false;
	}
	old = *entry;
	/* A table here would be lost. */
	ASSERT(!is_table(old, level) || replaced);
	__atomic_store_n(entry, leaf(spa, size, rights), __ATOMIC_RELEASE);
	if (replaced)
		*replaced = is_table(old, level) ? table_of(old) : NULL;
	return true;
}

static unsigned int rights_of(uint64_t entry)
{
	if (!(entry & PRESENT))
		return entry & KNOWN ? MAP_KNOWN : 0;
	return MAP_KNOWN | MAP_READ | (entry & WRITABLE ? MAP_WRITE : 0) |
		(entry & NO_EXECUTE ? 0 : MAP_EXECUTE);
}

unsigned int npt_look(struct partition *partition, uint64_t gpa,
	struct mapping *mapping)
{
	unsigned int level;
	uint64_t entry = __atomic_load_n(find(partition, gpa, 0, &level),
		__ATOMIC_ACQUIRE);

	mapping->size = 1ull << shift_of(level);
	mapping->spa = entry & ADDRESS & ~(mapping->size - 1);
	mapping->rights = rights_of(entry);
	return mapping->rights;
}

unsigned int npt_age(struct partition *partition, uint64_t gpa,
	unsigned int clear, unsigned int set)
{
	unsigned int level;
	uint64_t *entry = find(partition, gpa, 0, &level), old;
	uint64_t off = (clear & MAP_ACCESSED ? ACCESSED : 0) |
		(clear & MAP_DIRTY ? DIRTY : 0);
	uint64_t on = (set & MAP_ACCESSED ? ACCESSED : 0) |
		(set & MAP_DIRTY ? DIRTY : 0);

	if (!(*entry & PRESENT))
		return 0;
	/* Processors set bits meanwhile. */
	old = __atomic_fetch_and(entry, ~off, __ATOMIC_SEQ_CST);
	if (on)
		old |= __atomic_fetch_or(entry, on, __ATOMIC_SEQ_CST) & off;
	return (old & ACCESSED ? MAP_ACCESSED : 0) |
		(old & DIRTY ? MAP_DIRTY : 0);
}

/* Whether what gpa is in has no table at that level any more. */
static bool merge(struct partition *partition, uint64_t gpa, unsigned int at)
{
	unsigned int level, i;
	uint64_t *entry = find(partition, gpa, at, &level), *table, first;

	if (level != at || !is_table(*entry, at))
		return true;
	table = table_of(*entry);
	first = table[0];
	/* Above 2 MB only where nothing is known: taking a piece of memory
	 * away later must not need tables. */
	if (at > 2 && first)
		return false;
	for (i = 0; i < ENTRIES; i++) {
		if (table[i] & PRESENT || table[i] != first)
			return false;
	}
	__atomic_store_n(entry, first, __ATOMIC_RELEASE);
	/* Nothing is mapped in it, but a processor may have it in its TLB. */
	memory_flush(partition);
	pool_give(&partition->pool, table);
	return true;
}

void npt_merge(struct partition *partition, uint64_t gpa)
{
	unsigned int level = 2;

	while (level <= LEVELS && merge(partition, gpa, level))
		level++;
}

/* The first table that has none below it, with its entry. */
static uint64_t *lowest_table(uint64_t *table, unsigned int level,
	unsigned int *at)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		uint64_t *below;

		if (!is_table(table[i], level))
			continue;
		below = lowest_table(table_of(table[i]), level - 1, at);
		if (below)
			return below;
		*at = level - 1;
		return &table[i];
	}
	return NULL;
}

/* A table without tables below: what is mapped in it, and the page. */
static void strip(struct partition *partition, uint64_t *table,
	unsigned int level, void (*gone)(uint64_t spa, uint64_t size))
{
	uint64_t size = 1ull << shift_of(level);
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		if (table[i] & PRESENT)
			gone(table[i] & ADDRESS & ~(size - 1), size);
	}
	pool_give(&partition->pool, table);
}

bool npt_strip(struct partition *partition, void *table,
	void (*gone)(uint64_t spa, uint64_t size))
{
	unsigned int level = LEVELS;
	uint64_t *entry;

	if (table) {
		strip(partition, table, 1, gone);
		return true;
	}
	if (!partition->vendor)
		return false;
	entry = lowest_table(partition->vendor, LEVELS, &level);
	if (entry) {
		table = table_of(*entry);
		*entry = 0;
		strip(partition, table, level, gone);
		return true;
	}
	strip(partition, partition->vendor, LEVELS, gone);
	partition->vendor = NULL;
	return false;
}
