/* What a multiboot loader hands over. Multiboot Specification 0.6.96, 3. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_MULTIBOOT_H
#define ABI_MULTIBOOT_H

#define MULTIBOOT_HEADER_MAGIC	0x1badb002
#define MULTIBOOT_LOADER_MAGIC	0x2badb002
/* Header flags: modules on page boundaries, memory information. */
#define MULTIBOOT_PAGE_ALIGN	0x1
#define MULTIBOOT_MEMORY_INFO	0x2

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define MULTIBOOT_HAS_COMMAND	0x4
#define MULTIBOOT_HAS_MODULES	0x8
#define MULTIBOOT_HAS_MAP	0x40

struct multiboot_info {
	uint32_t flags;
	uint32_t memory[2];
	uint32_t boot_device;
	uint32_t command;
	uint32_t module_count, modules;
	uint32_t symbols[4];
	uint32_t map_size, map;
};
static_assert(offsetof(struct multiboot_info, map) == 48, "layout");

struct multiboot_module {
	uint32_t start, end;
	uint32_t text;
	uint32_t reserved;
};

/* Entries follow each other at their size, which does not count itself. */
struct multiboot_range {
	uint32_t size;
	uint64_t start, length;
	uint32_t type;
} __attribute__((packed));
static_assert(sizeof(struct multiboot_range) == 24, "layout");
#endif

#endif
