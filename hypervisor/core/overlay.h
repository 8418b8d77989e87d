/* Overlay pages: pages of the hypervisor's that a child's VP lays over its own
 * memory (TLFS 5.2.1): hypercall page, reference TSC page, VP assist page, SynIC
 * message and event flags pages. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_OVERLAY_H
#define CORE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

struct partition;
struct pool;

/* What lies below it is kept as the parent maps it meanwhile, and is there
 * again when the overlay goes. With the partition's map_lock, but page and msr:
 * page does not change while the overlay lives, msr changes on the processor
 * of the VP whose register it is. */
struct overlay {
	uint64_t msr;		/* as written: page number, enable in bit 0 */
	void *page;		/* of the partition's pool; zeros at first */
	bool shown;		/* it is in the map */
	uint64_t gpa;		/* where, when it is shown */
	uint64_t below;		/* what the parent has mapped there: spa */
	unsigned int below_rights;	/* MAP_* */
	unsigned int rights;	/* of the VP on the page */
	struct overlay *next;	/* the partition's, topmost first */
};

/* Takes its page of the pool; false when there is none. */
bool overlay_make(struct pool *pool, struct overlay *overlay);

/* Gives the page back; it must not be shown. */
void overlay_free(struct pool *pool, struct overlay *overlay);

/* A write to the overlay's register: shows it, moves it, or hides it. rights:
 * MAP_READ and so on, of the VP. False, with nothing changed: reserved bits, an
 * address that cannot be memory, or no page for it or for a table (#GP). Pages that are
 * enabled at one address lie above each other, the last one on top. */
bool overlay_write(struct partition *child, struct overlay *overlay,
	uint64_t value, unsigned int rights);

/* The topmost at that address, or NULL; whether there is one in a range. With
 * the map's lock. */
struct overlay *overlay_at(const struct partition *child, uint64_t gpa);
bool overlay_within(const struct partition *child, uint64_t gpa,
	uint64_t size);

/* Off, with its register 0 and its page zeros: a reset, or the end of a VP. */
void overlay_hide(struct partition *child, struct overlay *overlay);

/* Whether the register says so: the page may be used by the hypervisor. */
static inline bool overlay_is_on(const struct overlay *overlay)
{
	return overlay->msr & 1;
}

#endif
