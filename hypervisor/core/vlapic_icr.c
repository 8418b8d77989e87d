/* Interprocessor interrupts that a VP's local APIC sends. SDM v3 11.6 */
/* SPDX-License-Identifier: MIT */
#include "vlapic_icr.h"

void vlapic_send_self(struct vlapic *vlapic, uint8_t vector,
	struct vlapic_effect *effect)
{
	if (vector < 16)
		vlapic_error(vlapic, LAPIC_ESR_SEND_VECTOR);
	else
		vlapic_accept(vlapic, vector, false);
	effect->self = true;
}

/* Interprocessor interrupts are edge-triggered, whatever bit 15 says. SDM v3
 * 11.6.1, table 11-3 */
static void send(struct vlapic *vlapic, uint32_t to,
	struct vlapic_effect *effect)
{
	uint32_t icr = vlapic->icr_low;

	switch (LAPIC_MODE(icr)) {
	case LAPIC_MODE_FIXED:
	case LAPIC_MODE_LOWEST:
		/* One below 16 is not sent. */
		if (LAPIC_VECTOR(icr) < 16 ||
				(icr & LAPIC_ICR_SHORTHAND) == LAPIC_ICR_SELF) {
			vlapic_send_self(vlapic, LAPIC_VECTOR(icr), effect);
			return;
		}
		break;
	case LAPIC_MODE_INIT:
		/* Level de-assert does nothing since the Pentium 4. */
		if (icr & LAPIC_LEVEL && !(icr & LAPIC_ICR_ASSERT))
			return;
		break;
	case LAPIC_MODE_SMI:
	case LAPIC_MODE_NMI:
	case LAPIC_MODE_STARTUP:
		break;
	default:
		return;
	}
	effect->ipi = true;
	effect->x2apic_form = vlapic_is_x2apic(vlapic);
	effect->icr = (uint64_t)to << 32 | icr;
}

uint64_t vlapic_icr_read(const struct vlapic *vlapic)
{
	return (uint64_t)vlapic->icr_high << 32 | vlapic->icr_low;
}

bool vlapic_icr_write(struct vlapic *vlapic, uint64_t value,
	struct vlapic_effect *effect)
{
	uint32_t high = (uint32_t)(value >> 32);
	bool x2apic = vlapic_is_x2apic(vlapic);

	if (!(vlapic->base & LAPIC_BASE_ENABLE) ||
			(x2apic && (uint32_t)value & ~LAPIC_ICR_BITS))
		return false;
	vlapic->icr_low = (uint32_t)value & LAPIC_ICR_BITS;
	vlapic->icr_high = x2apic ? high : high & 0xff000000;
	send(vlapic, x2apic ? high : high >> 24, effect);
	return true;
}
