/* The only file that knows multiboot. */
/* SPDX-License-Identifier: MIT */
#include "loader.h"

#include "../abi/multiboot.h"
#include "../lib/string.h"

/* The text of a command line after the file's name. */
static const char *arguments(const char *text)
{
	while (*text && *text != ' ')
		text++;
	while (*text == ' ')
		text++;
	return text;
}

static void read_map(struct loader *loader, const struct multiboot_info *info)
{
	uint64_t at = info->map, end = at + info->map_size;

	while (at + sizeof(struct multiboot_range) <= end) {
		const struct multiboot_range *range =
			(const struct multiboot_range *)at;

		if (range->start + range->length > range->start &&
				!memmap_add(&loader->map, range->start,
					range->start + range->length,
					range->type))
			loader->problem = "The firmware's memory map has too many entries.";
		at += range->size + sizeof(range->size);
	}
}

static void read_modules(struct loader *loader,
	const struct multiboot_info *info)
{
	const struct multiboot_module *module =
		(const struct multiboot_module *)(uint64_t)info->modules;
	struct module *to[] = {&loader->kernel, &loader->initramfs,
		&loader->microcode};
	uint32_t i;

	for (i = 0; i < info->module_count && i < 3; i++) {
		to[i]->start = module[i].start;
		to[i]->size = module[i].end - module[i].start;
	}
	if (!info->module_count)
		return;
	if (!string_copy(loader->command, sizeof(loader->command),
			arguments((const char *)(uint64_t)module[0].text)))
		loader->problem = "The parent's command line is longer than 2,047 characters.";
}

void loader_read(struct loader *loader, uint32_t magic, uint64_t address)
{
	const struct multiboot_info *info =
		(const struct multiboot_info *)address;

	if (magic != MULTIBOOT_LOADER_MAGIC) {
		loader->problem = "The loader does not speak multiboot.";
		return;
	}
	if (info->flags & MULTIBOOT_HAS_COMMAND &&
			!string_copy(loader->options, sizeof(loader->options),
				arguments((const char *)(uint64_t)info->command)))
		loader->problem = "The hypervisor's command line is longer than 255 characters.";
	if (info->flags & MULTIBOOT_HAS_MAP)
		read_map(loader, info);
	if (!loader->map.count)
		loader->problem = "The loader gave no memory map.";
	if (info->flags & MULTIBOOT_HAS_MODULES)
		read_modules(loader, info);
}
