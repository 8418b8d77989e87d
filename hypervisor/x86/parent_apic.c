/* The parent's writes to its APIC: the timer is ours, and the ICR is checked;
 * all else goes through. */
/* SPDX-License-Identifier: MIT */
#include "parent_apic.h"

#include "../core/cpu.h"
#include "../core/icr.h"
#include "../core/log.h"
#include "apic.h"

uint32_t parent_apic_lvt(uint32_t offset, uint32_t value)
{
	uint32_t mode = value & LVT_MODE;

	if (mode == LVT_FIXED || mode == LVT_NMI ||
			(mode == LVT_EXTERNAL && offset == APIC_LVT_LINT0))
		return value;
	/* Firmware has an SMI for heat here: who masks it, as Linux does, wants
	 * nothing else. */
	if (!(value & LVT_MASKED))
		log_parent("The parent's entry %x of the APIC's vectors is masked: %x.",
			offset, value);
	return (value & ~LVT_MODE) | LVT_MASKED;
}

uint32_t parent_apic_read(uint32_t offset)
{
	switch (offset) {
	case APIC_TIMER_INITIAL:
	case APIC_TIMER_CURRENT:
	case APIC_TIMER_DIVIDE:
		return 0;
	case APIC_LVT_TIMER:
		return LVT_MASKED;
	}
	return apic_read(offset & ~15u);
}

void parent_apic_write(struct vp *vp, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case APIC_ICR_HIGH:
		cpu_self()->icr_high = value;
		return;
	case APIC_ICR_LOW:
		icr_write(vp, (uint64_t)cpu_self()->icr_high << 32 | value);
		return;
	/* Linux writes these once although its clock is a synthetic timer. */
	case APIC_TIMER_INITIAL:
	case APIC_TIMER_DIVIDE:
	case APIC_LVT_TIMER:
		return;
	case APIC_SVR:
		apic_write_svr(value);
		return;
	case APIC_LDR:
		cpu_self()->logical_id = value >> 24;
		break;
	/* Registers there are; others would set the error status. */
	case APIC_TPR:
	case APIC_EOI:
	case APIC_DFR:
	case APIC_ESR:
	case APIC_ID:
		break;
	case APIC_LVT_CMCI:
	case APIC_LVT_THERMAL:
	case APIC_LVT_PERF:
	case APIC_LVT_LINT0:
	case APIC_LVT_LINT1:
	case APIC_LVT_ERROR:
	case APIC_LVT_MORE:
	case APIC_LVT_MORE + 0x10:
	case APIC_LVT_MORE + 0x20:
	case APIC_LVT_MORE_LAST:
		if (offset >= APIC_LVT_MORE && !(apic_read(APIC_VERSION) &
				APIC_HAS_MORE))
			return;
		value = parent_apic_lvt(offset, value);
		break;
	default:
		return;
	}
	if (offset != APIC_ID)
		apic_write(offset, value);
}
