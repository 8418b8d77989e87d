/* The hypervisor's own address space. docs/hypervisor.md, "Protection". */
/* SPDX-License-Identifier: MIT */
#ifndef X86_PAGING_H
#define X86_PAGING_H

#include <stdint.h>

/* Entries. APM v2 5.4 */
#define PAGING_PRESENT	0x1ull
#define PAGING_WRITABLE	0x2ull
#define PAGING_USER	0x4ull
#define PAGING_LARGE	0x80ull
#define PAGING_ADDRESS	0x000ffffffffff000ull
#define PAGING_NX	(1ull << 63)

/* All memory again, less our own: as a user's, and as ours. */
#define PAGING_WINDOW		0xffff800000000000ull
#define PAGING_OWN_WINDOW	0xffffc00000000000ull

/* For the boot: maps the first 4 GB and all RAM one to one, text read-only and
 * executable, all else not executable, and loads the tables. */
void paging_init(void);

/* Loads the tables on another processor. */
void paging_load(void);

/* Takes a page out: a guard. Boot only. */
void paging_unmap(uint64_t address);

/* Makes a page uncached, for registers of devices. Boot only. */
void paging_uncached(uint64_t address);

/* The address space of all that follows: only our own memory one to one, the
 * parent's in windows, nothing writable and executable, tables read-only. */
void paging_seal(void);

uint64_t paging_root(void);

#endif
