/* Interrupts of the 8259 pair (ExtINT), delivered to VP 0. */
/* SPDX-License-Identifier: MIT */
#include "extint.h"

#include <string.h>

#include "alu.h"
#include "machine.h"
#include "mshv.h"
#include "order.h"
#include "say.h"
#include "vm.h"

#define LVT_MASKED	(1u << 16)
#define LVT_MODE	0x700u
#define LVT_EXTINT	0x700u
#define APIC_ENABLE	(1ull << 11)

/* SDM v3 11.5.1: LINT0 passes it on, or the APIC is switched off and is a
 * wire. Where that cannot be asked the guest has not masked it. */
static bool wired(struct vp *vp)
{
	struct hv_register base = { .name = HV_X64_REGISTER_APIC_BASE };
	struct hv_lapic lapic;

	if (!mshv_get_registers(vp->fd, 0, &base, 1) &&
	    !(base.value.reg64 & APIC_ENABLE))
		return true;
	if (mshv_get_lapic(vp->fd, &lapic))
		return true;
	return !(lapic.lvt_lint0 & LVT_MASKED) &&
		(lapic.lvt_lint0 & LVT_MODE) == LVT_EXTINT;
}

static bool can_take(struct vp *vp)
{
	struct hv_register state[] = {
		{ .name = HV_X64_REGISTER_RFLAGS },
		{ .name = HV_REGISTER_INTERRUPT_STATE },
		{ .name = HV_REGISTER_PENDING_INTERRUPTION },
	};

	if (mshv_get_registers(vp->fd, 0, state, 3))
		return false;
	return state[0].value.reg64 & FLAG_IF &&
		!(state[1].value.reg64 & HV_INTERRUPT_SHADOW) &&
		!(state[2].value.reg64 & HV_PENDING);
}

/* TLFS, deliverability notifications: a message when the VP can. */
static void order_window(struct vp *vp)
{
	struct vm *vm = vp->vm;
	int error;

	pthread_mutex_lock(&vm->lock);
	error = order(vp, HV_DELIVERABILITY_INTERRUPT);
	pthread_mutex_unlock(&vm->lock);
	if (error)
		say_limited("no notice of interrupts that can be delivered "
			"(hypervisor status 0x%x)", mshv_status());
}

static void deliver(struct vp *vp, uint8_t vector)
{
	/* An interrupt ends HLT. */
	struct hv_register event[] = {
		{ .name = HV_REGISTER_PENDING_INTERRUPTION,
		  .value.reg64 = HV_PENDING | HV_PENDING_INTERRUPT |
			(uint64_t)vector << 16 },
		{ .name = HV_REGISTER_INTERNAL_ACTIVITY_STATE },
	};

	if (mshv_set_registers(vp->fd, 0, event, 2))
		say_limited("interrupt %u of the 8259 is lost "
			"(hypervisor status 0x%x)", vector, mshv_status());
}

void extint_offer(struct vp *vp)
{
	struct vm *vm = vp->vm;
	bool requested;
	uint8_t vector;

	pthread_mutex_lock(&vm->lock);
	requested = machine_extint(vm->machine);
	pthread_mutex_unlock(&vm->lock);
	if (!requested || !wired(vp))
		return;
	if (!can_take(vp)) {
		order_window(vp);
		return;
	}
	pthread_mutex_lock(&vm->lock);
	requested = machine_extint(vm->machine);
	if (requested)
		vector = machine_acknowledge(vm->machine);
	pthread_mutex_unlock(&vm->lock);
	if (requested)
		deliver(vp, vector);
}
