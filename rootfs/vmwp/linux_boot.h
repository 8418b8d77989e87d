/* The Linux/x86 boot protocol: a bzImage into a guest's memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_LINUX_BOOT_H
#define VMWP_LINUX_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "start.h"

/* What a guest is started from. */
struct boot_files {
	const uint8_t *kernel;
	size_t kernel_size;
	const uint8_t *initrd;	/* NULL: none */
	size_t initrd_size;
	const char *command_line;
	uint64_t rsdp;		/* where the ACPI tables are */
};

/* Whether the file says that it is a Linux kernel. */
bool linux_boot_is(const struct boot_files *files);

/* Whether it is one, and for 32 bits only. */
bool linux_boot_is_32(const struct boot_files *files);

/* Puts all in place. NULL, or why not: a sentence's end, "it ...". */
const char *linux_boot_load(const struct ram *ram,
	const struct boot_files *files, struct start *start);

/* The highest place for the initrd below limit, above the kernel's end. 0 when
 * there is none. */
uint64_t linux_boot_place_initrd(const struct ram *ram, uint64_t size,
	uint64_t limit, uint64_t kernel_end);

#endif
