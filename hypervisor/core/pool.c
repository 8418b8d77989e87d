/* Deposited pages. */
/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include "../abi/hypercall.h"
#include "../lib/string.h"

static void push(struct pool *pool, void *page, unsigned int deposited)
{
	memset(page, 0, HV_PAGE_SIZE);
	lock_take(&pool->lock);
	*(uint64_t **)page = pool->top;
	pool->top = page;
	pool->free++;
	pool->total += deposited;
	lock_give(&pool->lock);
}

static void *pop(struct pool *pool, unsigned int withdrawn)
{
	uint64_t *page;

	lock_take(&pool->lock);
	page = pool->top;
	if (page) {
		pool->top = (uint64_t *)page[0];
		pool->free--;
		pool->total -= withdrawn;
		page[0] = 0;
	}
	lock_give(&pool->lock);
	return page;
}

void pool_add(struct pool *pool, void *page)
{
	push(pool, page, 1);
}

void pool_give(struct pool *pool, void *page)
{
	push(pool, page, 0);
}

void *pool_take(struct pool *pool)
{
	return pop(pool, 0);
}

void *pool_remove(struct pool *pool)
{
	return pop(pool, 1);
}
