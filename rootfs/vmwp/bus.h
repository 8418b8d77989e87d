/* Port and memory-mapped I/O: who answers at which address. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_BUS_H
#define VMWP_BUS_H

#include <stdbool.h>
#include <stdint.h>

/* offset: from the range's start. size: 1, 2, 4 or 8 bytes; an access never
 * reaches over the end of its range. NULL read: ones; NULL write: dropped. */
struct bus_ops {
	uint64_t (*read)(void *context, uint64_t offset, unsigned int size);
	void (*write)(void *context, uint64_t offset, unsigned int size,
		uint64_t value);
};

struct bus_range {
	uint64_t start, size;	/* bytes; size > 0; the end does not wrap */
	const struct bus_ops *ops;
	void *context;
};

/* Sorted by start, ranges do not overlap. Calls are made with the VM's device
 * lock held. */
struct bus {
	struct bus_range *range;	/* owned */
	unsigned int count;
};

/* 0, -EEXIST for an overlap, -EINVAL, -ENOMEM. */
int bus_add(struct bus *bus, uint64_t start, uint64_t size,
	const struct bus_ops *ops, void *context);
void bus_remove(struct bus *bus, uint64_t start);
void bus_free(struct bus *bus);

/* One access of the guest. Where nobody is, reads give ones. An access over a
 * range's end is done byte by byte. */
uint64_t bus_read(struct bus *bus, uint64_t address, unsigned int size);
void bus_write(struct bus *bus, uint64_t address, unsigned int size,
	uint64_t value);

/* Whether somebody answers at that byte. */
bool bus_has(const struct bus *bus, uint64_t address);

#endif
