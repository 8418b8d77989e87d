/* The registers of a VP's local APIC as MSRs: x2APIC, and the TSC deadline. SDM
 * v3 11.12 */
/* SPDX-License-Identifier: MIT */
#include "vlapic_icr.h"
#include "vlapic_register.h"
#include "vlapic_timer.h"

bool vlapic_msr_read(struct vlapic *vlapic, uint32_t msr, uint64_t now,
	uint64_t *value)
{
	uint32_t offset = (msr - LAPIC_MSR_FIRST) << 4, low;

	if (msr == LAPIC_MSR_TSC_DEADLINE) {
		vlapic_timer(vlapic, now);	/* 0 once it has expired */
		*value = vlapic->tsc_deadline;
		return true;
	}
	if (msr < LAPIC_MSR_FIRST || msr > LAPIC_MSR_LAST ||
			!vlapic_is_x2apic(vlapic) ||
			!vlapic_register_get(vlapic, offset, now, &low))
		return false;
	*value = low;
	if (offset == LAPIC_ICR_LOW)
		*value |= (uint64_t)vlapic->icr_high << 32;
	return true;
}

/* What x2APIC allows in a register; false: none to write. Read-only bits are
 * ignored, reserved ones are #GP. SDM v3 11.12.1.3 */
static bool writable(uint32_t offset, uint64_t *bits)
{
	*bits = 0;
	if (offset >= LAPIC_LVT_TIMER && offset <= LAPIC_LVT_ERROR) {
		*bits = vlapic_lvt_bits((offset - LAPIC_LVT_TIMER) >> 4) |
			LAPIC_STATUS;
		if (offset == LAPIC_LVT_LINT0 || offset == LAPIC_LVT_LINT1)
			*bits |= LAPIC_REMOTE_IRR;
		return true;
	}
	switch (offset) {
	case LAPIC_TPR:
	case LAPIC_SELF_IPI:
		*bits = 0xff;
		return true;
	case LAPIC_SVR:
		*bits = LAPIC_SVR_BITS;
		return true;
	case LAPIC_EOI:
	case LAPIC_ESR:
		return true;
	case LAPIC_ICR_LOW:
		*bits = 0xffffffffull << 32 | LAPIC_ICR_BITS;
		return true;
	case LAPIC_INITIAL_COUNT:
		*bits = 0xffffffff;
		return true;
	case LAPIC_DIVIDE:
		*bits = LAPIC_DIVIDE_BITS;
		return true;
	}
	return false;
}

static bool x2apic_set(struct vlapic *vlapic, uint32_t msr, uint64_t value,
	uint64_t now, struct vlapic_effect *effect)
{
	uint32_t offset = (msr - LAPIC_MSR_FIRST) << 4;
	uint64_t bits;

	if (!writable(offset, &bits) || value & ~bits)
		return false;
	if (offset == LAPIC_ICR_LOW)
		return vlapic_icr_write(vlapic, value, effect);
	if (offset == LAPIC_SELF_IPI)
		vlapic_send_self(vlapic, LAPIC_VECTOR(value), effect);
	else
		vlapic_register_set(vlapic, offset, (uint32_t)value, now,
			effect);
	return true;
}

bool vlapic_msr_write(struct vlapic *vlapic, uint32_t msr, uint64_t value,
	uint64_t now, struct vlapic_effect *effect)
{
	*effect = (struct vlapic_effect){0};
	if (msr == LAPIC_MSR_TSC_DEADLINE) {
		effect->self = vlapic_timer_set_deadline(vlapic, value, now);
		return true;
	}
	if (msr < LAPIC_MSR_FIRST || msr > LAPIC_MSR_LAST ||
			!vlapic_is_x2apic(vlapic))
		return false;
	return x2apic_set(vlapic, msr, value, now, effect);
}
