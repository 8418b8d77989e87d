/* The parent's kernel: where it is put and how it is entered. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_LINUX_H
#define X86_LINUX_H

#include "loader.h"

#include <stdint.h>

/* What a processor in 64-bit mode needs to enter it. */
struct linux_start {
	uint64_t entry, zero_page, page_tables, gdt, stack;
	uint16_t gdt_limit;
};

/* Checks the kernel; NULL or a sentence. */
const char *linux_check(const struct loader *loader);

/* Copies the kernel to its place and fills the zero page. extra is put behind
 * the command line. NULL or a sentence. */
const char *linux_load(const struct loader *loader, const char *extra,
	uint64_t rsdp, struct linux_start *start);

/* Enters it on this processor without hypervisor. */
_Noreturn void linux_enter_native(const struct linux_start *start);

#endif
