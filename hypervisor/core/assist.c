/* The VP assist page of children.
 *
 * The processor takes an interrupt without an exit, so "no EOI required" is set
 * when one is offered, and only when none is in service: whoever clears it has
 * ended just that one. While it is set nothing else waits in the APIC; what
 * comes makes the VP exit, and the bit is taken back. */
/* SPDX-License-Identifier: MIT */
#include "assist.h"

#include "child.h"
#include "child_msr.h"
#include "vp.h"

#define NO_EOI_REQUIRED	1u

static uint32_t *word(const struct vp *vp)
{
	return vp->child->assist.page;
}

static void eoi(struct vp *vp)
{
	struct vlapic_effect effect = {.ipi = false};

	/* It was not level-triggered: nobody else hears of it. */
	vlapic_eoi(&vp->child->lapic, &effect);
}

void assist_collect(struct vp *vp)
{
	struct child *child = vp->child;

	if (!child->lazy_eoi || __atomic_load_n(word(vp), __ATOMIC_SEQ_CST) &
			NO_EOI_REQUIRED)
		return;
	child->lazy_eoi = false;
	eoi(vp);
}

static void take_back(struct vp *vp)
{
	uint32_t old = __atomic_fetch_and(word(vp), ~NO_EOI_REQUIRED,
		__ATOMIC_SEQ_CST);

	vp->child->lazy_eoi = false;
	if (!(old & NO_EOI_REQUIRED))
		eoi(vp);
}

void assist_retract(struct vp *vp)
{
	if (vp->child->lazy_eoi && vlapic_has_request(&vp->child->lapic))
		take_back(vp);
}

void assist_offer(struct vp *vp, uint8_t vector)
{
	struct child *child = vp->child;

	if (child->lazy_eoi || !overlay_is_on(&child->assist) ||
			!vlapic_is_lone(&child->lapic, vector))
		return;
	__atomic_fetch_or(word(vp), NO_EOI_REQUIRED, __ATOMIC_SEQ_CST);
	child->lazy_eoi = true;
}

bool assist_write(struct vp *vp, uint64_t value)
{
	/* What the guest has noted counts, whatever becomes of the page. */
	assist_collect(vp);
	if (vp->child->lazy_eoi)
		take_back(vp);
	return overlay_write(vp->partition, &vp->child->assist, value,
		MAP_READ | MAP_WRITE);
}
