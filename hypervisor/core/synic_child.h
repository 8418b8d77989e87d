/* The synthetic interrupt controller and timers of a child's VP. TLFS 11 and
 * 12; docs/guests.md, "SynIC". */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_SYNIC_CHILD_H
#define CORE_SYNIC_CHILD_H

#include "lock.h"
#include "overlay.h"
#include "synic.h"

#include <stdbool.h>
#include <stdint.h>

struct hv_timers_state;
struct pool;
struct vp;

/* Who has the VP changes these. */
struct synic_child {
	struct lock lock;	/* both pages' contents, and what is marked */
	uint64_t control;	/* SCONTROL; others read it with the lock */
	uint64_t sint[SYNIC_SINTS];	/* this one, too */
	struct overlay messages, flags;
	uint64_t auto_eoi[4];	/* vectors that need no EOI */
	struct stimer timer[SYNIC_TIMERS];
	uint16_t armed;		/* bits of timers with a deadline */
	uint16_t undelivered;	/* ... whose message waits for its slot */
	uint16_t wanted;	/* SINTs: the parent waits for an empty slot */
};

/* Its two pages, where the partition may have a SynIC; false when the pool
 * has none. */
bool synic_child_make(struct vp *vp, struct pool *pool);
void synic_child_free(struct vp *vp, struct pool *pool);

/* As after INIT. What the parent waits for stays. */
void synic_child_reset(struct vp *vp);

/* MSRs from SCONTROL to STIMER3_COUNT; false means #GP. */
bool synic_child_read(const struct vp *vp, uint32_t msr, uint64_t *value);
bool synic_child_write(struct vp *vp, uint32_t msr, uint64_t value);

/* The VP took the interrupt: whether it needs no EOI. */
bool synic_child_is_auto_eoi(const struct synic_child *synic, uint8_t vector);

/* Serves timers that are due, messages that wait, and what the parent waits
 * for: that ends in an intercept. */
void synic_child_serve(struct vp *vp);

static inline bool synic_child_has_work(const struct synic_child *synic)
{
	return synic->armed | synic->undelivered | synic->wanted;
}

/* The reference time at which a timer is due; 0: none. Of a VP that is asleep,
 * those that would wake it. */
uint64_t synic_child_deadline(const struct synic_child *synic, bool asleep);

/* All four timers. False, with nothing changed: what cannot be. */
void synic_child_get_timers(const struct vp *vp,
	struct hv_timers_state *state);
bool synic_child_set_timers(struct vp *vp,
	const struct hv_timers_state *state);

/* One of the pages, whether it is on or not: it becomes data. */
void synic_child_set_page(struct synic_child *synic,
	struct overlay *overlay, const void *data);

#endif
