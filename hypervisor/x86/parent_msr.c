/* The machine's MSRs as the parent may use them. */
/* SPDX-License-Identifier: MIT */
#include "parent_msr.h"

#include "../abi/msr.h"
#include "../core/icr.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/msr.h"
#include "../core/once.h"
#include "../core/vp.h"
#include "../lib/asm.h"
#include "apic.h"
#include "msr_list.h"
#include "mtrr.h"
#include "parent_apic.h"
#include "speculation.h"
#include "trap.h"

#define MSR_TSC			0x10
#define MSR_TSC_ADJUST		0x3b
#define MSR_PATCH_TRIGGER	0x79
#define MSR_TSC_DEADLINE	0x6e0
#define MSR_X2_SVR		(MSR_X2APIC + APIC_SVR / 16)
#define MSR_X2_ICR		(MSR_X2APIC + APIC_ICR_LOW / 16)
#define MSR_X2_LVT_TIMER	(MSR_X2APIC + APIC_LVT_TIMER / 16)
#define MSR_X2_INITIAL		(MSR_X2APIC + APIC_TIMER_INITIAL / 16)
#define MSR_X2_LVT_CMCI		(MSR_X2APIC + APIC_LVT_CMCI / 16)
#define MSR_X2_LVT_THERMAL	(MSR_X2APIC + APIC_LVT_THERMAL / 16)
#define MSR_X2_LVT_ERROR	(MSR_X2APIC + APIC_LVT_ERROR / 16)
#define MSR_X2_LVT_MORE		(MSR_X2APIC + APIC_LVT_MORE / 16)
#define MSR_X2_LVT_MORE_LAST	(MSR_X2APIC + APIC_LVT_MORE_LAST / 16)
#define MSR_X2_CURRENT		(MSR_X2APIC + APIC_TIMER_CURRENT / 16)
#define MSR_X2_DIVIDE		(MSR_X2APIC + APIC_TIMER_DIVIDE / 16)
#define MSR_EFER		0xc0000080
#define MSR_TSC_RATIO		0xc0000104	/* AMD-V's */
#define MSR_PATCH_LOADER	0xc0010020
#define MSR_VM_CR		0xc0010114
#define MSR_VM_HSAVE		0xc0010117
#define MSR_SVM_KEY		0xc0010118

#define EFER_SVME		(1ull << 12)
#define EFER_LME		(1ull << 8)
#define EFER_LMA		(1ull << 10)
/* SCE, LME, LMA, NXE. APM v2 3.1.7 */
#define EFER_KNOWN		0xd01ull
#define EFER_FFXSR		(1ull << 14)
#define EFER_TCE		(1ull << 15)
#define EFER_AUTO_IBRS		(1ull << 21)
#define CR0_PG			(1ull << 31)
#define VM_CR_SVMDIS		(1ull << 4)

bool parent_msr_may_read(uint32_t msr)
{
	switch (msr) {
	case MSR_TSC_DEADLINE:
	case MSR_X2_LVT_TIMER:
	case MSR_X2_INITIAL:
	case MSR_X2_CURRENT:
	case MSR_X2_DIVIDE:
	case MSR_EFER:
	case MSR_TSC_RATIO:
	case MSR_VM_CR:
	case MSR_VM_HSAVE:
	case MSR_SVM_KEY:
		return false;
	}
	return true;
}

bool parent_msr_may_write(uint32_t msr)
{
	return msr_list_is_free(msr);
}

bool parent_msr_read(struct vp *vp, uint32_t msr, uint64_t *value)
{
	*value = 0;
	if (msr >= HV_MSR_FIRST && msr <= HV_MSR_LAST)
		return msr_read(vp, msr, value);
	switch (msr) {
	case MSR_EFER:
		*value = vp_ops->get(vp, VP_EFER) & ~EFER_SVME;
		return true;
	case MSR_X2_LVT_TIMER:
	case MSR_X2_INITIAL:
	case MSR_X2_CURRENT:
	case MSR_X2_DIVIDE:
		if (!machine.x2apic)
			return false;
		*value = msr == MSR_X2_LVT_TIMER ? LVT_MASKED : 0;
		return true;
	case MSR_VM_CR:
		/* As firmware that switched it off shows it. */
		*value = VM_CR_SVMDIS;
		return true;
	case MSR_TSC_RATIO:
	case MSR_VM_HSAVE:
	case MSR_SVM_KEY:
	case MSR_TSC_DEADLINE:
		return false;
	}
	return trap_rdmsr(msr, value);
}

/* What WRMSR checks itself, and LME, which cannot change under paging. */
static bool write_efer(struct vp *vp, uint64_t value)
{
	uint64_t old = vp_ops->get(vp, VP_EFER);

	uint64_t known = EFER_KNOWN;
	struct cpuid leaf = cpuid(0x80000001, 0);

	/* VMRUN refuses what the processor does not have. */
	if (leaf.edx & 1u << 25)
		known |= EFER_FFXSR;
	if (leaf.ecx & 1u << 17)
		known |= EFER_TCE;
	if (speculation.automatic)
		known |= EFER_AUTO_IBRS;
	if (value & ~known)
		return false;
	if ((value ^ old) & EFER_LME && vp_ops->get(vp, VP_CR0) & CR0_PG)
		return false;
	/* LMA is the processor's. */
	value = (value & ~EFER_LMA) | (old & EFER_LMA);
	vp_ops->set(vp, VP_EFER, value);
	return true;
}

/* What no list allows: where there is such a register it keeps its value, as
 * one does that the firmware locked; else it is #GP. */
static bool write_bits(uint32_t msr, uint64_t value)
{
	static struct once refused;
	uint64_t bits = msr_list_bits(msr), old, new;

	if (!trap_rdmsr(msr, &old))
		return false;
	if (mtrr_is_one(msr) && mtrr_may_write(msr, value))
		bits = ~0ull;
	new = (old & ~bits) | (value & bits);
	if (new != value && once(&refused, msr))
		log_line("The parent's write to MSR %x is refused: %lx, it is %lx.",
			msr, value, old);
	return new == old || trap_wrmsr(msr, new);
}

/* An entry of the local vector table; the timer's is not among them. */
static bool write_lvt(uint32_t msr, uint64_t value)
{
	uint32_t offset = (msr - MSR_X2APIC) * 16;

	if (!machine.x2apic || value >> 32)
		return false;
	return trap_wrmsr(msr, parent_apic_lvt(offset, (uint32_t)value));
}

bool parent_msr_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	if (msr >= HV_MSR_FIRST && msr <= HV_MSR_LAST)
		return msr_write(vp, msr, value);
	switch (msr) {
	case MSR_EFER:
		return write_efer(vp, value);
	case MSR_X2_SVR:
		/* Vector, enable, focus; others are reserved. */
		if (!machine.x2apic || value & ~0x3ffull)
			return false;
		apic_write_svr((uint32_t)value);
		return true;
	case MSR_X2_ICR:
		return machine.x2apic && icr_write(vp, value);
	case MSR_X2_LVT_TIMER:
	case MSR_X2_INITIAL:
	case MSR_X2_DIVIDE:
		/* Linux writes these once although its clock is a synthetic
		 * timer. */
		return machine.x2apic;
	case MSR_APIC_BASE:
		/* Where it is and how it works is ours. */
		return value == rdmsr(MSR_APIC_BASE);
	case MSR_TSC:		/* the reference time hangs on it */
	case MSR_TSC_ADJUST:
	case MSR_PATCH_TRIGGER:
	case MSR_PATCH_LOADER:
		return true;
	case MSR_X2_LVT_CMCI:
	case MSR_X2_LVT_THERMAL ... MSR_X2_LVT_ERROR:
	case MSR_X2_LVT_MORE ... MSR_X2_LVT_MORE_LAST:
		return write_lvt(msr, value);
	case MSR_X2_CURRENT:
	case MSR_VM_CR:
	case MSR_TSC_RATIO:
	case MSR_VM_HSAVE:
	case MSR_SVM_KEY:
	case MSR_TSC_DEADLINE:
		return false;
	}
	if (msr >= MSR_X2APIC && msr <= MSR_X2APIC + 0xff)
		return msr_list_is_free(msr) && trap_wrmsr(msr, value);
	if (msr_list_is_free(msr))
		return trap_wrmsr(msr, value);
	return write_bits(msr, value);
}
