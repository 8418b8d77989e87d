/* The hypervisor's own address space: physical addresses one to one. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_PAGING_H
#define X86_PAGING_H

#include <stdint.h>

/* Maps the first 4 GB and all RAM, text read-only and executable, all else not
 * executable, and loads the tables. */
void paging_init(void);

/* Loads the tables on another processor. */
void paging_load(void);

/* Takes a page out: a guard. */
void paging_unmap(uint64_t address);

/* Makes a page uncached, for registers of devices. */
void paging_uncached(uint64_t address);

uint64_t paging_root(void);

#endif
