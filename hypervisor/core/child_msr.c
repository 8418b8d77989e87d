/* MSRs and control registers of a child's VP. What is not here does not exist
 * for it: #GP, or 0 where the parent asked for that. */
/* SPDX-License-Identifier: MIT */
#include "child_msr.h"

#include "../abi/hypercall.h"
#include "../abi/register.h"
#include "../lib/asm.h"
#include "../lib/string.h"
#include "child.h"
#include "child_cpuid.h"
#include "guest_msr.h"
#include "guest_page.h"
#include "intercept.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

#define MSR_TSC			0x10
#define MSR_APIC_BASE		0x1b
#define MSR_TSC_ADJUST		0x3b
#define MSR_PRED_CMD		0x49
#define MSR_BIOS_SIGN		0x8b
#define MSR_MTRR_CAP		0xfe
#define MSR_SYSENTER_CS		0x174
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define MSR_MCG_CAP		0x179
#define MSR_MCG_STATUS		0x17a
#define MSR_MISC_ENABLE		0x1a0
#define MSR_DEBUG_CONTROL	0x1d9
#define MSR_MTRR_BASE0		0x200
#define MSR_MTRR_LAST		(0x200 + 2 * CHILD_MTRR_VARIABLE - 1)
#define MSR_MTRR_FIX64K		0x250
#define MSR_MTRR_FIX16K		0x258
#define MSR_MTRR_FIX4K		0x268
#define MSR_PAT			0x277
#define MSR_MTRR_DEFAULT	0x2ff
#define MSR_TSC_DEADLINE	0x6e0
#define MSR_X2APIC_FIRST	0x800
#define MSR_X2APIC_LAST		0x8ff
#define MSR_EFER		0xc0000080
#define MSR_STAR		0xc0000081
#define MSR_LSTAR		0xc0000082
#define MSR_CSTAR		0xc0000083
#define MSR_SFMASK		0xc0000084
#define MSR_FS_BASE		0xc0000100
#define MSR_GS_BASE		0xc0000101
#define MSR_KERNEL_GS_BASE	0xc0000102
#define MSR_TSC_AUX		0xc0000103
#define MSR_SYSCFG		0xc0010010
#define MSR_HWCR		0xc0010015
#define MSR_NB_CFG		0xc001001f
#define MSR_VM_CR		0xc0010114
#define MSR_DE_CFG		0xc0011029

/* Seconds by which TSCs that shall be the same differ at most. */
#define SAME_TSC		10

#define HAS_IBPB		(1u << 12)
#define EFER_SCE		(1ull << 0)
#define EFER_LME		(1ull << 8)
#define EFER_LMA		(1ull << 10)
#define EFER_NXE		(1ull << 11)
#define EFER_FFXSR		(1ull << 14)
#define CR0_PG			(1ull << 31)
#define CR4_PAE			(1ull << 5)
#define CR4_PCIDE		(1ull << 17)
#define MTRR_CAPABILITY		(0x500ull | CHILD_MTRR_VARIABLE)
#define VM_CR_DISABLED		(1ull << 4)
#define APIC_BASE_ADDRESS	0xfee00000ull
#define APIC_BASE_MASK		0x000ffffffffff000ull
/* LFENCE is serializing; Linux looks whether it must set it. */
#define DE_CFG_LFENCE		(1ull << 1)

/* XCR0: x87, SSE, AVX, and the three of AVX-512. */
#define XCR0_X87		0x01ull
#define XCR0_SSE		0x02ull
#define XCR0_AVX		0x04ull
#define XCR0_AVX512		0xe0ull

static bool is_canonical(uint64_t address)
{
	return (int64_t)(address << 16) >> 16 == (int64_t)address;
}

bool child_set_efer(struct vp *vp, uint64_t value, bool may_set_lma)
{
	uint64_t old = vp_ops->get(vp, VP_EFER);
	uint64_t known = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
	struct cpuid leaf = child_cpuid(vp, 0x80000001, 0);

	if (leaf.edx & 1u << 25)
		known |= EFER_FFXSR;
	if (value & ~known)
		return false;
	if (!may_set_lma) {
		/* APM v2 14.4.2: not under paging; LMA is the processor's. */
		if ((value ^ old) & EFER_LME && vp_ops->get(vp, VP_CR0) &
				CR0_PG)
			return false;
		value = (value & ~EFER_LMA) | (old & EFER_LMA);
	}
	vp_ops->set(vp, VP_EFER, value);
	return true;
}

bool child_set_pat(struct vp *vp, uint64_t value)
{
	unsigned int i;

	/* UC, WC, WT, WP, WB, UC-. APM v2 7.8.1 */
	for (i = 0; i < 64; i += 8) {
		uint8_t type = (uint8_t)(value >> i);

		if (type > 7 || type == 2 || type == 3)
			return false;
	}
	vp_ops->set(vp, VP_PAT, value);
	return true;
}

/* Where the APIC is does not change: its page is a hole in every map. */
bool child_set_apic_base(struct vp *vp, uint64_t value)
{
	if ((value & APIC_BASE_MASK) != APIC_BASE_ADDRESS)
		return false;
	return vlapic_set_base(&vp->child->lapic, value, 48);
}

bool child_set_xcr0(struct vp *vp, uint64_t value)
{
	uint64_t can = child_xcr0_valid(vp);

	if (!(value & XCR0_X87) || value & ~can)
		return false;
	if (value & XCR0_AVX && !(value & XCR0_SSE))
		return false;
	if (value & XCR0_AVX512 && ((value & XCR0_AVX512) != XCR0_AVX512 ||
			!(value & XCR0_AVX)))
		return false;
	vp->child->xcr0 = value;
	return true;
}

uint64_t child_tsc(const struct vp *vp)
{
	return partition_tsc(vp->partition) + vp->child->tsc_offset;
}

/* What it adds to the partition's TSC: the same reference time. */
uint64_t child_time_offset(const struct vp *vp)
{
	int64_t offset = (int64_t)vp->child->tsc_offset;

	return vp->partition->time_base - (uint64_t)(((__int128)offset *
		machine.tsc_scale) >> 64);
}

static void set_tsc_offset(struct vp *vp, uint64_t offset)
{
	__atomic_store_n(&vp->child->tsc_offset, offset, __ATOMIC_SEQ_CST);
	child_load_tsc(vp);
	lock_take(&vp->partition->lock);
	guest_update_tsc(vp->partition);
	lock_give(&vp->partition->lock);
}

void child_set_tsc(struct vp *vp, uint64_t value)
{
	set_tsc_offset(vp, value - partition_tsc(vp->partition));
}

/* Who sets them all sets one after the other. */
void child_sync_tsc(struct vp *vp, uint64_t value)
{
	const struct vp *other = child_find(vp->partition, !vp->index);
	uint64_t offset = value - partition_tsc(vp->partition), differ;

	if (other) {
		differ = offset - other->child->tsc_offset;
		if (differ + SAME_TSC * machine.tsc_hz <
				2 * SAME_TSC * machine.tsc_hz)
			offset = other->child->tsc_offset;
	}
	set_tsc_offset(vp, offset);
}

void child_load_tsc(struct vp *vp)
{
	struct child *child = vp->child;

	child->tsc_shift = __atomic_load_n(&vp->partition->tsc_shift,
		__ATOMIC_SEQ_CST);
	vp_ops->set(vp, VP_TSC_OFFSET, child->tsc_offset + child->tsc_shift);
	vlapic_set_tsc(&child->lapic, machine.tsc_scale,
		child_time_offset(vp));
}

/* VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT are always there. */
uint64_t child_cr4_valid(const struct vp *vp)
{
	struct cpuid one = child_cpuid(vp, 1, 0), seven = child_cpuid(vp, 7, 0);

	return 0x7ff | (one.ecx & 1u << 17 ? 1ull << 17 : 0) |	/* PCIDE */
		(one.ecx & 1u << 26 ? 1ull << 18 : 0) |		/* OSXSAVE */
		(seven.ebx & 1u << 0 ? 1ull << 16 : 0) |	/* FSGSBASE */
		(seven.ebx & 1u << 7 ? 1ull << 20 : 0) |	/* SMEP */
		(seven.ebx & 1u << 20 ? 1ull << 21 : 0) |	/* SMAP */
		(seven.ecx & 1u << 2 ? 1ull << 11 : 0);		/* UMIP */
}

/* APM v2 3.1.3: PAE stays in long mode, PCIDs need it and begin with 0. */
bool child_cr4_allowed(const struct vp *vp, uint64_t value)
{
	bool is_long = vp_ops->get(vp, VP_EFER) & EFER_LMA;

	if (value & ~child_cr4_valid(vp) || (is_long && !(value & CR4_PAE)))
		return false;
	return !(value & CR4_PCIDE) || vp_ops->get(vp, VP_CR4) & CR4_PCIDE ||
		(is_long && !(vp_ops->get(vp, VP_CR3) & 0xfff));
}

static bool mtrr_type(uint64_t type)
{
	return type <= 6 && type != 2 && type != 3;
}

/* One of a fixed MTRR's eight. */
static bool mtrr_fixed_valid(uint64_t value)
{
	unsigned int i;

	for (i = 0; i < 64; i += 8) {
		if (!mtrr_type(value >> i & 0xff))
			return false;
	}
	return true;
}

static bool set_mtrr_default(struct child *child, uint64_t value)
{
	if (value & ~0xcffull || !mtrr_type(value & 0xff))
		return false;
	child->mtrr_default = value;
	return true;
}

static bool set_mtrr_variable(struct child *child, unsigned int i,
	uint64_t value)
{
	if (i & 1 ? value & 0x7ff : value & 0xf00 || !mtrr_type(value & 0xff))
		return false;
	child->mtrr_variable[i] = value;
	return true;
}

bool child_mtrr_get(const struct vp *vp, uint32_t name, uint64_t *value)
{
	const struct child *child = vp->child;

	if (name == HV_REG_MTRR_CAP)
		*value = MTRR_CAPABILITY;
	else if (name == HV_REG_MTRR_DEFAULT)
		*value = child->mtrr_default;
	else if (name >= HV_REG_MTRR_FIX0 && name <= HV_REG_MTRR_FIX10)
		*value = child->mtrr_fixed[name - HV_REG_MTRR_FIX0];
	else if (name >= HV_REG_MTRR_BASE0 && name < HV_REG_MTRR_BASE0 +
			CHILD_MTRR_VARIABLE)
		*value = child->mtrr_variable[2 * (name - HV_REG_MTRR_BASE0)];
	else if (name >= HV_REG_MTRR_MASK0 && name < HV_REG_MTRR_MASK0 +
			CHILD_MTRR_VARIABLE)
		*value = child->mtrr_variable[2 * (name - HV_REG_MTRR_MASK0) +
			1];
	else
		return false;
	return true;
}

bool child_mtrr_set(struct vp *vp, uint32_t name, uint64_t value)
{
	struct child *child = vp->child;

	if (name == HV_REG_MTRR_DEFAULT)
		return set_mtrr_default(child, value);
	if (name >= HV_REG_MTRR_FIX0 && name <= HV_REG_MTRR_FIX10) {
		if (!mtrr_fixed_valid(value))
			return false;
		child->mtrr_fixed[name - HV_REG_MTRR_FIX0] = value;
		return true;
	}
	if (name >= HV_REG_MTRR_BASE0 && name < HV_REG_MTRR_BASE0 +
			CHILD_MTRR_VARIABLE)
		return set_mtrr_variable(child, 2 * (name -
			HV_REG_MTRR_BASE0), value);
	if (name >= HV_REG_MTRR_MASK0 && name < HV_REG_MTRR_MASK0 +
			CHILD_MTRR_VARIABLE)
		return set_mtrr_variable(child, 2 * (name -
			HV_REG_MTRR_MASK0) + 1, value);
	return false;
}

/* The name of an MTRR's MSR; 0 for another one. */
static uint32_t mtrr_name(uint32_t msr)
{
	if (msr >= MSR_MTRR_BASE0 && msr <= MSR_MTRR_LAST)
		return (msr & 1 ? HV_REG_MTRR_MASK0 : HV_REG_MTRR_BASE0) +
			(msr - MSR_MTRR_BASE0) / 2;
	if (msr == MSR_MTRR_FIX64K)
		return HV_REG_MTRR_FIX0;
	if (msr == MSR_MTRR_FIX16K || msr == MSR_MTRR_FIX16K + 1)
		return HV_REG_MTRR_FIX0 + 1 + msr - MSR_MTRR_FIX16K;
	if (msr >= MSR_MTRR_FIX4K && msr < MSR_MTRR_FIX4K + 8)
		return HV_REG_MTRR_FIX0 + 3 + msr - MSR_MTRR_FIX4K;
	if (msr == MSR_MTRR_DEFAULT)
		return HV_REG_MTRR_DEFAULT;
	return msr == MSR_MTRR_CAP ? HV_REG_MTRR_CAP : 0;
}

static bool has_tsc_aux(const struct vp *vp)
{
	return child_cpuid(vp, 0x80000001, 0).edx & 1u << 27 ||
		child_cpuid(vp, 7, 0).ecx & 1u << 22;
}

/* Registers that the vendor keeps; false: it is none of these. */
static bool vendor_register(uint32_t msr, enum vp_register *reg)
{
	static const struct {
		uint32_t msr;
		enum vp_register reg;
	} all[] = {
		{MSR_SYSENTER_CS, VP_SYSENTER_CS},
		{MSR_SYSENTER_ESP, VP_SYSENTER_ESP},
		{MSR_SYSENTER_EIP, VP_SYSENTER_EIP},
		{MSR_PAT, VP_PAT},
		{MSR_STAR, VP_STAR},
		{MSR_LSTAR, VP_LSTAR},
		{MSR_CSTAR, VP_CSTAR},
		{MSR_SFMASK, VP_SFMASK},
		{MSR_KERNEL_GS_BASE, VP_KERNEL_GS_BASE},
	};
	unsigned int i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].msr == msr) {
			*reg = all[i].reg;
			return true;
		}
	}
	return false;
}

static bool read_own(struct vp *vp, uint32_t msr, uint64_t *value)
{
	struct child *child = vp->child;
	struct segment segment;

	switch (msr) {
	case MSR_TSC:
		*value = child_tsc(vp);
		return true;
	case MSR_APIC_BASE:
		*value = child->lapic.base;
		return true;
	case MSR_TSC_ADJUST:
		*value = child->tsc_adjust;
		return child_cpuid(vp, 7, 0).ebx & 1u << 1;
	case MSR_EFER:
		*value = vp_ops->get(vp, VP_EFER);
		return true;
	case MSR_FS_BASE:
	case MSR_GS_BASE:
		vp_ops->segment(vp, msr == MSR_FS_BASE ? VP_FS : VP_GS,
			&segment);
		*value = segment.base;
		return true;
	case MSR_TSC_AUX:
		*value = child->tsc_aux;
		return has_tsc_aux(vp);
	case MSR_MCG_STATUS:
		*value = child->mcg_status;
		return true;
	case MSR_MISC_ENABLE:
		*value = child->misc_enable;
		return true;
	case MSR_VM_CR:
		*value = VM_CR_DISABLED;
		return true;
	case MSR_DE_CFG:
		*value = DE_CFG_LFENCE;
		return true;
	/* No banks, no debug control, nothing configured. */
	case MSR_MCG_CAP:
	case MSR_DEBUG_CONTROL:
	case MSR_BIOS_SIGN:
	case MSR_SYSCFG:
	case MSR_HWCR:
	case MSR_NB_CFG:
		*value = 0;
		return true;
	}
	return false;
}

/* What no list knows. */
static enum child_msr unknown(const struct vp *vp, uint32_t access)
{
	if (vp->partition->intercepts.msr & access)
		return CHILD_MSR_MESSAGE;
	return vp->partition->msr_zero ? CHILD_MSR_DONE : CHILD_MSR_FAULT;
}

enum child_msr child_msr_read(struct vp *vp, uint32_t msr, uint64_t *value)
{
	uint32_t name = mtrr_name(msr);
	enum vp_register reg;

	*value = 0;
	if (name)
		return child_mtrr_get(vp, name, value) ? CHILD_MSR_DONE :
			CHILD_MSR_FAULT;
	if ((msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST) ||
			msr == MSR_TSC_DEADLINE)
		return vlapic_msr_read(&vp->child->lapic, msr,
			partition_time(vp->partition), value) ?
			CHILD_MSR_DONE : CHILD_MSR_FAULT;
	if (vendor_register(msr, &reg)) {
		*value = vp_ops->get(vp, reg);
		return CHILD_MSR_DONE;
	}
	if (guest_msr_is_ours(vp, msr))
		return guest_msr_read(vp, msr, value);
	if (read_own(vp, msr, value))
		return CHILD_MSR_DONE;
	*value = 0;
	return unknown(vp, HV_INTERCEPT_ON_READ);
}

static bool set_base(struct vp *vp, enum vp_segment which, uint64_t value)
{
	struct segment segment;

	if (!is_canonical(value))
		return false;
	vp_ops->segment(vp, which, &segment);
	segment.base = value;
	vp_ops->set_segment(vp, which, &segment);
	return true;
}

static bool write_vendor(struct vp *vp, enum vp_register reg, uint64_t value)
{
	switch (reg) {
	case VP_PAT:
		return child_set_pat(vp, value);
	case VP_LSTAR:
	case VP_CSTAR:
	case VP_KERNEL_GS_BASE:
	case VP_SYSENTER_ESP:
	case VP_SYSENTER_EIP:
		if (!is_canonical(value))
			return false;
		break;
	default:
		break;
	}
	vp_ops->set(vp, reg, value);
	return true;
}

/* True: done; false with fault: #GP; false without: not one of these. */
static bool write_own(struct vp *vp, uint32_t msr, uint64_t value, bool *fault)
{
	struct child *child = vp->child;

	switch (msr) {
	case MSR_TSC:
		child_set_tsc(vp, value);
		return true;
	case MSR_APIC_BASE:
		*fault = !child_set_apic_base(vp, value);
		return !*fault;
	case MSR_TSC_ADJUST:
		*fault = !(child_cpuid(vp, 7, 0).ebx & 1u << 1);
		if (*fault)
			return false;
		child_set_tsc(vp, child_tsc(vp) + value -
			child->tsc_adjust);
		child->tsc_adjust = value;
		return true;
	case MSR_EFER:
		*fault = !child_set_efer(vp, value, false);
		return !*fault;
	case MSR_FS_BASE:
	case MSR_GS_BASE:
		*fault = !set_base(vp, msr == MSR_FS_BASE ? VP_FS : VP_GS,
			value);
		return !*fault;
	case MSR_TSC_AUX:
		*fault = value >> 32 || !has_tsc_aux(vp);
		if (!*fault)
			machine_set_tsc_aux(vp, value);
		return !*fault;
	case MSR_MCG_STATUS:
		*fault = value != 0;
		return !*fault;
	case MSR_MISC_ENABLE:
		child->misc_enable = value;
		return true;
	/* Written by guests that find the processor; nothing follows. */
	case MSR_BIOS_SIGN:
	case MSR_DEBUG_CONTROL:
	case MSR_SYSCFG:
	case MSR_HWCR:
	case MSR_NB_CFG:
	case MSR_DE_CFG:
		return true;
	case MSR_PRED_CMD:
		*fault = value & ~1ull || !(child_cpuid(vp, 0x80000008,
			0).ebx & HAS_IBPB);
		if (!*fault && value)
			machine_switch();
		return !*fault;
	case MSR_MCG_CAP:
	case MSR_VM_CR:
		*fault = true;
		return false;
	}
	return false;
}

void child_apic_effect(struct vp *vp, const struct vlapic_effect *effect)
{
	if (effect->ipi)
		child_send_ipi(vp, effect->icr, effect->x2apic_form);
	if (effect->eoi)
		intercept_eoi(vp, effect->eoi_vector);
}

enum child_msr child_msr_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	struct vlapic_effect effect = {.ipi = false};
	uint32_t name = mtrr_name(msr);
	enum vp_register reg;
	bool fault = false;

	if (name)
		return child_mtrr_set(vp, name, value) ? CHILD_MSR_DONE :
			CHILD_MSR_FAULT;
	if ((msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST) ||
			msr == MSR_TSC_DEADLINE) {
		if (!vlapic_msr_write(&vp->child->lapic, msr, value,
				partition_time(vp->partition), &effect))
			return CHILD_MSR_FAULT;
		child_apic_effect(vp, &effect);
		return CHILD_MSR_DONE;
	}
	if (vendor_register(msr, &reg))
		return write_vendor(vp, reg, value) ? CHILD_MSR_DONE :
			CHILD_MSR_FAULT;
	if (guest_msr_is_ours(vp, msr))
		return guest_msr_write(vp, msr, value);
	if (write_own(vp, msr, value, &fault))
		return CHILD_MSR_DONE;
	return fault ? CHILD_MSR_FAULT : unknown(vp, HV_INTERCEPT_ON_WRITE);
}
