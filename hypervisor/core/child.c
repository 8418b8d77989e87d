/* Virtual processors of children: their life, and who may touch them. */
/* SPDX-License-Identifier: MIT */
#include "child.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/asm.h"
#include "../lib/string.h"
#include "child_msr.h"
#include "guest_page.h"
#include "hypercall.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "partition.h"
#include "signal.h"
#include "sleeper.h"
#include "vp.h"

static_assert(sizeof(struct child) <= HV_PAGE_SIZE, "one page");

/* MTRRs are off after a reset. SDM v3 12.11.5 */
#define MISC_ENABLE_RESET	1ull	/* fast strings */

struct vp *child_find(struct partition *partition, uint32_t index)
{
	if (index >= PARTITION_VPS)
		return NULL;
	return __atomic_load_n(&partition->vp[index], __ATOMIC_ACQUIRE);
}

void child_claim(struct vp *vp)
{
	struct child *child = vp->child;
	uint32_t mine = cpu_self()->index + 1, who = 0;

	__atomic_add_fetch(&child->wanted, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_compare_exchange_n(&child->busy, &who, mine, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		/* A dispatch sees 'wanted' and ends. */
		if (who)
			machine_kick(who - 1);
		who = 0;
		pause();
	}
	__atomic_sub_fetch(&child->wanted, 1, __ATOMIC_SEQ_CST);
}

bool child_try_claim(struct vp *vp)
{
	uint32_t nobody = 0;

	if (__atomic_compare_exchange_n(&vp->child->busy, &nobody,
			cpu_self()->index + 1, false, __ATOMIC_SEQ_CST,
			__ATOMIC_SEQ_CST))
		return true;
	child_call(vp);
	return false;
}

void child_release(struct vp *vp)
{
	__atomic_store_n(&vp->child->busy, 0, __ATOMIC_SEQ_CST);
}

void child_call(struct vp *vp)
{
	uint32_t who = __atomic_load_n(&vp->child->busy, __ATOMIC_SEQ_CST);

	if (who && who - 1 != cpu_self()->index)
		machine_kick(who - 1);
	else if (who)
		vp->child->settled = false;
}

void child_wake(struct vp *vp)
{
	struct child *child = vp->child;
	bool was_blocked;

	/* Pairs with block() in dispatch.c: what is pending is stored; and with
	 * child_quiet(), which waits for a signal under way. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&child->blocked, __ATOMIC_SEQ_CST)) {
		child_call(vp);
		return;
	}
	__atomic_add_fetch(&child->pinned, 1, __ATOMIC_SEQ_CST);
	was_blocked = __atomic_exchange_n(&child->blocked, false,
		__ATOMIC_SEQ_CST);
	if (was_blocked) {
		sleeper_remove(vp);
		signal_send(vp);
	}
	__atomic_sub_fetch(&child->pinned, 1, __ATOMIC_SEQ_CST);
	if (!was_blocked)
		child_call(vp);
}

void child_wake_pinned(struct vp *vp)
{
	if (__atomic_exchange_n(&vp->child->blocked, false, __ATOMIC_SEQ_CST))
		signal_send(vp);
	__atomic_sub_fetch(&vp->child->pinned, 1, __ATOMIC_SEQ_CST);
}

void child_reset(struct vp *vp)
{
	struct child *child = vp->child;
	struct partition *partition = vp->partition;
	struct vp_entry entry = {.power_on = true};

	vlapic_reset(&child->lapic, vp->index, !vp->index,
		partition->flags & HV_CREATE_X2APIC);
	/* Its TSC is the partition's at first. */
	child->tsc_offset = 0;
	memset(vp->gpr, 0, sizeof(vp->gpr));
	vp->gpr[GPR_RDX] = cpuid(1, 0).eax;
	vp_ops->vp_reset(vp, &entry);
	child_load_tsc(vp);
	child->waits_sipi = vp->index != 0;
	child->halted = child->dead = false;
	child->event = (struct child_event){.pending = false};
	child->xcr0 = 1;
	child->misc_enable = MISC_ENABLE_RESET;
	child->mtrr_default = 0;
	machine_fpu_reset(child->fpu);
	synic_child_reset(vp);
}

/* The pages of a VP; false when there are too few. */
static bool furnish(struct vp *vp, struct pool *pool)
{
	struct child *child = pool_take(pool);

	if (!child)
		return false;
	vp->child = child;
	child->fpu = pool_take(pool);
	child->registers = pool_take(pool);
	child->message = pool_take(pool);
	vp->stats.page = pool_take(pool);
	vp->stats.deposited = true;
	return child->fpu && child->registers && child->message &&
		vp->stats.page && synic_child_make(vp, pool) &&
		guest_make_vp(vp) && vp_ops->vp_init(vp);
}

void child_quiet(struct vp *vp)
{
	struct child *child = vp->child;

	if (__atomic_exchange_n(&child->blocked, false, __ATOMIC_SEQ_CST))
		vp->stats.page[STATS_VP_DISPATCH_BLOCKED] = 0;
	__atomic_store_n(&child->suspended, false, __ATOMIC_SEQ_CST);
	sleeper_remove(vp);
	/* Its timer expires on another processor just now, or it is woken
	 * there: that one is about to find it not blocked, or to send the last
	 * signal. */
	while (__atomic_load_n(&child->pinned, __ATOMIC_SEQ_CST))
		pause();
}

void child_resume(struct vp *vp)
{
	struct child *child = vp->child;

	__atomic_add_fetch(&child->pinned, 1, __ATOMIC_SEQ_CST);
	if (__atomic_exchange_n(&child->suspended, false, __ATOMIC_SEQ_CST))
		signal_send(vp);
	__atomic_sub_fetch(&child->pinned, 1, __ATOMIC_SEQ_CST);
}

static void give(struct pool *pool, void *page)
{
	if (page)
		pool_give(pool, page);
}

static void strip(struct vp *vp, struct pool *pool)
{
	struct child *child = vp->child;

	vp_ops->vp_end(vp);
	stats_free(&vp->stats, pool);
	if (child) {
		guest_free_vp(vp);
		if (child->registers_mapped)
			memory_hide(child->registers);
		if (child->message_mapped)
			memory_hide(child->message);
		give(pool, child->fpu);
		give(pool, child->registers);
		give(pool, child->message);
		synic_child_free(vp, pool);
		pool_give(pool, child);
	}
	pool_give(pool, vp);
}

bool child_free(struct vp *vp)
{
	sleeper_remove(vp);
	/* In this order: who pins it lists it before it lets go. */
	if (__atomic_load_n(&vp->child->pinned, __ATOMIC_SEQ_CST) ||
			__atomic_load_n(&vp->child->listed, __ATOMIC_SEQ_CST)) {
		/* The parent may never make room for it. */
		signal_forget();
		return false;
	}
	strip(vp, &vp->partition->pool);
	return true;
}

static uint16_t make(struct partition *partition, uint32_t index)
{
	struct vp *vp;

	if (child_find(partition, index))
		return HV_STATUS_INVALID_VP_STATE;
	if (!guest_make(partition))
		return HV_STATUS_INSUFFICIENT_MEMORY;
	vp = pool_take(&partition->pool);
	if (!vp)
		return HV_STATUS_INSUFFICIENT_MEMORY;
	vp->partition = partition;
	vp->index = index;
	vp->cpu = cpu_self();
	vp->created = true;
	if (!furnish(vp, &partition->pool)) {
		strip(vp, &partition->pool);
		return HV_STATUS_INSUFFICIENT_MEMORY;
	}
	child_reset(vp);
	if (index >= partition->vp_count)
		__atomic_store_n(&partition->vp_count, index + 1,
			__ATOMIC_SEQ_CST);
	__atomic_store_n(&partition->vp[index], vp, __ATOMIC_RELEASE);
	guest_update_tsc(partition);
	return HV_STATUS_SUCCESS;
}

uint16_t child_create(struct partition *partition, uint32_t index)
{
	uint16_t status;

	if (index >= PARTITION_VPS)
		return HV_STATUS_INVALID_VP_INDEX;
	lock_take(&partition->lock);
	status = make(partition, index);
	lock_give(&partition->lock);
	return status;
}

/* Its pages stay until the partition ends: others may just look at it. */
uint16_t child_delete(struct hypercall *call)
{
	const struct hv_delete_vp_in *in = call->in;
	struct partition *partition;
	uint16_t status = partition_get_active(in->partition_id, &partition);
	struct vp *vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = child_find(partition, in->vp_index);
	if (vp) {
		child_claim(vp);
		vp->child->dispatch_suspend = true;
		child_quiet(vp);
		child_release(vp);
	} else {
		status = HV_STATUS_INVALID_VP_INDEX;
	}
	partition_put(partition);
	return status;
}
