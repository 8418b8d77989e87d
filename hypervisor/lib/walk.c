/* A walk of a guest's page tables: linear to guest-physical address. */
/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include <stddef.h>

#define CR0_WP		(1ull << 16)
#define CR0_PG		(1ull << 31)
#define CR4_PSE		(1ull << 4)
#define CR4_PAE		(1ull << 5)
#define CR4_LA57	(1ull << 12)
#define CR4_SMEP	(1ull << 20)
#define CR4_SMAP	(1ull << 21)
#define EFER_LMA	(1ull << 10)
#define EFER_NXE	(1ull << 11)

/* Entries. APM v2 5.4, SDM v3 tables 4-5, 4-6, 4-8 to 4-12, 4-15 to 4-20 */
#define ENTRY_PRESENT	(1ull << 0)
#define ENTRY_WRITE	(1ull << 1)
#define ENTRY_USER	(1ull << 2)
#define ENTRY_PWT_SHIFT	3
#define ENTRY_ACCESSED	(1ull << 5)
#define ENTRY_DIRTY	(1ull << 6)
#define ENTRY_PAGE	(1ull << 7)	/* PS; PAT in the last table */
#define ENTRY_LARGE_PAT	(1ull << 12)
#define ENTRY_NX	(1ull << 63)
#define ENTRY_ADDRESS	0x000ffffffffff000ull
/* PAE's first table holds no rights and no Accessed (SDM v3 table 4-8); but
 * QEMU sets Accessed there, so that bit must not count. */
#define PDPTE_RESERVED	0x80000000000001c6ull

#define ANY_ACCESS	(WALK_READ | WALK_WRITE | WALK_EXECUTE)
#define ALL_RIGHTS	(ANY_ACCESS | WALK_USER)

enum format { BITS32, PAE, LEVEL4, LEVEL5 };

static const struct shape {
	uint8_t levels, index_bits, entry_size, address_bits;
} shapes[] = {
	[BITS32] = { 2, 10, 4, 32 },
	[PAE] = { 3, 9, 8, 32 },
	[LEVEL4] = { 4, 9, 8, 48 },
	[LEVEL5] = { 5, 9, 8, 57 },
};

struct step {
	uint64_t gpa, entry;
};

struct state {
	const struct walk_mode *mode;
	const struct walk_memory *memory;
	const struct shape *shape;
	enum format format;
	uint64_t linear;
	unsigned int access;
	bool user;
	struct step steps[6];	/* by level; 1 is the page table */
	unsigned int level;	/* of the entry read last */
};

/* Bits from 'low' to 'high', both included. */
static uint64_t bits(unsigned int high, unsigned int low)
{
	return high < low ? 0 : ~0ull >> (63 - high) & ~0ull << low;
}

static enum format format_of(const struct walk_mode *mode)
{
	if (mode->efer & EFER_LMA)
		return mode->cr4 & CR4_LA57 ? LEVEL5 : LEVEL4;
	return mode->cr4 & CR4_PAE ? PAE : BITS32;
}

static unsigned int shift_of(const struct state *state)
{
	return 12 + state->shape->index_bits * (state->level - 1);
}

static bool is_pdpte(const struct state *state, unsigned int level)
{
	return state->format == PAE && level == 3;
}

/* Where PS is a choice; elsewhere it is PAT, ignored or reserved. */
static bool can_be_page(const struct state *state)
{
	if (state->format == BITS32)
		return state->level == 2 && state->mode->cr4 & CR4_PSE;
	return state->level == 2 || (state->level == 3 &&
		state->format != PAE && state->mode->gigabyte_pages);
}

static bool is_page(const struct state *state, uint64_t entry)
{
	return state->level == 1 ||
		(can_be_page(state) && entry & ENTRY_PAGE);
}

/* SDM v3 4.3: bits 20-13 of a 4 MB page are the address's bits 39-32. */
static uint64_t reserved32(const struct state *state, uint64_t entry)
{
	unsigned int width = state->mode->physical_bits;

	if (state->level == 1 || !is_page(state, entry))
		return 0;
	return bits(21, (width < 40 ? width : 40) - 19);
}

/* SDM v3 4.4.2, 4.5.4; APM v2 5.3, 5.4. NX is reserved without EFER.NXE. */
static uint64_t reserved(const struct state *state, uint64_t entry)
{
	unsigned int width = state->mode->physical_bits;
	uint64_t set;

	if (state->format == BITS32)
		return reserved32(state, entry);
	set = bits(state->format == PAE ? 62 : 51, width);
	if (is_pdpte(state, state->level))
		return set | PDPTE_RESERVED;
	if (!(state->mode->efer & EFER_NXE))
		set |= ENTRY_NX;
	if (state->level > 1 && is_page(state, entry))
		set |= bits(shift_of(state) - 1, 13);
	if (state->level > 2 && !can_be_page(state))
		set |= ENTRY_PAGE;
	return set;
}

static uint64_t root(const struct state *state)
{
	uint64_t cr3 = state->mode->cr3;

	switch (state->format) {
	case BITS32:
		return cr3 & 0xfffff000;
	case PAE:
		return cr3 & 0xffffffe0;
	default:
		return cr3 & ENTRY_ADDRESS;
	}
}

/* Reads the entries to the page. A missing or malformed one is the error. */
static enum walk_result descend(struct state *state, struct walk *walk)
{
	uint64_t table = root(state);

	for (state->level = state->shape->levels; ; state->level--) {
		struct step *step = &state->steps[state->level];
		uint64_t index = state->linear >> shift_of(state) &
			((1u << state->shape->index_bits) - 1);

		step->gpa = table + index * state->shape->entry_size;
		if (!state->memory->read(state->memory->context, step->gpa,
			state->shape->entry_size, &step->entry)) {
			walk->entry_gpa = step->gpa;
			return WALK_NO_READ;
		}
		if (!(step->entry & ENTRY_PRESENT))
			return WALK_FAULT;
		if (step->entry & reserved(state, step->entry)) {
			walk->error = WALK_FAULT_PRESENT | WALK_FAULT_RESERVED;
			return WALK_FAULT;
		}
		if (is_page(state, step->entry))
			return WALK_DONE;
		table = step->entry & ENTRY_ADDRESS;
	}
}

/* Over all levels. APM v2 5.6, SDM v3 4.6 */
static uint8_t rights(const struct state *state)
{
	unsigned int level, set = ALL_RIGHTS;

	for (level = state->level; level <= state->shape->levels; level++) {
		uint64_t entry = state->steps[level].entry;

		if (is_pdpte(state, level))
			continue;
		if (!(entry & ENTRY_WRITE))
			set &= ~WALK_WRITE;
		if (!(entry & ENTRY_USER))
			set &= ~WALK_USER;
		if (entry & ENTRY_NX)
			set &= ~WALK_EXECUTE;
	}
	return (uint8_t)set;
}

/* SMEP and SMAP: what a supervisor may not do on a user's page. SDM v3 4.6 */
static bool supervisor_denied(const struct state *state)
{
	const struct walk_mode *mode = state->mode;

	if (state->access & WALK_EXECUTE && mode->cr4 & CR4_SMEP)
		return true;
	return state->access & (WALK_READ | WALK_WRITE) &&
		mode->cr4 & CR4_SMAP &&
		(state->access & WALK_IMPLICIT || !mode->rflags_ac);
}

static bool allowed(const struct state *state, unsigned int set)
{
	bool user_page = state->access & WALK_EXEMPT ? state->user :
		(set & WALK_USER) != 0;

	if (!(state->access & ANY_ACCESS))
		return true;
	if (state->user && !user_page)
		return false;
	if (!state->user && user_page && supervisor_denied(state))
		return false;
	if (state->access & WALK_EXECUTE && !(set & WALK_EXECUTE))
		return false;
	return !(state->access & WALK_WRITE) || set & WALK_WRITE ||
		(!state->user && !(state->mode->cr0 & CR0_WP));
}

/* APM v2 5.4.2, SDM v3 4.8: only in the entry that was seen, atomically. */
static enum walk_result set_bit(const struct state *state, struct walk *walk,
	const struct step *step, uint64_t set)
{
	if ((step->entry & set) == set)
		return WALK_DONE;
	switch (state->memory->exchange(state->memory->context, step->gpa,
		state->shape->entry_size, step->entry, step->entry | set)) {
	case WALK_EXCHANGED:
		return WALK_DONE;
	case WALK_CHANGED:
		return WALK_BUSY;
	default:
		walk->entry_gpa = step->gpa;
		return WALK_NO_WRITE;
	}
}

static enum walk_result update(const struct state *state, struct walk *walk)
{
	enum walk_result result = WALK_DONE;
	unsigned int level = state->shape->levels;

	for (; level >= state->level && result == WALK_DONE; level--) {
		uint64_t set = ENTRY_ACCESSED;

		if (is_pdpte(state, level))
			continue;
		if (level == state->level && state->access & WALK_WRITE)
			set |= ENTRY_DIRTY;
		result = set_bit(state, walk, &state->steps[level], set);
	}
	return result;
}

static uint64_t page_gpa(const struct state *state, uint64_t entry)
{
	uint64_t offset = bits(shift_of(state) - 1, 0);
	uint64_t page = entry & ENTRY_ADDRESS & ~offset;

	if (state->format == BITS32 && state->level == 2)
		page |= (entry & bits(20, 13)) << 19; /* PSE-36 */
	return page | (state->linear & offset);
}

/* PAT, PCD, PWT. APM v2 7.8.2, SDM v3 4.9.2 */
static uint8_t cache_of(const struct state *state, uint64_t entry)
{
	uint64_t pat = state->level == 1 ? ENTRY_PAGE : ENTRY_LARGE_PAT;

	return (entry >> ENTRY_PWT_SHIFT & 3) | (entry & pat ? 4 : 0);
}

static enum walk_result attempt(struct state *state, struct walk *walk)
{
	enum walk_result result = descend(state, walk);
	uint64_t entry;

	if (result != WALK_DONE)
		return result;
	walk->rights = rights(state);
	if (!allowed(state, walk->rights)) {
		walk->error = WALK_FAULT_PRESENT;
		return WALK_FAULT;
	}
	entry = state->steps[state->level].entry;
	walk->gpa = page_gpa(state, entry);
	walk->page_shift = (uint8_t)shift_of(state);
	walk->cache = cache_of(state, entry);
	return state->access & WALK_UPDATE ? update(state, walk) : WALK_DONE;
}

/* The error code's bits that only the access decides. SDM v3 4.7 */
static uint32_t access_error(const struct state *state)
{
	const struct walk_mode *mode = state->mode;
	bool nx = state->format != BITS32 && mode->efer & EFER_NXE;
	uint32_t error = 0;

	if (state->access & WALK_WRITE)
		error |= WALK_FAULT_WRITE;
	if (state->user)
		error |= WALK_FAULT_USER;
	if (state->access & WALK_EXECUTE && (nx || mode->cr4 & CR4_SMEP))
		error |= WALK_FAULT_FETCH;
	return error;
}

static bool is_canonical(uint64_t linear, unsigned int width)
{
	unsigned int unused = 64 - width;

	return (uint64_t)((int64_t)(linear << unused) >> unused) == linear;
}

static enum walk_result translate(struct state *state, struct walk *walk)
{
	enum walk_result result;
	unsigned int tries = WALK_TRIES;

	do {
		*walk = (struct walk){ 0 };
		result = attempt(state, walk);
	} while (result == WALK_BUSY && --tries);
	if (result == WALK_FAULT)
		walk->error |= access_error(state);
	return result;
}

enum walk_result walk_translate(struct walk *walk,
	const struct walk_mode *mode, const struct walk_memory *memory,
	uint64_t linear, unsigned int access)
{
	struct state state = {
		.mode = mode, .memory = memory, .format = format_of(mode),
		.linear = linear, .access = access,
		.user = access & WALK_USER ||
			(mode->cpl == 3 && !(access & WALK_IMPLICIT)),
	};

	*walk = (struct walk){ .page_shift = 12, .rights = ALL_RIGHTS };
	if (!(mode->efer & EFER_LMA))
		state.linear = (uint32_t)linear;
	walk->gpa = state.linear;
	if (!(mode->cr0 & CR0_PG))
		return WALK_DONE;
	state.shape = &shapes[state.format];
	if (state.format >= LEVEL4 &&
		!is_canonical(linear, state.shape->address_bits))
		return WALK_NON_CANONICAL;
	return translate(&state, walk);
}
