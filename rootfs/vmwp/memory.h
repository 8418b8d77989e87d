/* Guest memory: made, given to the partition, emptied. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_MEMORY_H
#define VMWP_MEMORY_H

#include "ram.h"

struct memory {
	struct ram ram;
	int fd;			/* memfd: others can be given it later */
};

/* Zeroes; never pinned. 0 or -errno. */
int memory_init(struct memory *memory, uint64_t size);
/* The partition knows all of it then. */
int memory_map(const struct memory *memory, int partition);
/* All zeroes again, as after power-on; what it took goes back to the host. */
int memory_clear(const struct memory *memory);
void memory_exit(struct memory *memory);

#endif
