/* The parent's kernel. Linux's Documentation/arch/x86/boot.rst, "64-bit boot
 * protocol". */
/* SPDX-License-Identifier: MIT */
#include "linux.h"

#include "../abi/linux.h"
#include "../core/machine.h"
#include "../lib/format.h"
#include "../lib/string.h"
#include "console.h"
#include "layout.h"

#include <stdbool.h>

#define VERSION_64		0x20c	/* the 64-bit entry is new in it */
#define BOOT_PAGES		9	/* zero page, text, GDT, six tables */
#define PAGE			0x1000ull
#define LIMIT			0x100000000ull	/* all is put below 4 GB */

/* Page table entries: present, writable, large. */
#define TABLE			0x3ull
#define LARGE			0x83ull

struct far_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

void linux_jump(uint64_t cr3, const struct far_pointer *gdt, uint64_t entry,
	uint64_t zero_page, uint64_t stack);

static const struct linux_setup *setup_of(const struct loader *loader)
{
	return (const struct linux_setup *)(loader->kernel.start +
		LINUX_SETUP_OFFSET);
}

static uint64_t protected_offset(const struct linux_setup *setup)
{
	return (setup->setup_sects ? setup->setup_sects + 1u : 5u) * 512ull;
}

const char *linux_check(const struct loader *loader)
{
	const struct linux_setup *setup = setup_of(loader);

	if (!loader->kernel.size)
		return "No kernel was loaded for the parent: name it as the first module.";
	if (!loader->initramfs.size)
		return "No initramfs was loaded for the parent: name it as the second module.";
	if (loader->kernel.size < 0x1000 || setup->header != LINUX_MAGIC ||
			setup->boot_flag != 0xaa55)
		return "The first module is no Linux kernel (bzImage): write the medium anew.";
	if (setup->version < VERSION_64 ||
			!(setup->xloadflags & LINUX_KERNEL_64) ||
			!setup->relocatable_kernel)
		return "The first module is no relocatable 64-bit Linux kernel.";
	/* syssize counts the protected-mode part in paragraphs. */
	if (protected_offset(setup) + setup->syssize * 16ull >
			loader->kernel.size)
		return "The kernel module is cut short: write the medium anew.";
	return NULL;
}

/* A place for the kernel, and for what it is given. */
static bool find_places(const struct loader *loader,
	const struct linux_setup *setup, uint64_t *kernel, uint64_t *boot)
{
	struct memmap_range taken[3] = {
		{loader->kernel.start, loader->kernel.start +
			loader->kernel.size, 0},
		{loader->initramfs.start, loader->initramfs.start +
			loader->initramfs.size, 0},
	};
	uint64_t size = setup->init_size, align = setup->kernel_alignment;
	uint64_t wanted = setup->pref_address;

	/* At its own choice when that is free, else as high as possible. */
	*kernel = memmap_find(&machine.map, size, align, wanted, wanted + size,
		taken, 2);
	if (!*kernel)
		*kernel = memmap_find(&machine.map, size, align, 0x100000,
			LIMIT, taken, 2);
	if (!*kernel)
		return false;
	taken[2] = (struct memmap_range){*kernel, *kernel + size, 0};
	*boot = memmap_find(&machine.map, BOOT_PAGES * PAGE, PAGE, 0x100000,
		LIMIT, taken, 3);
	return *boot;
}

static void fill_ranges(struct linux_zero_page *zero)
{
	unsigned int i;

	for (i = 0; i < machine.map.count && i < LINUX_RANGES; i++) {
		const struct memmap_range *range = &machine.map.range[i];

		zero->range[i] = (struct linux_range){range->start,
			range->end - range->start, range->type};
	}
	zero->range_count = (uint8_t)i;
}

static void fill_screen(struct linux_zero_page *zero)
{
	zero->video_mode = 3;
	zero->columns = 80;
	zero->lines = 25;
	zero->is_vga = 1;
	zero->points = 16;
	console_cursor(&zero->cursor_x, &zero->cursor_y);
}

static void fill_setup(struct linux_zero_page *zero,
	const struct loader *loader, uint64_t kernel, uint64_t command)
{
	const struct linux_setup *setup = setup_of(loader);
	/* The header ends where the jump before its magic leads. */
	size_t size = 0x202 - LINUX_SETUP_OFFSET + (setup->jump >> 8);

	if (size > sizeof(zero->setup))
		size = sizeof(zero->setup);
	memcpy(&zero->setup, setup, size);
	zero->setup.type_of_loader = LINUX_LOADER_OTHER;
	zero->setup.loadflags |= LINUX_LOADED_HIGH;
	zero->setup.code32_start = (uint32_t)kernel;
	zero->setup.ramdisk_image = (uint32_t)loader->initramfs.start;
	zero->setup.ramdisk_size = (uint32_t)loader->initramfs.size;
	zero->setup.cmd_line_ptr = (uint32_t)command;
}

/* The first 4 GB one to one: PML4, PDPT, four page directories. */
static void fill_tables(uint64_t *table)
{
	uint64_t at = (uint64_t)table;
	unsigned int i;

	table[0] = (at + PAGE) | TABLE;
	for (i = 0; i < 4; i++)
		table[512 + i] = (at + (2 + i) * PAGE) | TABLE;
	for (i = 0; i < 2048; i++)
		table[1024 + i] = i * 0x200000ull | LARGE;
}

static void fill_gdt(uint64_t *gdt)
{
	gdt[LINUX_BOOT_CS / 8] = 0x00af9b000000ffff;
	gdt[LINUX_BOOT_DS / 8] = 0x00cf93000000ffff;
}

const char *linux_load(const struct loader *loader, const char *extra,
	uint64_t rsdp, struct linux_start *start)
{
	const struct linux_setup *setup = setup_of(loader);
	uint64_t from = loader->kernel.start + protected_offset(setup);
	uint64_t kernel, boot;
	struct linux_zero_page *zero;

	if (!find_places(loader, setup, &kernel, &boot))
		return "Too little memory for the parent's kernel: 512 MB are the least.";
	memset((void *)boot, 0, BOOT_PAGES * PAGE);
	zero = (struct linux_zero_page *)boot;
	fill_setup(zero, loader, kernel, boot + PAGE);
	fill_ranges(zero);
	fill_screen(zero);
	zero->acpi_rsdp = rsdp;
	format((char *)boot + PAGE, PAGE, "%s%s%s", loader->command,
		*extra ? " " : "", extra);
	fill_gdt((uint64_t *)(boot + 2 * PAGE));
	fill_tables((uint64_t *)(boot + 3 * PAGE));
	memcpy((void *)kernel, (const void *)from, setup->syssize * 16ull);
	*start = (struct linux_start){
		.entry = kernel + LINUX_ENTRY_64,
		.zero_page = boot,
		.page_tables = boot + 3 * PAGE,
		.gdt = boot + 2 * PAGE,
		.gdt_limit = LINUX_BOOT_DS + 7,
		.stack = boot + 3 * PAGE,	/* the rest of the GDT's page */
	};
	return NULL;
}

_Noreturn void linux_enter_native(const struct linux_start *start)
{
	struct far_pointer gdt = {start->gdt_limit, start->gdt};

	linux_jump(start->page_tables, &gdt, start->entry, start->zero_page,
		start->stack);
	__builtin_unreachable();
}
