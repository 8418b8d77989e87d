/* Tables of small objects that a number of 24 bits names. */
/* SPDX-License-Identifier: MIT */
#include "idtable.h"

#include "../abi/hypercall.h"
#include "../lib/string.h"
#include "pool.h"

#include <stdbool.h>

#define ENTRIES	512u		/* of a page of pages */
#define OBJECTS	(HV_PAGE_SIZE / IDTABLE_OBJECT)

static_assert(ENTRIES * ENTRIES * OBJECTS == IDTABLE_IDS, "three levels");

static unsigned int top_index(uint32_t id)
{
	return id / (ENTRIES * OBJECTS) % ENTRIES;
}

static unsigned int middle_index(uint32_t id)
{
	return id / OBJECTS % ENTRIES;
}

static uint8_t *object_of(uint8_t *leaf, uint32_t id)
{
	return leaf + id % OBJECTS * IDTABLE_OBJECT;
}

void *idtable_find(const struct idtable *table, uint32_t id)
{
	void **middle = table->top ? table->top[top_index(id)] : NULL;
	uint8_t *leaf = middle ? middle[middle_index(id)] : NULL;
	uint8_t *object = leaf ? object_of(leaf, id) : NULL;

	return object && *object ? object : NULL;
}

static unsigned int first_entry(void *const *page)
{
	unsigned int i;

	for (i = 0; i < ENTRIES && !page[i]; i++)
		;
	return i;
}

static uint8_t *first_object(uint8_t *leaf)
{
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		if (leaf[i * IDTABLE_OBJECT])
			return leaf + i * IDTABLE_OBJECT;
	}
	return NULL;
}

/* Pages on the way to that number in which there is nothing. */
static void trim(struct idtable *table, struct pool *pool, uint32_t id)
{
	void **top = table->top, **middle = top ? top[top_index(id)] : NULL;
	uint8_t *leaf = middle ? middle[middle_index(id)] : NULL;

	if (leaf && !first_object(leaf)) {
		middle[middle_index(id)] = NULL;
		pool_give(pool, leaf);
	}
	if (middle && first_entry(middle) == ENTRIES) {
		top[top_index(id)] = NULL;
		pool_give(pool, middle);
	}
	if (top && first_entry(top) == ENTRIES) {
		table->top = NULL;
		pool_give(pool, top);
	}
}

static void *page_at(void **at, struct pool *pool)
{
	if (!*at)
		*at = pool_take(pool);
	return *at;
}

void *idtable_make(struct idtable *table, struct pool *pool, uint32_t id)
{
	void **top = page_at((void **)&table->top, pool);
	void **middle = top ? page_at(&top[top_index(id)], pool) : NULL;
	uint8_t *leaf = middle ? page_at(&middle[middle_index(id)], pool) :
		NULL;

	if (leaf)
		return object_of(leaf, id);
	trim(table, pool, id);
	return NULL;
}

void idtable_drop(struct idtable *table, struct pool *pool, uint32_t id)
{
	memset(idtable_find(table, id), 0, IDTABLE_OBJECT);
	trim(table, pool, id);
}

void *idtable_first(const struct idtable *table)
{
	void **middle;

	if (!table->top)
		return NULL;
	/* A page is there only while there is something in it. */
	middle = table->top[first_entry(table->top)];
	return first_object(middle[first_entry(middle)]);
}
