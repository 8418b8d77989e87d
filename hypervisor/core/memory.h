/* The parent's guest-physical memory: the machine's, less our own. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct partition;
struct vp;

/* Maps all RAM that is not ours; the rest is mapped when it is touched. */
void memory_init_parent(void);

/* A page of ours that the parent sees with these rights (MAP_*); boot only. */
void *memory_parent_page(unsigned int rights);

/* An access of the parent that its map does not allow (yet): maps what it may
 * have. False when the page is not the parent's for that access. */
bool memory_parent_fault(uint64_t gpa);

/* Whether a byte range is RAM that the parent owns now. */
bool memory_parent_owns(uint64_t gpa, uint64_t size);

/* Whether it may deposit or lend a range of any size: all of it is RAM that it
 * owns alone. With the map's lock. */
bool memory_parent_owns_all(uint64_t gpa, uint64_t size);

/* Where a page of ours is, of the heap or deposited, and the way back. */
uint64_t memory_spa(const void *page);
void *memory_own(uint64_t spa);

/* Whether the hypervisor may read there what the parent could read itself:
 * RAM, the first MB, and pages of ours that it sees. No device is touched. */
bool memory_parent_readable(uint64_t gpa);

/* The same for code. */
bool memory_parent_executable(uint64_t gpa);

/* Copies from or to RAM that the parent owns; false when it is not, or not any
 * more. No other processor can take it away meanwhile. */
bool memory_copy_in(void *to, uint64_t gpa, uint32_t size);
bool memory_copy_out(uint64_t gpa, const void *from, uint32_t size);

/* A page that was taken, and its number. */
void *memory_taken_page(uint64_t pfn);
uint64_t memory_taken_pfn(const void *page);

/* Panics when the parent's map shows more of our memory than it must. */
void memory_check(void);

/* Takes pages of RAM from the parent, by page number, all or none; no
 * processor can use them afterwards. */
enum memory_taken {
	MEMORY_TAKEN,
	MEMORY_NOT_OWNED,	/* one of them is not the parent's */
	MEMORY_NO_TABLE,	/* no page for a table */
};
enum memory_taken memory_take(const uint64_t *pfn, unsigned int count);

/* Shows the parent a page that was taken, with these rights. */
void memory_give(void *page, unsigned int rights);

/* Hides a page again that memory_give() showed. */
void memory_hide(void *page);

/* Ends every use of old mappings of the parent on all processors. */
void memory_flush(struct partition *partition);

#endif
