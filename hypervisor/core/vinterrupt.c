/* Interrupts for children's VPs: from the parent, and from each other. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "child.h"
#include "hypercall.h"
#include "partition.h"
#include "vp.h"

/* The ICR. SDM v3 11.6.1 */
#define ICR_VECTOR(icr)		((uint8_t)(icr))
#define ICR_DELIVERY(icr)	((uint32_t)(icr) >> 8 & 7)
#define ICR_LOGICAL		0x800u
#define ICR_ASSERT		0x4000u
#define ICR_LEVEL		0x8000u
#define ICR_SHORTHAND(icr)	((uint32_t)(icr) >> 18 & 3)
#define BROADCAST		0xffffffffu

enum { FIXED, LOWEST, SMI, RESERVED, NMI, INIT, SIPI, EXTINT };
enum { NO_SHORTHAND, SELF, ALL, OTHERS };

/* What arrives at one VP. */
struct interrupt {
	uint32_t type;
	uint8_t vector;
	bool level;
};

static void set(bool *flag)
{
	__atomic_store_n(flag, true, __ATOMIC_SEQ_CST);
}

static void deliver(struct vp *vp, const struct interrupt *interrupt)
{
	struct child *child = vp->child;

	switch (interrupt->type) {
	case FIXED:
	case LOWEST:
		if (!vlapic_accept(&child->lapic, interrupt->vector,
				interrupt->level))
			return;
		break;
	case NMI:
		set(&child->nmi);
		break;
	case INIT:
		/* A start-up before it is no start. */
		__atomic_store_n(&child->sipi, false, __ATOMIC_SEQ_CST);
		set(&child->init);
		break;
	case SIPI:
		child->sipi_vector = interrupt->vector;
		set(&child->sipi);
		break;
	case EXTINT:
		__atomic_store_n(&child->extint, CHILD_EXTINT |
			interrupt->vector, __ATOMIC_SEQ_CST);
		break;
	default:
		return;
	}
	child_wake(vp);
}

/* To all that the destination names; to the first of them with LOWEST. */
static void send(struct partition *partition,
	const struct interrupt *interrupt, uint32_t destination, bool logical,
	bool x2apic_form, const struct vp *except)
{
	uint32_t count = __atomic_load_n(&partition->vp_count,
		__ATOMIC_SEQ_CST), i;

	for (i = 0; i < count; i++) {
		struct vp *vp = child_find(partition, i);

		if (!vp || vp == except || !vlapic_is_target(&vp->child->lapic,
				destination, logical, x2apic_form))
			continue;
		deliver(vp, interrupt);
		if (interrupt->type == LOWEST)
			return;
	}
}

void child_send_ipi(struct vp *from, uint64_t icr, bool x2apic_form)
{
	struct interrupt interrupt = {
		.type = ICR_DELIVERY(icr), .vector = ICR_VECTOR(icr),
	};
	uint32_t destination = (uint32_t)(icr >> 32);

	/* INIT level de-assert does nothing since the Pentium 4. */
	if (interrupt.type == INIT && icr & ICR_LEVEL && !(icr & ICR_ASSERT))
		return;
	switch (ICR_SHORTHAND(icr)) {
	case SELF:
		deliver(from, &interrupt);
		return;
	case ALL:
		send(from->partition, &interrupt, BROADCAST, false, true,
			NULL);
		return;
	case OTHERS:
		send(from->partition, &interrupt, BROADCAST, false, true,
			from);
		return;
	}
	send(from->partition, &interrupt, destination, icr & ICR_LOGICAL,
		x2apic_form, NULL);
}

/* The pins of every VP: LINT0 takes the PIC's interrupt, LINT1 NMIs. */
static void pulse(struct partition *partition, unsigned int pin,
	uint64_t destination)
{
	struct vp *vp = destination < PARTITION_VPS ? child_find(partition,
		(uint32_t)destination) : NULL;
	struct interrupt interrupt = {.type = RESERVED};
	enum vlapic_delivery delivery;

	if (!vp)
		return;
	child_claim(vp);
	delivery = vlapic_lint(&vp->child->lapic, pin, &interrupt.vector,
		&interrupt.level);
	child_release(vp);
	if (delivery == VLAPIC_FIXED)
		interrupt.type = FIXED;
	else if (delivery == VLAPIC_NMI)
		interrupt.type = NMI;
	else if (delivery == VLAPIC_INIT)
		interrupt.type = INIT;
	deliver(vp, &interrupt);
}

static uint16_t check(const struct hv_assert_interrupt_in *in)
{
	if (in->flags & ~(HV_INTERRUPT_LEVEL | HV_INTERRUPT_LOGICAL))
		return HV_STATUS_INVALID_PARAMETER;
	switch (in->type) {
	case HV_INTERRUPT_FIXED:
	case HV_INTERRUPT_LOWEST:
		return in->vector > 15 && in->vector < 256 ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
	case HV_INTERRUPT_SIPI:
	case HV_INTERRUPT_EXTINT:
		return in->vector < 256 ? HV_STATUS_SUCCESS :
			HV_STATUS_INVALID_PARAMETER;
	case HV_INTERRUPT_NMI:
	case HV_INTERRUPT_INIT:
	case HV_INTERRUPT_LINT0:
	case HV_INTERRUPT_LINT1:
		return HV_STATUS_SUCCESS;
	}
	return HV_STATUS_INVALID_PARAMETER;
}

uint16_t vinterrupt_assert(struct hypercall *call)
{
	const struct hv_assert_interrupt_in *in = call->in;
	struct interrupt interrupt = {in->type, (uint8_t)in->vector,
		in->flags & HV_INTERRUPT_LEVEL};
	struct partition *partition;
	uint16_t status = partition_get_active(in->partition_id, &partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	status = check(in);
	if (status == HV_STATUS_SUCCESS) {
		if (in->type >= HV_INTERRUPT_LINT0)
			pulse(partition, in->type - HV_INTERRUPT_LINT0,
				in->destination);
		else
			send(partition, &interrupt, (uint32_t)in->destination,
				in->flags & HV_INTERRUPT_LOGICAL,
				in->destination > 0xff, NULL);
	}
	partition_put(partition);
	return status;
}

/* Takes the PIC's interrupt back from all VPs. */
uint16_t vinterrupt_clear(struct hypercall *call)
{
	const struct hv_partition_in *in = call->in;
	struct partition *partition;
	uint16_t status = partition_get_active(in->partition_id, &partition);
	uint32_t i;

	if (status != HV_STATUS_SUCCESS)
		return status;
	for (i = 0; i < partition->vp_count; i++) {
		struct vp *vp = child_find(partition, i);

		if (vp)
			__atomic_store_n(&vp->child->extint, 0,
				__ATOMIC_SEQ_CST);
	}
	partition_put(partition);
	return status;
}
