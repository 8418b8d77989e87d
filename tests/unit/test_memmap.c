/* The memory map against a plain array of pages. usage: test_memmap ROUNDS
 * [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "memmap.h"

#include <time.h>

#define PAGES	200
#define NOTHING	0

static uint64_t state;
static struct memmap map;
static uint32_t model[PAGES];	/* the type of each page */

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void check_map(void)
{
	unsigned int i, page;

	for (i = 0; i < map.count; i++) {
		CHECK(map.range[i].start < map.range[i].end);
		CHECK(!i || map.range[i - 1].end <= map.range[i].start);
	}
	for (page = 0; page < PAGES; page++) {
		uint32_t type = NOTHING;

		for (i = 0; i < map.count; i++) {
			if (map.range[i].start <= page &&
					page < map.range[i].end)
				type = map.range[i].type;
		}
		if (type != model[page])
			fprintf(stderr, "at %u\n", page);
		CHECK(type == model[page]);
	}
}

static bool all_ram(uint64_t start, uint64_t end)
{
	for (; start < end; start++) {
		if (start >= PAGES || model[start] != MEMMAP_RAM)
			return false;
	}
	return true;
}

static bool some_ram(uint64_t start, uint64_t end)
{
	for (; start < end && start < PAGES; start++) {
		if (model[start] == MEMMAP_RAM)
			return true;
	}
	return false;
}

/* Whether so much aligned RAM outside of taken begins there. */
static bool fits(uint64_t at, uint64_t size, uint64_t align, uint64_t from,
	uint64_t to, const struct memmap_range *taken)
{
	return at % align == 0 && at >= from && at + size <= to &&
		all_ram(at, at + size) &&
		(at >= taken->end || at + size <= taken->start);
}

static void try_find(void)
{
	uint64_t size = 1 + any() % 8, align = 1ull << any() % 4, at;
	uint64_t from = 1 + any() % 50, to = from + any() % 150;
	struct memmap_range taken = {any() % PAGES, 0, 0};
	uint64_t got;

	taken.end = taken.start + 1 + any() % 30;
	got = memmap_find(&map, size, align, from, to, &taken, 1);
	for (at = PAGES; at > 0; at--) {
		if (fits(at, size, align, from, to, &taken))
			break;
	}
	CHECK(got == at);
}

static void one_map(void)
{
	unsigned int i, steps = 1 + (unsigned int)(any() % 40);

	memset(&map, 0, sizeof(map));
	memset(model, 0, sizeof(model));
	for (i = 0; i < steps; i++) {
		uint64_t start = any() % PAGES, page;
		uint64_t end = start + any() % (PAGES - start);
		uint32_t type = 1 + (uint32_t)(any() % 4);
		bool set = i > steps / 2;

		CHECK(set ? memmap_set(&map, start, end, type) :
			memmap_add(&map, start, end, type));
		for (page = start; page < end; page++) {
			/* What is not RAM wins, the last of these. */
			if (set || type != MEMMAP_RAM ||
					model[page] == NOTHING)
				model[page] = type;
		}
	}
	check_map();
	for (i = 0; i < 20; i++) {
		uint64_t start = any() % PAGES;
		uint64_t end = start + 1 + any() % (PAGES - start);

		CHECK(memmap_is_ram(&map, start, end) == all_ram(start, end));
		CHECK(memmap_is_mixed(&map, start, end) ==
			(some_ram(start, end) && !all_ram(start, end)));
		try_find();
	}
}

/* More ranges than there is room for: refused, nothing is written beyond. */
static void full(void)
{
	unsigned int i, added = 0;

	memset(&map, 0, sizeof(map));
	for (i = 0; i < 2 * MEMMAP_MAX; i++)
		added += memmap_add(&map, i * 10, i * 10 + 5, MEMMAP_RAM);
	/* Two are left to split one. */
	CHECK(added == map.count && map.count >= MEMMAP_MAX - 2);
	CHECK(!memmap_set(&map, 1, 2, MEMMAP_RESERVED));
	CHECK(added == map.count && memmap_is_ram(&map, 0, 5));
}

/* Ends beyond 64 bits, nothing at all, and backwards. */
static void edges(void)
{
	memset(&map, 0, sizeof(map));
	memmap_add(&map, 5, 5, MEMMAP_RAM);
	memmap_add(&map, 9, 3, MEMMAP_RAM);
	CHECK(map.count == 0);
	CHECK(memmap_add(&map, ~0ull - 10, ~0ull, MEMMAP_RAM));
	CHECK(memmap_is_ram(&map, ~0ull - 10, ~0ull));
	CHECK(!memmap_is_ram(&map, ~0ull - 11, ~0ull));
	CHECK(!memmap_find(&map, 100, 4096, 0, ~0ull, NULL, 0));
}

int main(int count, char **words)
{
	uint64_t i, rounds = count > 1 ? strtoull(words[1], NULL, 10) : 1000;

	state = count > 2 ? strtoull(words[2], NULL, 10) : (uint64_t)time(NULL);
	printf("test_memmap: %lu rounds, seed %lu\n", rounds, state);
	state = state * 0x9e3779b97f4a7c15 + 1;
	full();
	edges();
	for (i = 0; i < rounds; i++)
		one_map();
	return 0;
}
