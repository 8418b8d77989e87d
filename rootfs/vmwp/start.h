/* How a VP begins: what a loader says, independent of the interface. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_START_H
#define VMWP_START_H

#include <stdbool.h>
#include <stdint.h>

#include "ram.h"

/* Flat segments, interrupts off, paging only in 64-bit mode. */
struct start {
	bool long_mode;
	uint64_t rip, rsi, rbx, rsp;
	uint64_t cr3;		/* in 64-bit mode */
};

/* Where loaders and tables put what is theirs. */
#define START_STACK		0x6000	/* top */
#define START_ZERO_PAGE		0x7000
#define START_GDT		0x8000
#define START_TABLES		0x9000	/* 6 pages: PML4, PDPT, four PDs */
#define START_INFO		0xf000	/* PVH */
#define START_COMMAND_LINE	0x20000
#define START_COMMAND_LINE_MAX	0x10000	/* with the ending zero */
#define START_EBDA		0x9fc00	/* no RAM for the kernel from here */
#define START_FIRMWARE		0xe0000
#define START_KERNEL		0x100000

/* Identity map of 4 GB and a GDT: 0x10 code, 0x18 data. */
#define START_CODE	0x10
#define START_DATA	0x18
void start_write_tables(const struct ram *ram, struct start *start);

/* The memory map that a guest is told. */
struct start_range {
	uint64_t start, size;
	uint32_t type;		/* E820_RAM, E820_RESERVED */
};
#define E820_RAM	1
#define E820_RESERVED	2
#define START_RANGES	5
unsigned int start_ranges(const struct ram *ram, struct start_range *ranges);

#endif
