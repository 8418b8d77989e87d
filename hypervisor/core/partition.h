/* Partitions: the parent, and those it makes. docs/partitions.md */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_PARTITION_H
#define CORE_PARTITION_H

#include "idtable.h"
#include "lock.h"
#include "overlay.h"
#include "pool.h"
#include "stats.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct cpuid_page;
struct vp;

enum partition_state {
	PARTITION_CREATED,
	PARTITION_ACTIVE,
	PARTITION_ENDING,
	PARTITION_FINALIZED,
};

/* What INSTALL_INTERCEPT asked for: HV_INTERCEPT_ON_*, or a bit each. */
struct intercepts {
	uint32_t msr, cpuid, io;
	uint32_t exceptions;	/* by vector */
	bool hypercall, connection, retarget;
};

struct partition {
	uint64_t id;
	void *vendor;		/* nested page tables and the like */
	struct lock map_lock;	/* the nested page tables */
	uint64_t generation;	/* atomic: of the map; see memory_flush() */
	struct overlay *overlays;	/* a child's; with map_lock */
	struct pool pool;
	struct vp **vp;		/* by index; a child's are set once, atomic */
	unsigned int vp_count;	/* the highest index of a child's, plus one */
	/* FEATURES as CPUID shows them: EAX, and EBX in bits 63:32. A child's
	 * are set before its first VP is made. */
	uint64_t privileges;
	/* Its TSC is the machine's plus tsc_shift, or tsc_stopped while it
	 * stands still; VPs add what they wrote. Its reference time is
	 * TSC * scale >> 64, plus time_base. All atomic: partition_time.c. */
	uint64_t tsc_shift, tsc_stopped, time_base;
	uint64_t time_lag;	/* the machine's time less its own */
	bool time_stands;
	uint64_t guest_os_id;
	uint64_t hypercall_page;	/* the MSR: page, locked, enable */
	uint64_t tsc_page;
	struct stats stats;

	/* struct port and struct connection; LOCK_PORTS, and for connections
	 * connection_lock as well. */
	struct lock connection_lock;
	struct idtable ports, connections, doorbells;
	struct connection **doorbell_buckets;	/* a page: connection.c */
	uint64_t doorbell_window;	/* atomic; address, 0: none */

	/* Of children only. */
	struct lock lock;	/* all that follows, and making VPs */
	enum partition_state state;	/* atomic */
	uint64_t flags;		/* HV_CREATE_* */
	uint64_t disabled_features[2], disabled_xsave;
	uint64_t synthetic;	/* property SYNTHETIC_FEATURES */
	uint64_t privilege_flags;	/* property PRIVILEGE_FLAGS */
	bool has_privilege_flags;
	struct overlay hypercall_overlay, tsc_overlay;
	uint32_t tsc_sequence;	/* of the reference TSC page */
	uint64_t crash[5];	/* CRASH_P0 to P4 */
	bool msr_zero;		/* unknown MSRs read as 0, else #GP */
	bool frozen;		/* atomic; TIME_FREEZE: VPs do not run */
	struct intercepts intercepts;	/* atomic reads */
	struct cpuid_page *cpuid;	/* results that were registered */
};

#define PARENT_ID 1

/* VPs of one child; the list is one page. */
#define PARTITION_VPS 512

extern struct partition *parent;

/* Makes the parent partition with one VP for each processor. */
void partition_init_parent(void);

/* The parent, when an identity in a hypercall of the parent names it, or NULL.
 * HV_PARTITION_ID_SELF is the parent. */
struct partition *partition_find(uint64_t id);

/* The partition with that identity, which stays until partition_put(); NULL
 * when there is none. The parent needs no put, but may have it. */
struct partition *partition_get(uint64_t id);
void partition_put(struct partition *partition);

/* A child that is active. Else INVALID_PARTITION_ID, ACCESS_DENIED for the
 * parent, INVALID_PARTITION_STATE. */
uint16_t partition_get_active(uint64_t id, struct partition **child);

/* Its reference time, 100 ns units: a child's since it was made, without the
 * time that it was frozen. */
uint64_t partition_time(const struct partition *partition);

/* When the machine's time is what, for a deadline in the partition's; as long
 * as the partition is not frozen. */
static inline uint64_t partition_to_machine(const struct partition *partition,
	uint64_t time)
{
	return time + __atomic_load_n(&partition->time_lag, __ATOMIC_RELAXED);
}

/* The TSC of its VPs, but for what they wrote themselves. */
uint64_t partition_tsc(const struct partition *partition);

/* The time of a new partition begins; it stands still, and goes on; it is
 * set. */
void partition_start_time(struct partition *partition);
void partition_stop_time(struct partition *partition, bool stop);
void partition_set_time(struct partition *partition, uint64_t time);

/* Children there are. */
unsigned int partition_count(void);

#endif
