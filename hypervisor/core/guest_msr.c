/* The synthetic MSRs of children: who may use them, and those that are not the
 * SynIC's. TLFS, appendix C */
/* SPDX-License-Identifier: MIT */
#include "guest_msr.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/msr.h"
#include "../abi/register.h"
#include "assist.h"
#include "child.h"
#include "guest_cpuid.h"
#include "guest_page.h"
#include "intercept.h"
#include "log.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

/* MSRs from first to last, and the privilege for them. Those whose privilege no
 * partition gets are here so that they are #GP whatever the parent wants of
 * unknown ones. */
static const struct range {
	uint32_t first, last, privilege;
} ranges[] = {
	{HV_MSR_GUEST_OS_ID, HV_MSR_HYPERCALL, HV_ACCESS_HYPERCALL_MSRS},
	{HV_MSR_VP_INDEX, HV_MSR_VP_INDEX, HV_ACCESS_VP_INDEX},
	{HV_MSR_RESET, HV_MSR_RESET, HV_ACCESS_RESET},
	{HV_MSR_VP_RUNTIME, HV_MSR_VP_RUNTIME, HV_ACCESS_VP_RUNTIME},
	{HV_MSR_TIME_REF_COUNT, HV_MSR_TIME_REF_COUNT, HV_ACCESS_REF_COUNTER},
	{HV_MSR_REFERENCE_TSC, HV_MSR_REFERENCE_TSC, HV_ACCESS_REFERENCE_TSC},
	{HV_MSR_TSC_FREQUENCY, HV_MSR_APIC_FREQUENCY,
		HV_ACCESS_FREQUENCY_MSRS},
	{HV_MSR_EOI, HV_MSR_VP_ASSIST_PAGE, HV_ACCESS_APIC_MSRS},
	{HV_MSR_SCONTROL, HV_MSR_EOM, HV_ACCESS_SYNIC},
	{HV_MSR_SINT0, HV_MSR_SINT15, HV_ACCESS_SYNIC},
	{HV_MSR_STIMER0_CONFIG, HV_MSR_STIMER3_COUNT, HV_ACCESS_STIMER},
	{HV_MSR_STATS_FIRST, HV_MSR_STATS_LAST, HV_ACCESS_STATS_MSRS},
	{HV_MSR_GUEST_IDLE, HV_MSR_GUEST_IDLE, HV_ACCESS_GUEST_IDLE},
	{HV_MSR_DEBUG_FIRST, HV_MSR_DEBUG_LAST, HV_ACCESS_DEBUG_MSRS},
	/* Behind a feature of EDX that is always there. */
	{HV_MSR_CRASH_P0, HV_MSR_CRASH_CTL, HV_ACCESS_HYPERCALL_MSRS},
	{HV_MSR_REENLIGHTENMENT, HV_MSR_TSC_EMULATION,
		HV_ACCESS_REENLIGHTENMENT},
	{HV_MSR_TSC_INVARIANT, HV_MSR_TSC_INVARIANT, HV_ACCESS_TSC_INVARIANT},
};

static const struct range *find(uint32_t msr)
{
	unsigned int i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (msr >= ranges[i].first && msr <= ranges[i].last)
			return &ranges[i];
	}
	return NULL;
}

bool guest_msr_is_ours(const struct vp *vp, uint32_t msr)
{
	return msr >= HV_MSR_FIRST && msr <= HV_MSR_LAST &&
		guest_has_interface(vp->partition) && find(msr);
}

static bool may_use(const struct vp *vp, uint32_t msr)
{
	return find(msr)->privilege & vp->partition->privileges;
}

static bool is_synic(uint32_t msr)
{
	return msr >= HV_MSR_SCONTROL && msr <= HV_MSR_STIMER3_COUNT;
}

/* Until an interrupt is there, whether its IF lets it in or not. TLFS 10.1.4 */
static void idle(struct vp *vp)
{
	vp->child->halted = true;
	vp->child->idle = true;
}

static bool read_partition(const struct partition *partition, uint32_t msr,
	uint64_t *value)
{
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
		*value = partition->guest_os_id;
		return true;
	case HV_MSR_HYPERCALL:
		*value = partition->hypercall_page;
		return true;
	case HV_MSR_TIME_REF_COUNT:
		*value = partition_time(partition);
		return true;
	case HV_MSR_REFERENCE_TSC:
		*value = partition->tsc_overlay.msr;
		return true;
	case HV_MSR_TSC_FREQUENCY:
		*value = machine.tsc_hz;
		return true;
	case HV_MSR_APIC_FREQUENCY:
		*value = VLAPIC_HZ;
		return true;
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_P4:
		*value = partition->crash[msr - HV_MSR_CRASH_P0];
		return true;
	case HV_MSR_CRASH_CTL:
		/* What can be written: notify, without a message. */
		*value = HV_CRASH_NOTIFY;
		return true;
	}
	return false;
}

static bool read_own(struct vp *vp, uint32_t msr, uint64_t *value)
{
	*value = 0;
	switch (msr) {
	case HV_MSR_VP_INDEX:
		*value = vp->index;
		return true;
	case HV_MSR_VP_RUNTIME:
		*value = stats_run_time(vp);
		return true;
	case HV_MSR_RESET:
		return true;
	case HV_MSR_ICR:
		*value = vlapic_icr_read(&vp->child->lapic);
		return true;
	case HV_MSR_TPR:
		*value = vlapic_tpr(&vp->child->lapic);
		return true;
	case HV_MSR_VP_ASSIST_PAGE:
		*value = vp->child->assist.msr;
		return true;
	case HV_MSR_GUEST_IDLE:
		idle(vp);
		return true;
	}
	return read_partition(vp->partition, msr, value);
}

enum child_msr guest_msr_read(struct vp *vp, uint32_t msr, uint64_t *value)
{
	if (!may_use(vp, msr))
		return CHILD_MSR_FAULT;
	if (is_synic(msr))
		return synic_child_read(vp, msr, value) ? CHILD_MSR_DONE :
			CHILD_MSR_FAULT;
	return read_own(vp, msr, value) ? CHILD_MSR_DONE : CHILD_MSR_FAULT;
}

static bool write_icr(struct vp *vp, uint64_t value)
{
	struct vlapic_effect effect = {.ipi = false};

	if (!vlapic_icr_write(&vp->child->lapic, value, &effect))
		return false;
	child_apic_effect(vp, &effect);
	return true;
}

static void write_eoi(struct vp *vp)
{
	struct vlapic_effect effect = {.ipi = false};

	vlapic_eoi(&vp->child->lapic, &effect);
	child_apic_effect(vp, &effect);
}

static bool write_tpr(struct vp *vp, uint64_t value)
{
	if (value > 0xff)
		return false;
	vlapic_set_tpr(&vp->child->lapic, (uint8_t)value);
	return true;
}

/* Whether the worker hears of it: as of any MSR that it wants to see. */
static bool is_heard(const struct vp *vp)
{
	return vp->partition->intercepts.msr & HV_INTERCEPT_ON_WRITE;
}

static enum child_msr write_crash_control(struct vp *vp, uint64_t value)
{
	const uint64_t *crash = vp->partition->crash;

	if (!(value & HV_CRASH_NOTIFY))
		return CHILD_MSR_DONE;
	log_parent("Partition %lx crashed: %lx %lx %lx %lx %lx",
		vp->partition->id, crash[0], crash[1], crash[2], crash[3],
		crash[4]);
	return is_heard(vp) ? CHILD_MSR_MESSAGE : CHILD_MSR_DONE;
}

static enum child_msr write_reset(struct vp *vp, uint64_t value)
{
	if (!(value & 1))
		return CHILD_MSR_DONE;
	if (is_heard(vp))
		return CHILD_MSR_MESSAGE;
	/* As every worker knows it. */
	intercept_dead(vp, HV_MESSAGE_UNRECOVERABLE);
	return CHILD_MSR_DONE;
}

static bool write_own(struct vp *vp, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
		guest_set_os_id(vp->partition, value);
		return true;
	case HV_MSR_HYPERCALL:
		return guest_write_hypercall(vp->partition, value);
	case HV_MSR_REFERENCE_TSC:
		return guest_write_tsc(vp->partition, value);
	case HV_MSR_EOI:
		write_eoi(vp);
		return true;
	case HV_MSR_ICR:
		return write_icr(vp, value);
	case HV_MSR_TPR:
		return write_tpr(vp, value);
	case HV_MSR_VP_ASSIST_PAGE:
		return assist_write(vp, value);
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_P4:
		vp->partition->crash[msr - HV_MSR_CRASH_P0] = value;
		return true;
	}
	return false;
}

enum child_msr guest_msr_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	if (!may_use(vp, msr))
		return CHILD_MSR_FAULT;
	if (is_synic(msr))
		return synic_child_write(vp, msr, value) ? CHILD_MSR_DONE :
			CHILD_MSR_FAULT;
	if (msr == HV_MSR_CRASH_CTL)
		return write_crash_control(vp, value);
	if (msr == HV_MSR_RESET)
		return write_reset(vp, value);
	return write_own(vp, msr, value) ? CHILD_MSR_DONE : CHILD_MSR_FAULT;
}

bool guest_register_get(const struct vp *vp, uint32_t name, uint64_t *value)
{
	const struct partition *partition = vp->partition;

	switch (name) {
	case HV_REG_CRASH_P0 ... HV_REG_CRASH_CTL:
		return read_partition(partition, HV_MSR_CRASH_P0 + name -
			HV_REG_CRASH_P0, value);
	case HV_REG_GUEST_OS_ID:
		return read_partition(partition, HV_MSR_GUEST_OS_ID, value);
	case HV_REG_HYPERCALL:
		return read_partition(partition, HV_MSR_HYPERCALL, value);
	case HV_REG_TIME_REF_COUNT:
		return read_partition(partition, HV_MSR_TIME_REF_COUNT, value);
	case HV_REG_REFERENCE_TSC:
		return read_partition(partition, HV_MSR_REFERENCE_TSC, value);
	case HV_REG_VP_ASSIST_PAGE:
		*value = vp->child->assist.msr;
		return true;
	case HV_REG_VP_RUNTIME:
		*value = vp->stats.page[STATS_VP_RUN_TIME];
		return true;
	}
	return false;
}

bool guest_register_set(struct vp *vp, uint32_t name, uint64_t value)
{
	struct partition *partition = vp->partition;

	switch (name) {
	case HV_REG_CRASH_P0 ... HV_REG_CRASH_CTL - 1:
		partition->crash[name - HV_REG_CRASH_P0] = value;
		return true;
	case HV_REG_GUEST_OS_ID:
		guest_set_os_id(partition, value);
		return true;
	case HV_REG_HYPERCALL:
		return guest_restore_hypercall(partition, value);
	case HV_REG_REFERENCE_TSC:
		return guest_write_tsc(partition, value);
	case HV_REG_VP_ASSIST_PAGE:
		return assist_write(vp, value);
	}
	return false;
}
