/* The hypervisor's own pages. */
/* SPDX-License-Identifier: MIT */
#include "page.h"

#include "../abi/hypercall.h"
#include "../lib/string.h"
#include "lock.h"
#include "panic.h"

static struct lock lock = LOCK_INIT(LOCK_HEAP);	/* all below */
static uint64_t next, last;	/* never used so far: next to last */
static void **free_list;	/* a page's first word is the next page */
static uint64_t free_count;

void page_init(uint64_t start, uint64_t end)
{
	next = start;
	last = end;
}

void *page_take_aligned(size_t size)
{
	uint64_t at;

	lock_take(&lock);
	at = (next + size - 1) & ~(uint64_t)(size - 1);
	if (at + size > last)
		panic("the heap of the hypervisor is used up");
	for (; next < at; next += HV_PAGE_SIZE) {
		memset((void *)next, PAGE_POISON, HV_PAGE_SIZE);
		*(void **)next = free_list;
		free_list = (void **)next;
		free_count++;
	}
	next = at + size;
	lock_give(&lock);
	return memset((void *)at, 0, size);
}

void *page_take_run(uint64_t count)
{
	uint64_t at;

	lock_take(&lock);
	at = next;
	if (count > (last - next) / HV_PAGE_SIZE)
		panic("the heap of the hypervisor is used up");
	next += count * HV_PAGE_SIZE;
	lock_give(&lock);
	return memset((void *)at, 0, count * HV_PAGE_SIZE);
}

void *page_take(void)
{
	void **page = NULL;

	lock_take(&lock);
	if (free_list) {
		page = free_list;
		free_list = *page;
		free_count--;
		check_freed(page);
	} else if (next < last) {
		page = (void **)next;
		next += HV_PAGE_SIZE;
	}
	lock_give(&lock);
	return page ? memset(page, 0, HV_PAGE_SIZE) : NULL;
}

void page_give(void *page)
{
	/* A use after this shows. */
	memset(page, PAGE_POISON, HV_PAGE_SIZE);
	lock_take(&lock);
	*(void **)page = free_list;
	free_list = page;
	free_count++;
	lock_give(&lock);
}

uint64_t page_left(void)
{
	return free_count + (last - next) / HV_PAGE_SIZE;
}
