/* Page-table walks: every mode and fault by hand, then random tables against
 * a second walk that is written differently. usage: test_walk COUNT [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "walk.h"

#include <time.h>

#define PAGES		16
#define PG		(1ull << 31)
#define WP		(1ull << 16)
#define PSE		(1ull << 4)
#define PAE		(1ull << 5)
#define LA57		(1ull << 12)
#define SMEP		(1ull << 20)
#define SMAP		(1ull << 21)
#define LMA		(1ull << 10)
#define NXE		(1ull << 11)
#define NX		(1ull << 63)
#define A		0x20u
#define D		0x40u
#define PS		0x80u

/* Guest memory of 16 pages, and what happens to who touches it. */
static struct {
	_Alignas(8) unsigned char bytes[PAGES * 4096];
	unsigned int hidden, readonly;	/* bit maps of pages */
	unsigned int rivals;		/* exchanges that find a change */
	uint64_t rival;			/* which they find, unless 0 */
	unsigned int reads, exchanges;
} memory;

static struct walk_mode mode;
static struct walk walk;

static uint64_t get(uint64_t gpa, unsigned int size)
{
	uint64_t entry = 0;

	CHECK(gpa % size == 0 && gpa + size <= sizeof(memory.bytes));
	memcpy(&entry, memory.bytes + gpa, size);
	return entry;
}

static void put(uint64_t gpa, unsigned int size, uint64_t entry)
{
	CHECK(gpa % size == 0 && gpa + size <= sizeof(memory.bytes));
	memcpy(memory.bytes + gpa, &entry, size);
}

static bool is_in(unsigned int pages, uint64_t gpa)
{
	return gpa >= sizeof(memory.bytes) || pages >> (gpa >> 12) & 1;
}

static bool read_entry(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry)
{
	CHECK(context == &memory && (size == 4 || size == 8));
	memory.reads++;
	if (is_in(memory.hidden, gpa))
		return false;
	*entry = get(gpa, size);
	return true;
}

static enum walk_exchange exchange_entry(void *context, uint64_t gpa,
	unsigned int size, uint64_t expected, uint64_t value)
{
	CHECK(context == &memory && (size == 4 || size == 8));
	memory.exchanges++;
	if (is_in(memory.readonly, gpa))
		return WALK_INACCESSIBLE;
	if (memory.rivals) {
		memory.rivals--;
		if (memory.rival)
			put(gpa, size, memory.rival);
		return WALK_CHANGED;
	}
	if (get(gpa, size) != expected)
		return WALK_CHANGED;
	CHECK(expected != value);
	put(gpa, size, value);
	return WALK_EXCHANGED;
}

static const struct walk_memory callbacks = {
	read_entry, exchange_entry, &memory,
};

static enum walk_result run(uint64_t linear, unsigned int access)
{
	memory.reads = memory.exchanges = 0;
	memset(&walk, 0xa5, sizeof(walk));
	return walk_translate(&walk, &mode, &callbacks, linear, access);
}

static void begin(uint64_t cr4, uint64_t efer)
{
	memset(&memory, 0, sizeof(memory));
	mode = (struct walk_mode){
		.cr0 = PG, .cr3 = 0x1000, .cr4 = cr4, .efer = efer,
		.physical_bits = 40, .gigabyte_pages = true,
	};
}

#define DONE(linear, access, address, shift) do { \
	CHECK(run(linear, access) == WALK_DONE); \
	CHECK(walk.gpa == (address) && walk.page_shift == (shift)); \
} while (0)
#define FAULT(linear, access, code) do { \
	CHECK(run(linear, access) == WALK_FAULT); \
	CHECK(walk.error == (code)); \
} while (0)

static void test_unpaged(void)
{
	begin(0, 0);
	mode.cr0 = 0;
	DONE(0x7ffff123456, WALK_WRITE, 0xff123456, 12);
	CHECK(walk.rights == (WALK_READ | WALK_WRITE | WALK_EXECUTE |
		WALK_USER) && !memory.reads);
}

static void test_32bit(void)
{
	begin(PSE, NXE);
	put(0x1000 + 4 * 0x3ff, 4, 0x2007);
	put(0x2000 + 4 * 0x123, 4, 0x89abc01f);
	DONE(0xffd23456, WALK_READ, 0x89abc456, 12);
	CHECK(walk.cache == 3 && walk.rights == (WALK_READ | WALK_WRITE |
		WALK_EXECUTE | WALK_USER));
	FAULT(0xffd24456, WALK_WRITE, 2);
	/* No NX here, so no fetch bit, unless SMEP asks for it. */
	FAULT(0xffd24456, WALK_EXECUTE, 0);
	mode.cr4 |= SMEP;
	FAULT(0xffd24456, WALK_EXECUTE, 0x10);
	FAULT(0x00400000, WALK_READ | WALK_USER, 4);
	/* 4 MB: address bits 31-22, then 39-32 from bits 20-13; PAT. */
	put(0x1000 + 4, 4, 0x0c1ff083);
	DONE(0x00456789, WALK_READ, 0xff0c056789, 22);
	CHECK(walk.cache == 4);
	put(0x1000 + 4, 4, 0x0c200083);
	FAULT(0x00456789, WALK_READ, 9);
	put(0x1000 + 4, 4, 0x0c020083);
	mode.physical_bits = 36;
	FAULT(0x00456789, WALK_READ, 9);
	put(0x1000 + 4, 4, 0x0c01e083);
	DONE(0x00456789, WALK_READ, 0xf0c056789, 22);
	/* Without PSE the bit means nothing. */
	mode.cr4 = 0;
	put(0x1000 + 4, 4, 0x2083);
	put(0x2000 + 4 * 0x56, 4, 0x3001);
	DONE(0x00456789, WALK_READ, 0x3789, 12);
}

static void test_pae(void)
{
	begin(PAE, NXE);
	mode.cr3 = 0x1fe0;
	put(0x1fe0 + 8 * 3, 8, 0x2e19);
	put(0x2000 + 8 * 0x1ff, 8, 0x3007);
	put(0x3000, 8, 0xfedcba5007 | NX);
	DONE(0xffe00123, WALK_WRITE, 0xfedcba5123, 12);
	CHECK(walk.rights == (WALK_READ | WALK_WRITE | WALK_USER));
	FAULT(0xffe00123, WALK_EXECUTE, 0x11);
	mode.efer = 0;
	FAULT(0xffe00123, WALK_EXECUTE, 9);
	put(0x3000, 8, 0x10000005007);
	FAULT(0xffe00123, WALK_READ, 9);
	put(0x3000, 8, 0x5007 | 1ull << 62);
	FAULT(0xffe00123, WALK_READ, 9);
	put(0x2000 + 8 * 0x1ff, 8, 0xaabbc00087);
	DONE(0xffffffff, WALK_READ, 0xaabbdfffff, 21);
	put(0x2000 + 8 * 0x1ff, 8, 0xaabbc02087);
	FAULT(0xffffffff, WALK_READ, 9);
	/* The first table has rights reserved, and PS. */
	put(0x1fe0 + 8 * 3, 8, 0x2003);
	FAULT(0xffffffff, WALK_READ, 9);
	put(0x1fe0 + 8 * 3, 8, 0x2081);
	FAULT(0xffffffff, WALK_READ, 9);
	put(0x1fe0 + 8 * 3, 8, 0x2001 | NX);
	FAULT(0xffffffff, WALK_READ, 9);
	FAULT(0x00000000, WALK_READ, 0);
}

#define LINEAR	0xffffff8040203456ull	/* indexes 511, 1, 1, 3 */

static void begin_4level(void)
{
	begin(PAE, LMA | NXE);
	put(0x1000 + 8 * 511, 8, 0x2007);
	put(0x2000 + 8 * 1, 8, 0x3007);
	put(0x3000 + 8 * 1, 8, 0x4007);
	put(0x4000 + 8 * 3, 8, 0x12345678f7);
	put(0x4000 + 8 * 3, 8, 0x12345670ff);
}

static void test_4level(void)
{
	begin_4level();
	DONE(LINEAR, WALK_WRITE, 0x1234567456, 12);
	CHECK(walk.cache == 7 && memory.reads == 4);
	put(0x3000 + 8 * 1, 8, 0x1234400083 | NX);
	DONE(LINEAR, WALK_WRITE, 0x1234403456, 21);
	CHECK(walk.rights == (WALK_READ | WALK_WRITE));
	put(0x3000 + 8 * 1, 8, 0x1234500083);
	FAULT(LINEAR, WALK_WRITE, 0xb);
	put(0x2000 + 8 * 1, 8, 0x8040000085);
	DONE(LINEAR, WALK_READ, 0x8040203456, 30);
	CHECK(walk.rights == (WALK_READ | WALK_EXECUTE | WALK_USER));
	mode.gigabyte_pages = false;
	FAULT(LINEAR, WALK_READ, 9);
	mode.gigabyte_pages = true;
	put(0x2000 + 8 * 1, 8, 0x18040000085);
	FAULT(LINEAR, WALK_READ, 9);
	mode.physical_bits = 52;
	DONE(LINEAR, WALK_READ, 0x18040203456, 30);
	put(0x1000 + 8 * 511, 8, 0x2087);
	FAULT(LINEAR, WALK_READ | WALK_USER, 0xd);
	put(0x1000 + 8 * 511, 8, 0x2006);
	FAULT(LINEAR, WALK_READ | WALK_USER, 4);
	CHECK(run(0x800000000000, WALK_READ) == WALK_NON_CANONICAL);
	CHECK(run(0xffff7fffffffffff, WALK_READ) == WALK_NON_CANONICAL);
	CHECK(!memory.reads);
	FAULT(0x7fffffffffff, WALK_READ, 0);
	FAULT(0xffff800000000000, WALK_READ, 0);
}

static void test_5level(void)
{
	begin_4level();
	mode.cr3 = 0x5018; /* low bits: a PCID, not an address */
	mode.cr4 |= LA57;
	put(0x5000 + 8 * 256, 8, 0x1007);
	DONE(0xff00ff8040203456, WALK_WRITE, 0x1234567456, 12);
	CHECK(memory.reads == 5);
	FAULT(0x00ffff8040203456, WALK_WRITE, 2);
	CHECK(run(0x01ffff8040203456, WALK_READ) == WALK_NON_CANONICAL);
	put(0x5000 + 8 * 256, 8, 0x1087);
	FAULT(0xff00ff8040203456, WALK_READ, 9);
}

/* One page with rights by its last entry; who may do what with it. */
static const struct {
	uint64_t entry, cr0, cr4;
	unsigned int cpl, ac, access, error; /* 0: allowed */
} rights[] = {
	{ 0x3, 0, 0, 0, 0, WALK_WRITE, 0 },
	{ 0x3, 0, 0, 3, 0, WALK_READ, 5 },
	{ 0x3, 0, 0, 3, 0, WALK_WRITE, 7 },
	{ 0x3, 0, 0, 3, 0, WALK_EXECUTE, 0x15 },
	{ 0x3, 0, 0, 3, 0, WALK_WRITE | WALK_IMPLICIT, 0 },
	{ 0x3, 0, 0, 3, 0, WALK_WRITE | WALK_EXEMPT, 0 },
	{ 0x3, 0, 0, 3, 0, 0, 0 },
	{ 0x3, 0, 0, 0, 0, WALK_READ | WALK_USER, 5 },
	{ 0x3, 0, 0, 2, 0, WALK_READ, 0 },
	{ 0x1, 0, 0, 0, 0, WALK_WRITE, 0 },
	{ 0x1, WP, 0, 0, 0, WALK_WRITE, 3 },
	{ 0x1, WP, 0, 0, 0, WALK_READ | WALK_EXECUTE, 0 },
	{ 0x5, 0, 0, 3, 0, WALK_WRITE, 7 },
	{ 0x5, 0, 0, 3, 0, WALK_WRITE | WALK_EXEMPT, 7 },
	{ 0x7, WP, 0, 3, 0, WALK_WRITE | WALK_EXECUTE, 0 },
	{ 0x7 | NX, 0, 0, 3, 0, WALK_READ, 0 },
	{ 0x7 | NX, 0, 0, 3, 0, WALK_EXECUTE, 0x15 },
	{ 0x7 | NX, 0, 0, 0, 0, WALK_EXECUTE, 0x11 },
	{ 0x7, 0, SMEP, 0, 0, WALK_EXECUTE, 0x11 },
	{ 0x7, 0, SMEP, 0, 0, WALK_READ, 0 },
	{ 0x7, 0, SMEP, 3, 0, WALK_EXECUTE, 0 },
	{ 0x7, 0, SMEP, 0, 0, WALK_EXECUTE | WALK_EXEMPT, 0 },
	{ 0x7, 0, SMAP, 0, 0, WALK_READ, 1 },
	{ 0x7, 0, SMAP, 0, 0, WALK_WRITE, 3 },
	{ 0x7, 0, SMAP, 0, 0, WALK_EXECUTE, 0 },
	{ 0x7, 0, SMAP, 0, 1, WALK_READ, 0 },
	{ 0x7, 0, SMAP, 0, 1, WALK_READ | WALK_IMPLICIT, 1 },
	{ 0x7, 0, SMAP, 3, 1, WALK_READ | WALK_IMPLICIT, 1 },
	{ 0x7, 0, SMAP, 3, 0, WALK_READ, 0 },
	{ 0x7, 0, SMAP, 0, 0, WALK_READ | WALK_EXEMPT, 0 },
};

static void test_rights(void)
{
	size_t i;

	for (i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		begin_4level();
		put(0x4000 + 8 * 3, 8, rights[i].entry | 0x5000);
		mode.cr0 |= rights[i].cr0;
		mode.cr4 |= rights[i].cr4;
		mode.cpl = rights[i].cpl;
		mode.rflags_ac = rights[i].ac;
		if (rights[i].error)
			FAULT(LINEAR, rights[i].access, rights[i].error);
		else
			DONE(LINEAR, rights[i].access, 0x5456, 12);
	}
	/* Every level counts. */
	begin_4level();
	put(0x2000 + 8 * 1, 8, 0x3005 | NX);
	put(0x1000 + 8 * 511, 8, 0x2003);
	DONE(LINEAR, WALK_READ, 0x1234567456, 12);
	CHECK(walk.rights == WALK_READ);
}

static void test_inaccessible(void)
{
	begin_4level();
	memory.hidden = 1 << 3;
	CHECK(run(LINEAR, WALK_READ) == WALK_NO_READ);
	CHECK(walk.entry_gpa == 0x3008);
	memory.hidden = 0;
	put(0x3000 + 8 * 1, 8, 0x7fff000007);
	CHECK(run(LINEAR, WALK_READ) == WALK_NO_READ);
	CHECK(walk.entry_gpa == 0x7fff000018);
	begin_4level();
	put(0x1000 + 8 * 511, 8, 0x2007 | A);
	memory.readonly = 1 << 1 | 1 << 3;
	CHECK(run(LINEAR, WALK_READ | WALK_UPDATE) == WALK_NO_WRITE);
	CHECK(walk.entry_gpa == 0x3008);
	DONE(LINEAR, WALK_READ, 0x1234567456, 12);
}

static void test_update(void)
{
	begin_4level();
	put(0x4000 + 8 * 3, 8, 0x5007);
	DONE(LINEAR, WALK_WRITE, 0x5456, 12);
	CHECK(!memory.exchanges);
	DONE(LINEAR, WALK_READ | WALK_UPDATE, 0x5456, 12);
	CHECK(memory.exchanges == 4);
	CHECK(get(0x1ff8, 8) == (0x2007 | A) && get(0x2008, 8) == (0x3007 | A));
	CHECK(get(0x3008, 8) == (0x4007 | A) && get(0x4018, 8) == (0x5007 | A));
	DONE(LINEAR, WALK_WRITE | WALK_UPDATE, 0x5456, 12);
	CHECK(memory.exchanges == 1 && get(0x4018, 8) == (0x5007 | A | D));
	DONE(LINEAR, WALK_WRITE | WALK_UPDATE, 0x5456, 12);
	CHECK(!memory.exchanges);
	put(0x4018, 8, 0x5001);
	mode.cpl = 3;
	FAULT(LINEAR, WALK_WRITE | WALK_UPDATE, 7);
	CHECK(get(0x4018, 8) == 0x5001);
	/* A 4-byte entry's neighbour stays as it is. */
	begin(PSE, 0);
	put(0x1000, 8, 0xffffffff00000083);
	DONE(0x123456, WALK_WRITE | WALK_UPDATE, 0x123456, 22);
	CHECK(get(0x1000, 8) == 0xffffffff000000e3);
	/* PAE's first table has none to set. */
	begin(PAE, 0);
	put(0x1000, 8, 0x2001);
	put(0x2000, 8, 0x83);
	DONE(0x123456, WALK_WRITE | WALK_UPDATE, 0x123456, 21);
	CHECK(get(0x1000, 8) == 0x2001 && get(0x2000, 8) == 0xe3);
}

static void test_rivals(void)
{
	begin_4level();
	put(0x1000 + 8 * 511, 8, 0x2027);
	put(0x2000 + 8 * 1, 8, 0x3027);
	put(0x3000 + 8 * 1, 8, 0x4027);
	put(0x4000 + 8 * 3, 8, 0x5007);
	memory.rivals = 1;
	memory.rival = 0x6007;
	DONE(LINEAR, WALK_READ | WALK_UPDATE, 0x6456, 12);
	CHECK(get(0x4018, 8) == (0x6007 | A) && memory.reads == 8);
	put(0x4000 + 8 * 3, 8, 0x5007);
	memory.rivals = 1;
	memory.rival = 0x6006;
	FAULT(LINEAR, WALK_READ | WALK_UPDATE, 0);
	put(0x4000 + 8 * 3, 8, 0x5007);
	memory.rivals = WALK_TRIES - 1;
	memory.rival = 0;
	DONE(LINEAR, WALK_READ | WALK_UPDATE, 0x5456, 12);
	memory.rivals = WALK_TRIES;
	CHECK(run(LINEAR, WALK_WRITE | WALK_UPDATE) == WALK_BUSY);
	CHECK(memory.reads == 4 * WALK_TRIES && !memory.rivals);
}

/* A table that maps itself: one entry in four roles, updated under the walk. */
static void test_self_map(void)
{
	begin(PAE, LMA);
	put(0x1000 + 8 * 510, 8, 0x1003);
	DONE(0xffffff7fbfdfeff0, WALK_WRITE | WALK_UPDATE, 0x1ff0, 12);
	CHECK(get(0x1ff0, 8) == (0x1003 | A | D) && memory.reads == 8);
}

/*
 * The second walk: each level in full, with rights collected on the way down
 * and the faults decided as the tables of SDM v3 4.3 to 4.7 print them.
 */
struct second {
	enum walk_result result;
	struct walk walk;
	uint64_t at[6], after[6];
	unsigned int count, size;
};

static bool bit(uint64_t value, unsigned int number)
{
	return value >> number & 1;
}

static bool any_bit(uint64_t value, unsigned int first, unsigned int end)
{
	for (; first < end; first++)
		if (bit(value, first))
			return true;
	return false;
}

static bool second_reserved(uint64_t entry, unsigned int shift)
{
	unsigned int width = mode.physical_bits;
	bool pae = !(mode.efer & LMA);

	if (!(mode.cr4 & PAE))
		return shift == 22 && mode.cr4 & PSE && bit(entry, 7) &&
			any_bit(entry, (width > 40 ? 40 : width) - 19, 22);
	if (any_bit(entry, width, pae ? 63 : 52))
		return true;
	if (pae && shift == 30)
		return bit(entry, 63) || any_bit(entry, 1, 3) ||
			any_bit(entry, 6, 9);
	if (bit(entry, 63) && !(mode.efer & NXE))
		return true;
	if (shift == 12 || !bit(entry, 7))
		return false;
	if (shift > 30 || (shift == 30 && !mode.gigabyte_pages))
		return true;
	return any_bit(entry, 13, shift);
}

static bool second_is_page(uint64_t entry, unsigned int shift)
{
	if (shift == 12 || !bit(entry, 7))
		return shift == 12;
	return shift == 21 || (shift == 22 && mode.cr4 & PSE) ||
		(shift == 30 && mode.efer & LMA);
}

static bool second_may(const struct walk *got, unsigned int access, bool user)
{
	bool of_user = got->rights & WALK_USER;

	if (access & WALK_EXEMPT)
		of_user = user;
	if (access & WALK_READ && user && !of_user)
		return false;
	if (access & WALK_READ && !user && of_user && mode.cr4 & SMAP &&
		(!mode.rflags_ac || access & WALK_IMPLICIT))
		return false;
	if (access & WALK_WRITE && user &&
		!(of_user && got->rights & WALK_WRITE))
		return false;
	if (access & WALK_WRITE && !user) {
		if (mode.cr0 & WP && !(got->rights & WALK_WRITE))
			return false;
		if (of_user && mode.cr4 & SMAP &&
			(!mode.rflags_ac || access & WALK_IMPLICIT))
			return false;
	}
	if (access & WALK_EXECUTE) {
		if (!(got->rights & WALK_EXECUTE) || (user && !of_user))
			return false;
		if (!user && of_user && mode.cr4 & SMEP)
			return false;
	}
	return true;
}

static uint64_t second_gpa(uint64_t entry, uint64_t linear, unsigned int shift)
{
	uint64_t within = (1ull << shift) - 1;

	if (shift == 22)
		return (entry & 0xffc00000) | (entry >> 13 & 0xff) << 32 |
			(linear & within);
	return (entry & 0xffffffffff000 & ~within) | (linear & within);
}

static uint32_t second_error(unsigned int access, bool user, bool present,
	bool reserved)
{
	bool nx = mode.cr4 & PAE && mode.efer & NXE;
	bool fetch = access & WALK_EXECUTE && (nx || mode.cr4 & SMEP);

	return present | (access & WALK_WRITE ? 2 : 0) | user << 2 |
		reserved << 3 | fetch << 4;
}

/* Accessed and Dirty from the top until an entry that can't be written. */
static void second_update(struct second *got, unsigned int access)
{
	unsigned int i, first = mode.cr4 & PAE && !(mode.efer & LMA);

	if (!(access & WALK_UPDATE))
		return;
	for (i = first; i < got->count; i++) {
		uint64_t value = got->after[i] | A;

		if (access & WALK_WRITE && i == got->count - 1)
			value |= D;
		if (value != got->after[i] && is_in(memory.readonly,
			got->at[i])) {
			got->result = WALK_NO_WRITE;
			got->walk.entry_gpa = got->at[i];
			return;
		}
		got->after[i] = value;
	}
}

static void second_walk(struct second *got, uint64_t linear,
	unsigned int access)
{
	bool large = mode.cr4 & PAE, user = access & WALK_USER ||
		(mode.cpl == 3 && !(access & WALK_IMPLICIT));
	unsigned int width = large ? 9 : 10, shift = large ? 30 : 22;
	uint64_t table = mode.cr3 & (large ? 0xffffffe0 : 0xfffff000), entry;

	*got = (struct second){ .size = large ? 8 : 4, .walk.rights =
		WALK_READ | WALK_WRITE | WALK_EXECUTE | WALK_USER };
	if (mode.efer & LMA) {
		shift = mode.cr4 & LA57 ? 48 : 39;
		table = mode.cr3 & 0xffffffffff000;
		if (any_bit(linear, shift + 8, 64) &&
			any_bit(~linear, shift + 8, 64)) {
			got->result = WALK_NON_CANONICAL;
			return;
		}
	}
	for (;; shift -= width) {
		uint64_t at = table + got->size *
			(linear >> shift & ((1u << width) - 1));

		if (large && !(mode.efer & LMA) && shift == 30)
			at = table + 8 * (linear >> 30 & 3);
		got->at[got->count] = got->walk.entry_gpa = at;
		got->result = WALK_NO_READ;
		if (is_in(memory.hidden, at))
			return;
		entry = got->after[got->count++] = get(at, got->size);
		got->result = WALK_FAULT;
		if (!bit(entry, 0) || second_reserved(entry, shift)) {
			got->walk.error = second_error(access, user,
				bit(entry, 0), bit(entry, 0));
			return;
		}
		if (shift != 30 || mode.efer & LMA)
			got->walk.rights &= WALK_READ |
				(bit(entry, 1) ? WALK_WRITE : 0) |
				(bit(entry, 2) ? WALK_USER : 0) |
				(bit(entry, 63) ? 0 : WALK_EXECUTE);
		if (second_is_page(entry, shift))
			break;
		table = entry & 0xffffffffff000;
	}
	if (access & (WALK_READ | WALK_WRITE | WALK_EXECUTE) &&
		!second_may(&got->walk, access, user)) {
		got->walk.error = second_error(access, user, true, false);
		return;
	}
	got->result = WALK_DONE;
	got->walk.gpa = second_gpa(entry, linear, shift);
	got->walk.page_shift = shift;
	got->walk.cache = (entry >> 3 & 3) | bit(entry, shift == 12 ? 7 : 12)
		<< 2;
	second_update(got, access);
}

static unsigned long long seed_state;

/* xorshift64: repeatable from its seed. */
static uint64_t draw(void)
{
	seed_state ^= seed_state << 13;
	seed_state ^= seed_state >> 7;
	seed_state ^= seed_state << 17;
	return seed_state >> 3 | seed_state << 61;
}

static bool chance(unsigned int of)
{
	return draw() % of == 0;
}

/* An entry that mostly leads on, sometimes is a page, and rarely is bad. */
static uint64_t draw_entry(void)
{
	uint64_t entry = (draw() & 0xf7e) | 1 | (draw() % PAGES) << 12;

	if (!chance(3))
		entry |= 6;
	if (chance(2))
		entry &= ~0xe6ull | (draw() & 6);
	if (chance(4))
		entry = (draw() & 0xfffe00fff) | PS | 1;
	if (chance(12))
		entry |= NX;
	if (chance(20))
		entry &= ~1ull;
	if (chance(20))
		entry |= 1ull << draw() % 64;
	return entry;
}

static void draw_memory(void)
{
	size_t i;

	memset(&memory, 0, sizeof(memory));
	for (i = 0; i < sizeof(memory.bytes); i += 8)
		put(i, 8, draw_entry());
	if (!(mode.cr4 & PAE))
		for (i = 4; i < sizeof(memory.bytes); i += 8)
			put(i, 4, draw_entry());
	if (!(mode.efer & LMA) && mode.cr4 & PAE)
		for (i = mode.cr3; i < mode.cr3 + 32; i += 8)
			if (!chance(8))
				put(i, 8, (draw() % PAGES) << 12 | 1);
	memory.hidden = draw() & draw() & draw() & draw() & 0xffff;
	memory.readonly = draw() & draw() & draw() & 0xffff;
}

static void draw_mode(void)
{
	static const uint64_t paging[4][2] = {
		{ 0, 0 }, { PAE, 0 }, { PAE, LMA }, { PAE | LA57, LMA },
	};
	unsigned int kind = draw() % 4;

	mode = (struct walk_mode){
		.cr0 = PG | (chance(2) ? WP : 0),
		.cr3 = (draw() % PAGES) << 12,
		.cr4 = paging[kind][0] | (draw() & (PSE | SMEP | SMAP)),
		.efer = paging[kind][1] | (chance(4) ? 0 : NXE),
		.rflags_ac = chance(2), .cpl = chance(2) ? 3 : draw() % 4,
		.physical_bits = 36 + draw() % 17, .gigabyte_pages = chance(2),
	};
	if (kind == 1)
		mode.cr3 += (draw() % 128) * 32;
}

static uint64_t draw_linear(void)
{
	uint64_t linear = draw();

	if (mode.efer & LMA && !chance(50))
		linear = (uint64_t)((int64_t)(linear << 16) >> 16);
	return linear;
}

/* Self-maps are tested above; the second walk doesn't know them. */
static bool is_simple(const struct second *got)
{
	unsigned int i, k;

	for (i = 0; i < got->count; i++)
		for (k = 0; k < i; k++)
			if (got->at[i] == got->at[k])
				return false;
	return true;
}

static void compare(unsigned int counts[])
{
	uint64_t linear = draw_linear();
	unsigned int access = draw() & 0x47, i;
	enum walk_result result;
	struct second second;

	access |= chance(4) ? draw() & 0x38 : 0;
	second_walk(&second, linear, access);
	if (!is_simple(&second)) {
		access &= ~WALK_UPDATE;
		second_walk(&second, linear, access);
	}
	result = run(linear, access);
	counts[result]++;
	CHECK(result == second.result);
	if (result == WALK_FAULT)
		CHECK(walk.error == second.walk.error);
	if (result == WALK_NO_READ || result == WALK_NO_WRITE)
		CHECK(walk.entry_gpa == second.walk.entry_gpa);
	if (result == WALK_DONE)
		CHECK(walk.gpa == second.walk.gpa &&
			walk.page_shift == second.walk.page_shift &&
			walk.rights == second.walk.rights &&
			walk.cache == second.walk.cache);
	for (i = 0; i < second.count; i++)
		CHECK(get(second.at[i], second.size) == second.after[i]);
}

int main(int count, char **arguments)
{
	long rounds = count > 1 ? atol(arguments[1]) : 1000, i;
	unsigned long seed = count > 2 ? strtoul(arguments[2], NULL, 0) :
		(unsigned long)time(NULL);
	unsigned int counts[WALK_BUSY + 1] = { 0 };

	printf("test_walk: %ld rounds of 100, seed %lu\n", rounds, seed);
	fflush(stdout);
	test_unpaged();
	test_32bit();
	test_pae();
	test_4level();
	test_5level();
	test_rights();
	test_inaccessible();
	test_update();
	test_rivals();
	test_self_map();
	seed_state = seed * 2 + 1;
	while (rounds--) {
		draw_mode();
		draw_memory();
		for (i = 0; i < 100; i++)
			compare(counts);
	}
	printf("test_walk: %u done, %u faults, %u non-canonical, %u no read, "
		"%u no write\n", counts[WALK_DONE], counts[WALK_FAULT],
		counts[WALK_NON_CANONICAL], counts[WALK_NO_READ],
		counts[WALK_NO_WRITE]);
	return 0;
}
