/* Guests' flushes of translations on other VPs. TLFS 9.4 */
/* SPDX-License-Identifier: MIT */
#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/asm.h"
#include "child.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"
#include "vpset.h"

/* Whether the VP runs in its partition, and so long that its processor may
 * still have what was translated before: who enters after the count was raised
 * flushes. Pairs with the vendor's entry, which says that it runs, then reads
 * the count. */
static bool is_stale(const struct vp *vp, uint64_t flushes, uint32_t *who)
{
	const struct child *child = vp->child;

	*who = __atomic_load_n(&child->busy, __ATOMIC_SEQ_CST);
	return *who && __atomic_load_n(&cpus[*who - 1]->running,
			__ATOMIC_SEQ_CST) == vp->partition &&
		__atomic_load_n(&child->flushed, __ATOMIC_SEQ_CST) < flushes;
}

/* A VP that does not run is only marked. */
static void mark(struct vp *vp)
{
	uint64_t flushes = __atomic_add_fetch(&vp->child->flushes, 1,
		__ATOMIC_SEQ_CST);
	uint32_t who;

	if (is_stale(vp, flushes, &who))
		machine_kick(who - 1);
}

/* Until what was marked is flushed, or does not run any more. Who waits does
 * not run itself, so two never wait for each other. */
static void wait(const struct vp *vp, uint64_t flushes)
{
	uint32_t who;

	while (is_stale(vp, flushes, &who)) {
		/* Another one when the first was lost. */
		machine_kick(who - 1);
		pause();
	}
}

/* All translations of each VP go, whatever was asked for: an entry of the
 * TLB cannot be found by its address from outside. */
static void flush(struct partition *partition, const struct vpset *set)
{
	uint32_t i = 0;
	struct vp *vp;

	while ((vp = vpset_next(set, partition, &i)))
		mark(vp);
	i = 0;
	while ((vp = vpset_next(set, partition, &i)))
		wait(vp, __atomic_load_n(&vp->child->flushes,
			__ATOMIC_SEQ_CST));
}

/* A list may have ranges of the extended form, and no global pages apart. */
static bool are_valid(const struct hypercall *call, uint64_t flags)
{
	uint64_t valid = HV_FLUSH_ALL_PROCESSORS | HV_FLUSH_ALL_SPACES;

	if (!call->reps)
		valid |= HV_FLUSH_NON_GLOBAL_ONLY;
	else if (call->vp->partition->privileges >> 32 & HV_EXTENDED_RANGES)
		valid |= HV_FLUSH_EXTENDED_RANGES;
	return !(flags & ~valid);
}

static uint16_t finish(struct hypercall *call, const struct vpset *set)
{
	flush(call->vp->partition, set);
	call->done = call->reps;
	return HV_STATUS_SUCCESS;
}

uint16_t flush_space(struct hypercall *call)
{
	const struct hv_flush_in *in = call->in;
	struct vpset set;

	if (!are_valid(call, in->flags))
		return HV_STATUS_INVALID_PARAMETER;
	if (in->flags & HV_FLUSH_ALL_PROCESSORS)
		vpset_all(&set);
	else
		vpset_mask(&set, in->processors);
	return finish(call, &set);
}

uint16_t flush_space_ex(struct hypercall *call)
{
	const struct hv_flush_ex_in *in = call->in;
	struct vpset set;
	uint16_t status;

	if (!are_valid(call, in->flags))
		return HV_STATUS_INVALID_PARAMETER;
	status = vpset_sparse(&set, &in->processors, call->variable);
	if (status != HV_STATUS_SUCCESS)
		return status;
	if (in->flags & HV_FLUSH_ALL_PROCESSORS)
		vpset_all(&set);
	return finish(call, &set);
}
