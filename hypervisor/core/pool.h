/* The pages that the parent has deposited for a partition. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include "lock.h"

#include <stdint.h>

struct pool {
	struct lock lock;	/* all here */
	uint64_t *top;		/* a page's first word is the next page */
	uint64_t free;		/* pages in it */
	uint64_t total;		/* pages deposited and not withdrawn */
};

/* Adds a page that is the hypervisor's alone already. */
void pool_add(struct pool *pool, void *page);

/* A zeroed page, or NULL: the caller answers INSUFFICIENT_MEMORY. */
void *pool_take(struct pool *pool);

/* Back into the pool. */
void pool_give(struct pool *pool, void *page);

/* Out of the pool for good, zeroed; NULL when none is free. */
void *pool_remove(struct pool *pool);

#endif
