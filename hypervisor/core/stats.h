/* Statistics pages: counters that the parent maps and reads. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_STATS_H
#define CORE_STATS_H

#include <stdbool.h>
#include <stdint.h>

struct hypercall;
struct pool;
struct vp;

/* Where an object counts: in a page of the heap, from the first mapping on in
 * a deposited one. That one is kept for the next mapping: another processor
 * may be counting in it. */
struct stats {
	uint64_t *page;
	bool deposited, mapped;
};

/* Indexes of the 64-bit counters; Linux's mshv_debugfs_counters.c names them.
 * Times are in units of 100 ns. */
enum {
	STATS_HV_LPS = 1,
	STATS_HV_PARTITIONS = 2,
	STATS_HV_PAGES = 3,
	STATS_HV_VPS = 4,
	STATS_HV_STARTUP_COST = 8,

	STATS_LP_GLOBAL_TIME = 1,
	STATS_LP_RUN_TIME = 2,
	STATS_LP_HYPERVISOR_TIME = 3,

	STATS_PARTITION_VPS = 1,
	STATS_PARTITION_DEPOSITED = 5,
	STATS_PARTITION_ID = 26,

	STATS_VP_RUN_TIME = 1,
	STATS_VP_HYPERVISOR_TIME = 2,
	STATS_VP_DISPATCH_BLOCKED = 202,
};

/* Kinds of exits: the index of their counter; the next one is their time. */
enum stats_kind {
	STATS_HYPERCALL = 7,
	STATS_CONTROL_REGISTER = 11,
	STATS_IO = 13,
	STATS_CPUID = 19,
	STATS_MSR = 21,
	STATS_OTHER = 23,
	STATS_EXTERNAL_INTERRUPT = 25,
	STATS_EMULATED = 29,
	STATS_NESTED_FAULT = 71,
};

void stats_init(struct stats *stats);

/* Gives back the page of a child's object, which the parent sees no more. */
void stats_free(struct stats *stats, struct pool *pool);

/* The hypervisor's own page; cost is the time from its start, in 100 ns. */
void stats_start(uint64_t startup_cost);

/* Counts an exit of that kind that has been served. */
void stats_exit(struct vp *vp, enum stats_kind kind);

/* In 100 ns: how long it has run, up to the exit that is being served, without
 * what the hypervisor took. */
uint64_t stats_run_time(const struct vp *vp);

/* The hypercalls MAP_STATS_PAGE and UNMAP_STATS_PAGE. */
uint16_t stats_map(struct hypercall *call);
uint16_t stats_unmap(struct hypercall *call);

#endif
