/* DISPATCH_VP: the parent lends its processor to a child's VP.
 * docs/partitions.md, "Running". */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/status.h"
#include "../lib/asm.h"
#include "assist.h"
#include "child.h"
#include "child_msr.h"
#include "hypercall.h"
#include "intercept.h"
#include "machine.h"
#include "panic.h"
#include "partition.h"
#include "register.h"
#include "sleeper.h"
#include "stats.h"
#include "vp.h"

#define RFLAGS_IF (1ull << 9)

struct outcome {
	uint32_t state, event;
};

static const struct outcome again = {HV_DISPATCH_READY, HV_EVENT_NONE};
static const struct outcome blocked = {HV_DISPATCH_BLOCKED, HV_EVENT_NONE};
static const struct outcome suspended = {HV_DISPATCH_BLOCKED,
	HV_EVENT_SUSPEND};
static const struct outcome intercepted = {HV_DISPATCH_READY,
	HV_EVENT_INTERCEPT};

/* Vectors that the parent's driver left in the register page. */
static void scan_vectors(struct vp *vp)
{
	struct child *child = vp->child;
	uint64_t vectors;
	unsigned int count, i;

	if (!__atomic_load_n(&child->registers->vectors, __ATOMIC_RELAXED))
		return;
	vectors = __atomic_exchange_n(&child->registers->vectors, 0,
		__ATOMIC_SEQ_CST);
	count = vectors & 0xff;
	for (i = 1; i <= count && i <= 7; i++)
		vlapic_accept(&child->lapic, (uint8_t)(vectors >> i * 8),
			false);
}

static void serve_init(struct vp *vp)
{
	/* The first VP starts where it does at power-on. */
	struct vp_entry entry = {.power_on = !vp->index};

	vlapic_init(&vp->child->lapic);
	vp->gpr[GPR_RDX] = cpuid(1, 0).eax;
	vp_ops->vp_reset(vp, &entry);
	vp->child->waits_sipi = vp->index != 0;
	vp->child->halted = vp->child->dead = false;
	vp->child->event.pending = false;
	synic_child_reset(vp);
	__atomic_store_n(&vp->child->nmi, false, __ATOMIC_SEQ_CST);
}

/* What others asked of the VP. */
static void serve_requests(struct vp *vp)
{
	struct child *child = vp->child;

	if (__atomic_load_n(&child->init, __ATOMIC_SEQ_CST)) {
		/* START_VP looks at both without a claim: never at neither. */
		__atomic_store_n(&child->waits_sipi, vp->index != 0,
			__ATOMIC_SEQ_CST);
		__atomic_store_n(&child->init, false, __ATOMIC_SEQ_CST);
		serve_init(vp);
	}
	if (__atomic_exchange_n(&child->sipi, false, __ATOMIC_SEQ_CST) &&
			child->waits_sipi) {
		struct vp_entry entry = {.vector = child->sipi_vector};

		child->waits_sipi = false;
		vp_ops->vp_reset(vp, &entry);
	}
	if (child->waits_sipi)
		return;
	if (__atomic_exchange_n(&child->nmi, false, __ATOMIC_SEQ_CST)) {
		child->halted = false;
		vp_ops->nmi(vp);
	}
}

/* The PIC's interrupt, if it comes through: CHILD_EXTINT | vector, or 0. The
 * parent may take it back, or change it, at any time. */
static uint16_t takes_extint(const struct child *child)
{
	uint16_t extint = __atomic_load_n(&child->extint, __ATOMIC_SEQ_CST);

	return extint && vlapic_takes_extint(&child->lapic) ? extint : 0;
}

/* Whether the VP would take an interrupt now if its IF allowed. */
static bool has_interrupt(struct child *child)
{
	return takes_extint(child) || vlapic_pending(&child->lapic) >= 0;
}

/* Whether an interrupt ends the VP's HLT, or its GUEST_IDLE: that one whatever
 * keeps the interrupt from the VP, its priority too. Linux waits there for a
 * lock also where it has not yet acknowledged the interrupt that it is in. */
static bool is_interrupted(const struct vp *vp)
{
	struct child *child = vp->child;

	if (child->idle)
		return takes_extint(child) || vlapic_has_request(&child->lapic);
	return vp_ops->get(vp, VP_RFLAGS) & RFLAGS_IF &&
		has_interrupt(child);
}

static bool has_work(const struct vp *vp)
{
	const struct child *child = vp->child;

	if (child->dead)
		return child->init;
	/* serve_requests() leaves an NMI for later. */
	if (child->waits_sipi)
		return child->init || child->sipi;
	return child->nmi || child->init || child->sipi ||
		child->registers->vectors || child->event.pending ||
		(child->halted && is_interrupted(vp));
}

/* The machine's time of what the VP waits for next; 0: nothing. asleep: only
 * what would wake it. */
static uint64_t deadline_of(const struct vp *vp, bool asleep)
{
	uint64_t next = vlapic_deadline(&vp->child->lapic);
	uint64_t timer = synic_child_deadline(&vp->child->synic, asleep);

	if (!next || (timer && timer < next))
		next = timer;
	/* What is so far off never comes, and would wrap. */
	return next && !(next >> 62) ? partition_to_machine(vp->partition,
		next) : 0;
}

/* The VP waits; false when something is pending meanwhile. */
static bool block(struct vp *vp)
{
	struct child *child = vp->child;
	uint64_t wake = deadline_of(vp, true);

	vp->stats.page[STATS_VP_DISPATCH_BLOCKED] = 1;
	if (wake)
		sleeper_add(vp, wake);
	/* Pairs with child_wake(). */
	__atomic_store_n(&child->blocked, true, __ATOMIC_SEQ_CST);
	if (!has_work(vp) && (!wake || machine_time() < wake))
		return true;
	/* Who clears it first says so to the parent. */
	if (!__atomic_exchange_n(&child->blocked, false, __ATOMIC_SEQ_CST))
		return true;
	sleeper_remove(vp);
	vp->stats.page[STATS_VP_DISPATCH_BLOCKED] = 0;
	return false;
}

/* Whether only the task priority keeps an interrupt from the VP. */
static bool is_masked(struct vlapic *lapic)
{
	uint8_t tpr = vlapic_tpr(lapic);
	bool is_pending;

	vlapic_set_tpr(lapic, 0);
	is_pending = vlapic_pending(lapic) >= 0;
	vlapic_set_tpr(lapic, tpr);
	return is_pending;
}

/* Interrupts that the VP has accepted since its last entry, and the next. */
static void prepare_interrupt(struct vp *vp)
{
	struct child *child = vp->child;
	uint16_t extint;
	int vector;

	assist_retract(vp);
	extint = takes_extint(child);
	vector = extint ? (uint8_t)extint : vlapic_pending(&child->lapic);

	child->injected = vector < 0 ? 0 : (uint8_t)vector;
	child->injected_extint = extint;
	child->masked = vector < 0 && is_masked(&child->lapic);
	if (child->injected && !child->injected_extint &&
			!synic_child_is_auto_eoi(&child->synic,
			child->injected))
		assist_offer(vp, child->injected);
	vp_ops->interrupt(vp, child->injected);
	if (child->injected && !child->injected_extint)
		vlapic_offer(&child->lapic, child->injected);
}

void child_interrupt_taken(struct vp *vp)
{
	struct child *child = vp->child;
	uint16_t extint = child->injected_extint;
	uint8_t vector = child->injected;

	child->injected = 0;
	child->halted = false;
	/* Another one may be there already. */
	if (extint)
		__atomic_compare_exchange_n(&child->extint, &extint, 0, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	else if (!synic_child_is_auto_eoi(&child->synic, vector))
		vlapic_deliver(&child->lapic, vector);
}

void child_interrupt_kept(struct vp *vp)
{
	struct child *child = vp->child;

	if (child->injected && !child->injected_extint)
		vlapic_retract(&child->lapic, child->injected);
	child->injected = 0;
}

/* Whether this processor is wanted for something else. */
static bool must_leave(const struct vp *vp)
{
	const struct child *child = vp->child;

	return child->interrupted || __atomic_load_n(&child->wanted,
			__ATOMIC_SEQ_CST) || __atomic_load_n(
			&vp->cpu->vp->requests, __ATOMIC_SEQ_CST) ||
		__atomic_load_n(&panicked, __ATOMIC_RELAXED) ||
		__atomic_load_n(&vp->partition->frozen, __ATOMIC_SEQ_CST) ||
		__atomic_load_n(&vp->partition->state, __ATOMIC_SEQ_CST) !=
			PARTITION_ACTIVE;
}

/* The next time at which the processor must look at the VP; 0: none. */
static uint64_t next_time(const struct vp *vp, uint64_t until)
{
	uint64_t next = deadline_of(vp, false);

	return !next || (until && until < next) ? until : next;
}

/* Whether the worker can give the VP an interrupt now, and wants to know. */
static bool is_deliverable(const struct vp *vp)
{
	const struct child *child = vp->child;

	return child->deliverable && !child->waits_sipi && !child->dead &&
		!child->event.pending &&
		vp_ops->get(vp, VP_RFLAGS) & RFLAGS_IF &&
		!vp_ops->get(vp, VP_SHADOW);
}

/* After most exits the VP goes on as it was. What others want of it meanwhile
 * comes with an NMI, which waits and is the next exit, as our own deadlines
 * are: child_call(), machine_kick(). */
static bool goes_on(const struct vp *vp)
{
	const struct child *child = vp->child;

	return child->steady && !must_leave(vp) && !child->event.pending &&
		!__atomic_load_n(&child->registers->vectors, __ATOMIC_RELAXED);
}

/* Until something ends it, a time slice (reference time, or 0) for one. */
static struct outcome run(struct vp *vp, uint64_t until)
{
	struct child *child = vp->child;

	for (;;) {
		if (must_leave(vp) || (until && machine_time() >= until))
			return again;
		if (child->intercepted)
			return intercepted;
		if (vlapic_deadline(&child->lapic))
			vlapic_timer(&child->lapic,
				partition_time(vp->partition));
		/* Its partition may have been frozen meanwhile. */
		if (child->tsc_shift != __atomic_load_n(
				&vp->partition->tsc_shift, __ATOMIC_SEQ_CST))
			child_load_tsc(vp);
		serve_requests(vp);
		scan_vectors(vp);
		if (synic_child_has_work(&child->synic)) {
			synic_child_serve(vp);
			/* The parent waited for an empty slot. */
			if (child->intercepted)
				continue;
		}
		/* A single step over HLT ends it, too. */
		if (child->halted && (child->event.pending ||
				is_interrupted(vp)))
			child->halted = false;
		if (is_deliverable(vp)) {
			intercept_deliverable(vp);
			continue;
		}
		if (child->halted || child->waits_sipi || child->dead) {
			/* Not at once again: interrupts wait meanwhile. */
			return block(vp) ? blocked : again;
		}
		prepare_interrupt(vp);
		synic_deadline(vp->cpu->vp, next_time(vp, until));
		do {
			stats_exit(vp, vp_run(vp));
		} while (goes_on(vp));
	}
}

/* The VP is this processor's. */
static struct outcome dispatch(struct vp *vp, uint32_t flags, uint64_t slice)
{
	struct child *child = vp->child;
	uint64_t now = machine_time(), until = 0;
	struct outcome outcome;

	if (slice && slice < ~0ull - now)
		until = now + slice;
	if (child->explicit_suspend || vp->partition->frozen) {
		__atomic_store_n(&child->suspended, true, __ATOMIC_SEQ_CST);
		/* It may have ended meanwhile: property_set_partition(). */
		if (child->explicit_suspend || __atomic_load_n(
				&vp->partition->frozen, __ATOMIC_SEQ_CST))
			return suspended;
		child_resume(vp);
		return suspended;
	}
	if (flags & HV_DISPATCH_CLEAR_INTERCEPT)
		child->intercept_suspend = false;
	if (child->intercept_suspend)
		return intercepted;
	if (__atomic_exchange_n(&child->blocked, false, __ATOMIC_SEQ_CST))
		vp->stats.page[STATS_VP_DISPATCH_BLOCKED] = 0;
	/* Who cleared it late meant a sleep before this one. */
	sleeper_remove(vp);
	register_page_load(vp);
	vp->cpu = cpu_self();
	/* What was before is the parent's time. */
	vp->cpu->left = now;
	child_load_tsc(vp);
	child->interrupted = child->intercepted = false;
	machine_child_enter(vp);
	outcome = run(vp, until);
	machine_child_leave(vp);
	synic_deadline(vp->cpu->vp, 0);
	if (child->intercepted) {
		child->intercept_suspend = true;
		register_page_store(vp);
		return intercepted;
	}
	return outcome;
}

static uint16_t dispatch_exclusive(struct vp *vp,
	const struct hv_dispatch_in *in, struct outcome *outcome)
{
	uint32_t nobody = 0;

	if (!__atomic_compare_exchange_n(&vp->child->busy, &nobody,
			cpu_self()->index + 1, false, __ATOMIC_SEQ_CST,
			__ATOMIC_SEQ_CST)) {
		/* Somebody changes it, or runs it: come again. */
		*outcome = again;
		return HV_STATUS_SUCCESS;
	}
	if (vp->child->dispatch_suspend) {
		child_release(vp);
		return HV_STATUS_INVALID_VP_STATE;
	}
	*outcome = dispatch(vp, in->flags, in->time_slice);
	child_release(vp);
	return HV_STATUS_SUCCESS;
}

uint16_t dispatch_vp(struct hypercall *call)
{
	/* A child's own calls use the processor's copies of in and out. */
	const struct hv_dispatch_in in = *(const struct hv_dispatch_in *)
		call->in;
	struct hv_dispatch_out *out = call->out;
	struct outcome outcome = again;
	struct partition *partition;
	uint16_t status = partition_get_active(in.partition_id, &partition);
	struct vp *vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = child_find(partition, in.vp_index);
	if (!vp)
		status = HV_STATUS_INVALID_VP_INDEX;
	else if (in.flags & ~HV_DISPATCH_KNOWN_FLAGS)
		status = HV_STATUS_INVALID_PARAMETER;
	else
		status = dispatch_exclusive(vp, &in, &outcome);
	partition_put(partition);
	out->state = outcome.state;
	out->event = outcome.event;
	return status;
}
