/* A partition: its VPs, its memory, its privileges. Today the parent only. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_PARTITION_H
#define CORE_PARTITION_H

#include "lock.h"
#include "pool.h"
#include "stats.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;

struct partition {
	uint64_t id;
	void *vendor;		/* nested page tables and the like */
	struct lock map_lock;	/* the nested page tables */
	uint64_t generation;	/* atomic: of the map; see memory_flush() */
	struct pool pool;
	struct vp **vp;		/* by index */
	unsigned int vp_count;
	uint64_t guest_os_id;
	uint64_t hypercall_page;	/* the MSR: page and enable */
	uint64_t tsc_page;
	struct stats stats;
};

#define PARENT_ID 1

extern struct partition *parent;

/* Makes the parent partition with one VP for each processor. */
void partition_init_parent(void);

/* The partition that an identity in a hypercall of the parent names, or NULL.
 * HV_PARTITION_ID_SELF is the parent. */
struct partition *partition_find(uint64_t id);

#endif
