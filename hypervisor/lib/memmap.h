/* The machine's memory map: sorted ranges with a type. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_MEMMAP_H
#define LIB_MEMMAP_H

#include <stdbool.h>
#include <stdint.h>

/* Types as INT 15h, AX=E820h gives them (ACPI 15.1). */
#define MEMMAP_RAM	1
#define MEMMAP_RESERVED	2

/* Linux's zero page takes 128 entries; some are left to split ranges. */
#define MEMMAP_MAX	128

struct memmap_range {
	uint64_t start, end;	/* end is the first byte after */
	uint32_t type;
};

struct memmap {
	unsigned int count;
	struct memmap_range range[MEMMAP_MAX];
};

/* Adds a range of the firmware's; overlaps are resolved in favour of what is
 * not RAM. Returns false when the map is full. */
bool memmap_add(struct memmap *map, uint64_t start, uint64_t end,
	uint32_t type);

/* Gives start to end the type, whatever it was. Returns false when the map is
 * full: it is unchanged then. */
bool memmap_set(struct memmap *map, uint64_t start, uint64_t end,
	uint32_t type);

/* Whether all of start to end is RAM. */
bool memmap_is_ram(const struct memmap *map, uint64_t start, uint64_t end);

/* Whether RAM and something else (or nothing) meet inside start to end. */
bool memmap_is_mixed(const struct memmap *map, uint64_t start, uint64_t end);

/* The highest RAM of size bytes, aligned (a power of two), that lies between
 * from and to and meets none of the taken ranges; 0 when there is none. */
uint64_t memmap_find(const struct memmap *map, uint64_t size, uint64_t align,
	uint64_t from, uint64_t to, const struct memmap_range *taken,
	unsigned int taken_count);

#endif
