/* Overlay pages of children: shown in the nested tables instead of what the
 * parent maps there. TLFS 5.2.1 */
/* SPDX-License-Identifier: MIT */
#include "overlay.h"

#include "../abi/hypercall.h"
#include "../abi/msr.h"
#include "../lib/string.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "partition.h"
#include "vp.h"

#define SIZE_2M		0x200000ull
/* Where local APICs answer: never memory. */
#define APIC_PAGE	0xfee00000ull
#define OFFSET		(HV_PAGE_SIZE - 1ull)
#define AGE		(MAP_ACCESSED | MAP_DIRTY)

bool overlay_make(struct pool *pool, struct overlay *overlay)
{
	overlay->page = pool_take(pool);
	return overlay->page;
}

void overlay_free(struct pool *pool, struct overlay *overlay)
{
	ASSERT(!overlay->shown);
	if (overlay->page)
		pool_give(pool, overlay->page);
	overlay->page = NULL;
}

struct overlay *overlay_at(const struct partition *child, uint64_t gpa)
{
	struct overlay *overlay = child->overlays;

	while (overlay && overlay->gpa != (gpa & ~OFFSET))
		overlay = overlay->next;
	return overlay;
}

bool overlay_within(const struct partition *child, uint64_t gpa, uint64_t size)
{
	const struct overlay *overlay = child->overlays;

	while (overlay && overlay->gpa - gpa >= size)
		overlay = overlay->next;
	return overlay;
}

/* An entry of 4 KB that is there already: it cannot fail. */
static void put(struct partition *child, uint64_t gpa, uint64_t spa,
	unsigned int rights)
{
	ASSERT(vp_ops->map(child, gpa, spa, HV_PAGE_SIZE, rights & ~AGE,
		NULL));
	vp_ops->age(child, gpa, 0, rights & AGE);
}

/* Makes an entry of 4 KB with the same meaning, so that what follows cannot
 * fail. */
static bool prepare(struct partition *child, uint64_t gpa)
{
	struct mapping now;
	unsigned int age;

	vp_ops->look(child, gpa, &now);
	if (now.size == HV_PAGE_SIZE)
		return true;
	age = vp_ops->age(child, gpa, 0, 0);
	if (!vp_ops->map(child, gpa, now.spa + (gpa & (now.size - 1)),
			HV_PAGE_SIZE, now.rights, NULL)) {
		/* Some of the tables may have been made. */
		vp_ops->merge(child, gpa & ~(SIZE_2M - 1));
		return false;
	}
	vp_ops->age(child, gpa, 0, age);
	return true;
}

/* Only the topmost at an address knows what is below all of them. */
static void raise(struct partition *child, struct overlay *overlay,
	uint64_t gpa, unsigned int rights)
{
	const struct overlay *top = overlay_at(child, gpa);
	struct mapping now;

	if (top) {
		overlay->below = top->below;
		overlay->below_rights = top->below_rights;
	} else {
		overlay->below_rights = vp_ops->look(child, gpa, &now) |
			vp_ops->age(child, gpa, 0, 0);
		overlay->below = now.spa;
	}
	/* QEMU does not tell a fetch from a read. */
	overlay->rights = rights | MAP_EXECUTE | MAP_KNOWN;
	overlay->gpa = gpa;
	overlay->shown = true;
	overlay->next = child->overlays;
	child->overlays = overlay;
	put(child, gpa, memory_spa(overlay->page), overlay->rights);
}

static void unlink(struct partition *child, struct overlay *overlay)
{
	struct overlay **at = &child->overlays;

	while (*at != overlay)
		at = &(*at)->next;
	*at = overlay->next;
	overlay->shown = false;
}

static void lower(struct partition *child, struct overlay *overlay)
{
	bool is_top = overlay_at(child, overlay->gpa) == overlay;
	struct overlay *next;

	unlink(child, overlay);
	next = overlay_at(child, overlay->gpa);
	if (is_top && next) {
		next->below = overlay->below;
		next->below_rights = overlay->below_rights;
		put(child, next->gpa, memory_spa(next->page), next->rights);
	} else if (is_top) {
		put(child, overlay->gpa, overlay->below,
			overlay->below_rights);
	}
}

/* With the map's lock. Tables that were made for the old place alone go: a VP
 * may move its pages all over its addresses. */
static bool change(struct partition *child, struct overlay *overlay,
	uint64_t value, unsigned int rights)
{
	uint64_t from = overlay->gpa, to = value & ~OFFSET;
	bool on = value & HV_OVERLAY_ENABLE, was_on = overlay->shown;

	if (on && !prepare(child, to))
		return false;
	if (was_on)
		lower(child, overlay);
	if (on)
		raise(child, overlay, to, rights);
	if (was_on)
		vp_ops->merge(child, from & ~(SIZE_2M - 1));
	memory_flush(child);
	return true;
}

bool overlay_write(struct partition *child, struct overlay *overlay,
	uint64_t value, unsigned int rights)
{
	uint64_t gpa = value & ~OFFSET;
	bool done = true;

	if (value & OFFSET & ~(uint64_t)HV_OVERLAY_ENABLE ||
			gpa >= machine.physical_end || gpa == APIC_PAGE ||
			(value & HV_OVERLAY_ENABLE && !overlay->page))
		return false;
	lock_take(&child->map_lock);
	/* Writing the same again does not bring it to the top. */
	if (value != overlay->msr)
		done = change(child, overlay, value, rights);
	if (done)
		__atomic_store_n(&overlay->msr, value, __ATOMIC_SEQ_CST);
	lock_give(&child->map_lock);
	return done;
}

void overlay_hide(struct partition *child, struct overlay *overlay)
{
	lock_take(&child->map_lock);
	__atomic_store_n(&overlay->msr, 0, __ATOMIC_SEQ_CST);
	if (overlay->shown)
		change(child, overlay, 0, 0);
	if (overlay->page)
		memset(overlay->page, 0, HV_PAGE_SIZE);
	lock_give(&child->map_lock);
}
