/* The Linux/x86 boot protocol: a bzImage into a guest's memory. */
/* SPDX-License-Identifier: MIT */
#include "linux_boot.h"

#include <string.h>

/* Offsets in the file and in the zero page (boot.rst, zero-page.rst). */
#define RSDP			0x070
#define E820_COUNT		0x1e8
#define SETUP_SECTORS		0x1f1
#define BOOT_FLAG		0x1fe
#define BODY_PARAGRAPHS		0x1f4
#define JUMP_OFFSET		0x201
#define HEADER			0x202
#define VERSION			0x206
#define LOADER			0x210
#define LOAD_FLAGS		0x211
#define CODE32_START		0x214
#define INITRD			0x218
#define INITRD_SIZE		0x21c
#define HEAP_END		0x224
#define COMMAND_LINE		0x228
#define INITRD_MAX		0x22c
#define ALIGNMENT		0x230
#define RELOCATABLE		0x234
#define XLOAD_FLAGS		0x236
#define COMMAND_LINE_SIZE	0x238
#define PREFERRED		0x258
#define INIT_SIZE		0x260
#define E820_TABLE		0x2d0

#define SECTOR			512u
#define MAGIC			0x53726448u	/* "HdrS" */
#define HEADER_MINIMUM		(COMMAND_LINE_SIZE + 4)	/* 2.06 */
#define HEADER_WHOLE		(INIT_SIZE + 4)		/* 2.10 */
#define LOADED_HIGH		0x01
#define CAN_USE_HEAP		0x80
#define KERNEL_64		0x01
#define ENTRY_64		0x200
#define LOADER_UNKNOWN		0xff

/* What the header says, read once. */
struct header {
	unsigned int version, xload;
	uint32_t setup_size;	/* of the file, before the kernel */
	uint32_t body_size;
	uint64_t address, init_size;
	uint32_t initrd_max, command_line_max;
};

static uint32_t get(const uint8_t *from, unsigned int at, unsigned int size)
{
	uint32_t value = 0;

	memcpy(&value, from + at, size);
	return value;
}

static void put(uint8_t *to, unsigned int at, uint64_t value, unsigned int size)
{
	memcpy(to + at, &value, size);
}

bool linux_boot_is(const struct boot_files *files)
{
	return files->kernel_size >= SECTOR + 16 &&
		get(files->kernel, BOOT_FLAG, 2) == 0xaa55 &&
		get(files->kernel, HEADER, 4) == MAGIC;
}

/* Where the kernel wants to be, and how much from there is its own. */
static const char *read_place(const uint8_t *file, struct header *header)
{
	uint64_t alignment;

	header->address = START_KERNEL;
	header->init_size = header->body_size;
	if (header->version < 0x20a)
		return NULL;
	header->init_size = get(file, INIT_SIZE, 4);
	memcpy(&header->address, file + PREFERRED, 8);
	if (header->init_size < header->body_size)
		header->init_size = header->body_size;
	alignment = get(file, ALIGNMENT, 4);
	if (file[RELOCATABLE] && (!alignment || alignment & (alignment - 1)))
		return "has a kernel_alignment that is no power of two";
	if (header->address < START_KERNEL || header->address > UINT32_MAX)
		return "has a pref_address below 1 MB or above 4 GB";
	return NULL;
}

static const char *read_header(
	const struct boot_files *files, struct header *header)
{
	const uint8_t *file = files->kernel;
	unsigned int sectors;

	if (!linux_boot_is(files))
		return "is not a Linux kernel (bzImage)";
	header->version = get(file, VERSION, 2);
	if (header->version < 0x206)
		return "speaks a boot protocol before 2.06";
	if (files->kernel_size < HEADER_WHOLE)
		return "ends within its header";
	if (!(file[LOAD_FLAGS] & LOADED_HIGH))
		return "is a zImage, which loads below 1 MB";
	sectors = file[SETUP_SECTORS] ? file[SETUP_SECTORS] : 4;
	header->setup_size = (sectors + 1) * SECTOR;
	if (header->setup_size >= files->kernel_size)
		return "ends within its setup code";
	if (files->kernel_size - header->setup_size > UINT32_MAX)
		return "is larger than 4 GB";
	header->body_size = files->kernel_size - header->setup_size;
	/* In paragraphs; padding and signatures may follow. */
	if (get(file, BODY_PARAGRAPHS, 4) * 16ull > header->body_size)
		return "is cut short";
	header->xload = header->version >= 0x20c ?
		get(file, XLOAD_FLAGS, 2) : 0;
	header->initrd_max = get(file, INITRD_MAX, 4);
	header->command_line_max = get(file, COMMAND_LINE_SIZE, 4);
	return read_place(file, header);
}

bool linux_boot_is_32(const struct boot_files *files)
{
	return linux_boot_is(files) && files->kernel_size >= HEADER_WHOLE &&
		get(files->kernel, VERSION, 2) >= 0x20c &&
		!(get(files->kernel, XLOAD_FLAGS, 2) & KERNEL_64);
}

uint64_t linux_boot_place_initrd(const struct ram *ram, uint64_t size,
	uint64_t limit, uint64_t kernel_end)
{
	uint64_t end = ram_low_end(ram), place;

	if (limit < end - 1)
		end = limit + 1;
	if (size > end)
		return 0;
	place = (end - size) & ~4095ull;
	return place >= kernel_end && place >= START_KERNEL ? place : 0;
}

static const char *load_initrd(const struct ram *ram,
	const struct boot_files *files, const struct header *header,
	uint8_t *zero_page)
{
	uint64_t place;

	if (!files->initrd || !files->initrd_size)
		return NULL;
	place = linux_boot_place_initrd(ram, files->initrd_size,
		header->initrd_max, header->address + header->init_size);
	if (!place)
		return "and its initrd do not fit into the VM's memory";
	memcpy(ram_at(ram, place, files->initrd_size), files->initrd,
		files->initrd_size);
	put(zero_page, INITRD, place, 4);
	put(zero_page, INITRD_SIZE, files->initrd_size, 4);
	return NULL;
}

static const char *load_command_line(const struct ram *ram,
	const struct boot_files *files, const struct header *header,
	uint8_t *zero_page)
{
	size_t size = strlen(files->command_line);

	if (size > header->command_line_max || size >= START_COMMAND_LINE_MAX)
		return "takes no command line as long as this one";
	memcpy(ram_at(ram, START_COMMAND_LINE, size + 1),
		files->command_line, size + 1);
	put(zero_page, COMMAND_LINE, START_COMMAND_LINE, 4);
	return NULL;
}

static void write_e820(const struct ram *ram, uint8_t *zero_page)
{
	struct start_range ranges[START_RANGES];
	unsigned int count = start_ranges(ram, ranges), i;

	for (i = 0; i < count; i++) {
		put(zero_page, E820_TABLE + i * 20, ranges[i].start, 8);
		put(zero_page, E820_TABLE + i * 20 + 8, ranges[i].size, 8);
		put(zero_page, E820_TABLE + i * 20 + 16, ranges[i].type, 4);
	}
	zero_page[E820_COUNT] = count;
}

/* The header's length is in the jump over it (boot.rst). */
static void write_zero_page(const struct ram *ram,
	const struct boot_files *files, const struct header *header,
	uint8_t *zero_page)
{
	unsigned int end = HEADER + files->kernel[JUMP_OFFSET];

	memset(zero_page, 0, 4096);
	if (end < HEADER_WHOLE)
		end = header->version < 0x20a ? HEADER_MINIMUM : HEADER_WHOLE;
	if (end > E820_TABLE - 0x40)
		end = E820_TABLE - 0x40;
	if (end > files->kernel_size)
		end = files->kernel_size;
	memcpy(zero_page + SETUP_SECTORS, files->kernel + SETUP_SECTORS,
		end - SETUP_SECTORS);
	zero_page[LOADER] = LOADER_UNKNOWN;
	zero_page[LOAD_FLAGS] |= CAN_USE_HEAP;
	put(zero_page, HEAP_END, 0xfe00, 2);
	put(zero_page, CODE32_START, header->address, 4);
	put(zero_page, INITRD, 0, 4);
	put(zero_page, INITRD_SIZE, 0, 4);
	put(zero_page, RSDP, files->rsdp, 8);
	write_e820(ram, zero_page);
}

const char *linux_boot_load(const struct ram *ram,
	const struct boot_files *files, struct start *start)
{
	struct header header;
	uint8_t *zero_page;
	const char *why = read_header(files, &header);

	if (why)
		return why;
	if (!ram_at(ram, header.address, header.init_size))
		return "does not fit into the VM's memory";
	zero_page = ram_at(ram, START_ZERO_PAGE, 4096);
	write_zero_page(ram, files, &header, zero_page);
	why = load_command_line(ram, files, &header, zero_page);
	if (!why)
		why = load_initrd(ram, files, &header, zero_page);
	if (why)
		return why;
	memcpy(ram_at(ram, header.address, header.body_size),
		files->kernel + header.setup_size, header.body_size);
	*start = (struct start){
		.long_mode = header.xload & KERNEL_64,
		.rip = header.address,
		.rsi = START_ZERO_PAGE,
		.rsp = START_STACK,
	};
	if (start->long_mode)
		start->rip += ENTRY_64;
	start_write_tables(ram, start);
	return NULL;
}
