/* What the boot loader brought, whatever loader it was. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_LOADER_H
#define X86_LOADER_H

#include "../lib/memmap.h"

#include <stdint.h>

struct module {
	uint64_t start, size;	/* size 0: there is none */
};

struct loader {
	struct memmap map;	/* of the firmware */
	struct module kernel, initramfs, microcode;
	char options[256];	/* the hypervisor's command line */
	char command[2048];	/* the parent's */
	/* What was wrong, a sentence, or NULL. */
	const char *problem;
};

/* Multiboot; everything is copied, so low memory is free afterwards. */
void loader_read(struct loader *loader, uint32_t magic, uint64_t info);

#endif
