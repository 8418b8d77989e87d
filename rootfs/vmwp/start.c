/* How a VP begins: what a loader says, independent of the interface. */
/* SPDX-License-Identifier: MIT */
#include "start.h"

#include <string.h>

#define PAGE_PRESENT	0x1ull
#define PAGE_WRITABLE	0x2ull
#define PAGE_LARGE	0x80ull

/* Linux's 64-bit entry wants itself, the zero page and the command line
 * mapped to themselves (boot.rst, 64-bit boot protocol). */
static void write_pages(const struct ram *ram)
{
	uint64_t *table = ram_at(ram, START_TABLES, 6 * 4096);
	unsigned int i;

	memset(table, 0, 6 * 4096);
	table[0] = (START_TABLES + 4096) | PAGE_PRESENT | PAGE_WRITABLE;
	for (i = 0; i < 4; i++)
		table[512 + i] = (START_TABLES + 4096 * (2 + i)) |
			PAGE_PRESENT | PAGE_WRITABLE;
	for (i = 0; i < 4 * 512; i++)
		table[1024 + i] = (uint64_t)i << 21 |
			PAGE_PRESENT | PAGE_WRITABLE | PAGE_LARGE;
}

void start_write_tables(const struct ram *ram, struct start *start)
{
	uint64_t *gdt = ram_at(ram, START_GDT, 4 * sizeof(*gdt));

	gdt[0] = gdt[1] = 0;
	gdt[START_CODE / 8] = start->long_mode ?
		0x00af9b000000ffffull : 0x00cf9b000000ffffull;
	gdt[START_DATA / 8] = 0x00cf93000000ffffull;
	if (start->long_mode) {
		write_pages(ram);
		start->cr3 = START_TABLES;
	}
}

unsigned int start_ranges(const struct ram *ram, struct start_range *ranges)
{
	unsigned int count = 0;

	ranges[count++] = (struct start_range){ 0, START_EBDA, E820_RAM };
	ranges[count++] = (struct start_range){
		START_EBDA, RAM_VGA - START_EBDA, E820_RESERVED };
	ranges[count++] = (struct start_range){
		START_FIRMWARE, START_KERNEL - START_FIRMWARE, E820_RESERVED };
	ranges[count++] = (struct start_range){
		START_KERNEL, ram_low_end(ram) - START_KERNEL, E820_RAM };
	if (ram->size > RAM_LOW_END)
		ranges[count++] = (struct start_range){
			RAM_HIGH, ram_high_end(ram) - RAM_HIGH, E820_RAM };
	return count;
}
