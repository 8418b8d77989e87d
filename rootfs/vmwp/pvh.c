/* The PVH boot protocol: an ELF kernel into a guest's memory. */
/* SPDX-License-Identifier: MIT */
#include "pvh.h"

#include <assert.h>
#include <elf.h>
#include <string.h>

#define NOTE_ENTRY	18	/* XEN_ELFNOTE_PHYS32_ENTRY */
#define INFO_MAGIC	0x336ec578u
#define SEGMENTS_MAX	64

/* xen/include/public/arch-x86/hvm/start_info.h, version 1. */
struct info {
	uint32_t magic, version, flags, modules;
	uint64_t module_list, command_line, rsdp, memory_map;
	uint32_t memory_map_entries, reserved;
};
static_assert(sizeof(struct info) == 56, "start info");

struct module {
	uint64_t address, size, command_line, reserved;
};
static_assert(sizeof(struct module) == 32, "module");

struct map_entry {
	uint64_t address, size;
	uint32_t type, reserved;
};
static_assert(sizeof(struct map_entry) == 24, "memory map");

/* All in one page at START_INFO. */
struct page {
	struct info info;
	struct module module;
	struct map_entry map[START_RANGES];
};

/* A program header of either class. */
struct segment {
	uint32_t type;
	uint64_t offset, address, file_size, memory_size, alignment;
};

struct image {
	const struct boot_files *files;
	bool wide;		/* ELF64 */
	uint64_t headers;	/* offset */
	unsigned int count, step;
	uint32_t entry;
	bool has_entry;
	uint64_t end;		/* of what is loaded */
};

bool pvh_is(const struct boot_files *files)
{
	return files->kernel_size >= sizeof(Elf64_Ehdr) &&
		!memcmp(files->kernel, ELFMAG, SELFMAG);
}

static bool within(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->files->kernel_size &&
		size <= image->files->kernel_size - offset;
}

static const char *read_headers(struct image *image)
{
	const uint8_t *file = image->files->kernel;
	Elf64_Ehdr wide;
	Elf32_Ehdr narrow;

	if (!pvh_is(image->files))
		return "is no ELF file";
	memcpy(&wide, file, sizeof(wide));
	memcpy(&narrow, file, sizeof(narrow));
	if (wide.e_ident[EI_DATA] != ELFDATA2LSB ||
	    (wide.e_ident[EI_CLASS] != ELFCLASS64 &&
	     wide.e_ident[EI_CLASS] != ELFCLASS32))
		return "is an ELF file, but not of an x86 processor";
	image->wide = wide.e_ident[EI_CLASS] == ELFCLASS64;
	if (wide.e_machine != (image->wide ? EM_X86_64 : EM_386))
		return "is an ELF file, but not of an x86 processor";
	image->headers = image->wide ? wide.e_phoff : narrow.e_phoff;
	image->count = image->wide ? wide.e_phnum : narrow.e_phnum;
	image->step = image->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	if ((image->wide ? wide.e_phentsize : narrow.e_phentsize) !=
	    image->step || !image->count || image->count > SEGMENTS_MAX ||
	    !within(image, image->headers, image->count * image->step))
		return "has no sound table of segments";
	return NULL;
}

static struct segment read_segment(
	const struct image *image, unsigned int number)
{
	const uint8_t *at = image->files->kernel + image->headers +
		(uint64_t)number * image->step;
	Elf64_Phdr wide;
	Elf32_Phdr narrow;

	if (image->wide) {
		memcpy(&wide, at, sizeof(wide));
		return (struct segment){ wide.p_type, wide.p_offset,
			wide.p_paddr, wide.p_filesz, wide.p_memsz,
			wide.p_align };
	}
	memcpy(&narrow, at, sizeof(narrow));
	return (struct segment){ narrow.p_type, narrow.p_offset,
		narrow.p_paddr, narrow.p_filesz, narrow.p_memsz,
		narrow.p_align };
}

/* Notes: sizes of name and descriptor, type; both padded. */
static const char *read_notes(
	struct image *image, const struct segment *segment)
{
	const uint8_t *note = image->files->kernel + segment->offset;
	uint64_t left = segment->file_size, name, value;
	uint64_t pad = segment->alignment == 8 ? 7 : 3;
	uint32_t head[3];

	while (left >= sizeof(head)) {
		memcpy(head, note, sizeof(head));
		name = (head[0] + pad) & ~pad;
		value = (head[1] + pad) & ~pad;
		note += sizeof(head);
		left -= sizeof(head);
		if (name > left || value > left - name)
			return "has a note that is longer than its segment";
		if (head[2] == NOTE_ENTRY && head[0] == 4 && head[1] >= 4 &&
		    !memcmp(note, "Xen", 4)) {
			memcpy(&image->entry, note + name, 4);
			image->has_entry = true;
		}
		note += name + value;
		left -= name + value;
	}
	return NULL;
}

static const char *load_segment(const struct ram *ram, struct image *image,
	const struct segment *segment)
{
	uint8_t *to;

	if (!segment->memory_size)
		return NULL;
	if (segment->file_size > segment->memory_size)
		return "has a segment larger in the file than in memory";
	if (segment->address < START_KERNEL)
		return "has a segment below 1 MB";
	to = ram_at(ram, segment->address, segment->memory_size);
	if (!to)
		return "does not fit into the VM's memory";
	memcpy(to, image->files->kernel + segment->offset, segment->file_size);
	memset(to + segment->file_size, 0,
		segment->memory_size - segment->file_size);
	if (segment->address + segment->memory_size > image->end)
		image->end = segment->address + segment->memory_size;
	return NULL;
}

static const char *load_segments(const struct ram *ram, struct image *image)
{
	struct segment segment;
	const char *why = NULL;
	unsigned int i;

	for (i = 0; i < image->count && !why; i++) {
		segment = read_segment(image, i);
		if (segment.type != PT_LOAD && segment.type != PT_NOTE)
			continue;
		if (!within(image, segment.offset, segment.file_size))
			return "has a segment that ends after the file";
		why = segment.type == PT_NOTE ? read_notes(image, &segment) :
			load_segment(ram, image, &segment);
	}
	if (!why && !image->has_entry)
		why = "has no PVH entry (note XEN_ELFNOTE_PHYS32_ENTRY)";
	return why;
}

static const char *load_initrd(const struct ram *ram,
	const struct boot_files *files, uint64_t end, struct page *page)
{
	uint64_t place;

	if (!files->initrd || !files->initrd_size)
		return NULL;
	place = linux_boot_place_initrd(
		ram, files->initrd_size, UINT32_MAX, end);
	if (!place)
		return "and its initrd do not fit into the VM's memory";
	memcpy(ram_at(ram, place, files->initrd_size), files->initrd,
		files->initrd_size);
	page->module.address = place;
	page->module.size = files->initrd_size;
	page->info.modules = 1;
	page->info.module_list = START_INFO + offsetof(struct page, module);
	return NULL;
}

static void write_info(const struct ram *ram, const struct boot_files *files,
	struct page *page)
{
	struct start_range ranges[START_RANGES];
	unsigned int i;

	page->info.magic = INFO_MAGIC;
	page->info.version = 1;
	page->info.command_line = START_COMMAND_LINE;
	page->info.rsdp = files->rsdp;
	page->info.memory_map = START_INFO + offsetof(struct page, map);
	page->info.memory_map_entries = start_ranges(ram, ranges);
	for (i = 0; i < page->info.memory_map_entries; i++)
		page->map[i] = (struct map_entry){
			ranges[i].start, ranges[i].size, ranges[i].type, 0 };
}

const char *pvh_load(const struct ram *ram, const struct boot_files *files,
	struct start *start)
{
	struct image image = { .files = files };
	struct page page = { 0 };
	size_t size = strlen(files->command_line) + 1;
	const char *why = read_headers(&image);

	if (!why)
		why = load_segments(ram, &image);
	if (!why && size > START_COMMAND_LINE_MAX)
		why = "takes no command line as long as this one";
	if (!why)
		why = load_initrd(ram, files, image.end, &page);
	if (why)
		return why;
	memcpy(ram_at(ram, START_COMMAND_LINE, size), files->command_line,
		size);
	write_info(ram, files, &page);
	memcpy(ram_at(ram, START_INFO, sizeof(page)), &page, sizeof(page));
	*start = (struct start){
		.rip = image.entry,
		.rbx = START_INFO,
		.rsp = START_STACK,
	};
	start_write_tables(ram, start);
	return NULL;
}
