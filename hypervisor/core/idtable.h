/* Tables of small objects that a number of 24 bits names: ports and
 * connections. They grow and shrink by pages of a pool. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_IDTABLE_H
#define CORE_IDTABLE_H

#include <stdint.h>

struct pool;

#define IDTABLE_IDS	(1u << 24)
#define IDTABLE_OBJECT	64	/* bytes of one; its first is 0 while unused */

/* The owner of the table has a lock for it. */
struct idtable {
	void **top;		/* pages of 512 pages of 512 leaves */
};

/* The object of that number, or NULL when it is unused. */
void *idtable_find(const struct idtable *table, uint32_t id);

/* Room for the object, zeros if it is unused; NULL: no page for it. */
void *idtable_make(struct idtable *table, struct pool *pool, uint32_t id);

/* The object is unused from now on; pages without any go back. */
void idtable_drop(struct idtable *table, struct pool *pool, uint32_t id);

/* The used object with the lowest number, or NULL. */
void *idtable_first(const struct idtable *table);

#endif
