/* The machine's memory map. */
/* SPDX-License-Identifier: MIT */
#include "memmap.h"

#include <stddef.h>

static bool insert(struct memmap *map, unsigned int at,
	struct memmap_range range)
{
	unsigned int i;

	if (range.start >= range.end)
		return true;
	if (map->count == MEMMAP_MAX)
		return false;
	for (i = map->count++; i > at; i--)
		map->range[i] = map->range[i - 1];
	map->range[at] = range;
	return true;
}

static void drop(struct memmap *map, unsigned int at)
{
	map->count--;
	for (; at < map->count; at++)
		map->range[at] = map->range[at + 1];
}

/* Neighbours of one type become one range. */
static void join(struct memmap *map)
{
	unsigned int i;

	for (i = 0; i + 1 < map->count;) {
		struct memmap_range *range = &map->range[i];

		if (range[0].end == range[1].start &&
				range[0].type == range[1].type) {
			range[0].end = range[1].end;
			drop(map, i + 1);
		} else {
			i++;
		}
	}
}

bool memmap_set(struct memmap *map, uint64_t start, uint64_t end,
	uint32_t type)
{
	unsigned int i = 0;

	if (start >= end)
		return true;
	/* At worst one range is split in two and one added. */
	if (map->count + 2 > MEMMAP_MAX)
		return false;
	while (i < map->count && map->range[i].end <= start)
		i++;
	while (i < map->count && map->range[i].start < end) {
		struct memmap_range old = map->range[i];

		drop(map, i);
		if (old.start < start) {
			insert(map, i++, (struct memmap_range){old.start,
				start, old.type});
		}
		if (old.end > end) {
			insert(map, i, (struct memmap_range){end, old.end,
				old.type});
			break;
		}
	}
	insert(map, i, (struct memmap_range){start, end, type});
	join(map);
	return true;
}

bool memmap_add(struct memmap *map, uint64_t start, uint64_t end,
	uint32_t type)
{
	struct memmap old = *map;
	unsigned int i;

	if (!memmap_set(map, start, end, type))
		return false;
	/* Firmware may say RAM about what it also says otherwise of. */
	for (i = 0; type == MEMMAP_RAM && i < old.count; i++) {
		struct memmap_range *was = &old.range[i];

		if (was->type == MEMMAP_RAM || was->end <= start ||
				was->start >= end)
			continue;
		if (!memmap_set(map, was->start, was->end, was->type))
			return false;
	}
	return true;
}

bool memmap_is_ram(const struct memmap *map, uint64_t start, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < map->count; i++) {
		const struct memmap_range *range = &map->range[i];

		if (range->start <= start && end <= range->end)
			return range->type == MEMMAP_RAM;
	}
	return false;
}

bool memmap_is_mixed(const struct memmap *map, uint64_t start, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < map->count; i++) {
		const struct memmap_range *range = &map->range[i];

		if (range->type != MEMMAP_RAM || range->end <= start ||
				range->start >= end)
			continue;
		return range->start > start || range->end < end;
	}
	return false;
}

/* The highest place in low to high; 0 for none. */
static uint64_t find_in(uint64_t low, uint64_t high, uint64_t size,
	uint64_t align, const struct memmap_range *taken,
	unsigned int taken_count)
{
	unsigned int i;

	for (;;) {
		uint64_t at;

		if (high < size || high - size < low)
			return 0;
		at = (high - size) & ~(align - 1);
		if (at < low)
			return 0;
		for (i = 0; i < taken_count; i++) {
			if (at < taken[i].end && taken[i].start < at + size)
				break;
		}
		if (i == taken_count)
			return at;
		high = taken[i].start;
	}
}

uint64_t memmap_find(const struct memmap *map, uint64_t size, uint64_t align,
	uint64_t from, uint64_t to, const struct memmap_range *taken,
	unsigned int taken_count)
{
	unsigned int i;

	for (i = map->count; i--;) {
		const struct memmap_range *range = &map->range[i];
		uint64_t low = range->start > from ? range->start : from;
		uint64_t high = range->end < to ? range->end : to;
		uint64_t at;

		if (range->type != MEMMAP_RAM || low >= high)
			continue;
		at = find_in(low, high, size, align, taken, taken_count);
		if (at)
			return at;
	}
	return 0;
}
