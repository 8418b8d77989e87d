/* Memory of the machine, as the loader's map says, and our page tables. */
/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct linux_zero_page;

/* Where the hypervisor is, and what else is not RAM. */
struct places {
	uint64_t log, image, heap;	/* the hypervisor's own */
	uint64_t ram_end;		/* first address above all RAM */
};
extern struct places places;

/* Copies the map and makes the page tables: 512 GB one to one, for all
 * privileges. */
void memory_init(const struct linux_zero_page *zero);

uint64_t memory_cr3(void);

/* Whether the map has all of it as RAM. */
bool memory_is_ram(uint64_t start, uint64_t end);

/* Pages that nothing else uses, filled with zeros, one after the other. */
void *memory_take(unsigned int pages);

/* Whether all bytes of a page are this one. */
bool memory_is_filled(const void *page, uint8_t byte);

#endif
