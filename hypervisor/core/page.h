/* The hypervisor's own pages: a heap that is set aside at boot. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_PAGE_H
#define CORE_PAGE_H

#include <stddef.h>
#include <stdint.h>

/* What a page that was given back is filled with. */
#define PAGE_POISON	0xdd

void page_init(uint64_t start, uint64_t end);

/* size bytes, a power of two of pages, aligned to it, zeroed; for boot only.
 * Panics when there is no more. */
void *page_take_aligned(size_t size);

/* So many pages in a row, zeroed; for boot only. Panics as above. */
void *page_take_run(uint64_t count);

/* One zeroed page, or NULL when the heap is empty. */
void *page_take(void);

void page_give(void *page);

/* Pages that are not in use. */
uint64_t page_left(void);

#endif
