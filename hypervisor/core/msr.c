/* The synthetic MSRs: who may use them, and those of the whole partition. */
/* SPDX-License-Identifier: MIT */
#include "msr.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/msr.h"
#include "icr.h"
#include "log.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

/* The privilege that an MSR asks for; 0 for one that does not exist. */
static uint32_t privilege(uint32_t msr)
{
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
	case HV_MSR_HYPERCALL:
	/* Behind a feature bit of EDX, which is always set. */
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_CTL:
		return HV_ACCESS_HYPERCALL_MSRS;
	case HV_MSR_VP_INDEX:
		return HV_ACCESS_VP_INDEX;
	case HV_MSR_RESET:
		return HV_ACCESS_RESET;
	case HV_MSR_VP_RUNTIME:
		return HV_ACCESS_VP_RUNTIME;
	case HV_MSR_TIME_REF_COUNT:
		return HV_ACCESS_REF_COUNTER;
	case HV_MSR_REFERENCE_TSC:
		return HV_ACCESS_REFERENCE_TSC;
	case HV_MSR_TSC_FREQUENCY:
	case HV_MSR_APIC_FREQUENCY:
		return HV_ACCESS_FREQUENCY_MSRS;
	case HV_MSR_EOI:
	case HV_MSR_ICR:
	case HV_MSR_TPR:
	case HV_MSR_VP_ASSIST_PAGE:
		/* The assist page is the interface's own: no bit guards it. */
		return msr == HV_MSR_VP_ASSIST_PAGE ?
			HV_ACCESS_HYPERCALL_MSRS : HV_ACCESS_APIC_MSRS;
	case HV_MSR_SCONTROL ... HV_MSR_SIRBP:
	case HV_MSR_SINT0 ... HV_MSR_SINT15:
		return HV_ACCESS_SYNIC;
	case HV_MSR_STIMER0_CONFIG ... HV_MSR_STIMER3_COUNT:
		return HV_ACCESS_STIMER;
	}
	return 0;
}

static bool may_use(const struct vp *vp, uint32_t msr)
{
	return privilege(msr) & vp->partition->privileges;
}

bool msr_read(struct vp *vp, uint32_t msr, uint64_t *value)
{
	struct partition *partition = vp->partition;

	if (!may_use(vp, msr))
		return false;
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
		*value = partition->guest_os_id;
		return true;
	case HV_MSR_HYPERCALL:
		*value = partition->hypercall_page;
		return true;
	case HV_MSR_VP_INDEX:
		*value = vp->index;
		return true;
	case HV_MSR_RESET:
		*value = 0;
		return true;
	case HV_MSR_VP_RUNTIME:
		*value = stats_run_time(vp);
		return true;
	case HV_MSR_TIME_REF_COUNT:
		*value = machine_time();
		return true;
	case HV_MSR_REFERENCE_TSC:
		*value = partition->tsc_page;
		return true;
	case HV_MSR_TSC_FREQUENCY:
		*value = machine.tsc_hz;
		return true;
	case HV_MSR_APIC_FREQUENCY:
		*value = machine.apic_hz;
		return true;
	case HV_MSR_ICR:
		*value = vp->synic.icr;
		return true;
	case HV_MSR_TPR:
		*value = machine_priority();
		return true;
	case HV_MSR_EOI:
		return false;
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_P4:
		*value = vp->crash[msr - HV_MSR_CRASH_P0];
		return true;
	case HV_MSR_CRASH_CTL:
		/* What can be written: notify, without a message. */
		*value = HV_CRASH_NOTIFY;
		return true;
	}
	return synic_read(vp, msr, value);
}

/* TLFS 3.13: no page without an identity; a locked MSR keeps its value. */
static bool write_hypercall(struct partition *partition, uint64_t value)
{
	uint64_t page = partition->hypercall_page & ~(HV_PAGE_SIZE - 1ull);

	if (partition->hypercall_page & HV_HYPERCALL_LOCKED)
		return true;
	value &= HV_HYPERCALL_ENABLE | HV_HYPERCALL_LOCKED;
	if (!partition->guest_os_id)
		value &= ~(uint64_t)HV_HYPERCALL_ENABLE;
	partition->hypercall_page = page | value;
	return true;
}

static bool write_guest_os_id(struct partition *partition, uint64_t value)
{
	partition->guest_os_id = value;
	if (!value)
		partition->hypercall_page &= ~(uint64_t)HV_HYPERCALL_ENABLE;
	return true;
}

static bool write_crash_control(struct vp *vp, uint64_t value)
{
	if (value & HV_CRASH_NOTIFY) {
		log_parent("The parent crashed: %lx %lx %lx %lx %lx",
			vp->crash[0], vp->crash[1], vp->crash[2],
			vp->crash[3], vp->crash[4]);
	}
	return true;
}

static bool write_reset(uint64_t value)
{
	if (value & 1)
		machine_reset();
	return true;
}

bool msr_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	struct partition *partition = vp->partition;

	if (!may_use(vp, msr))
		return false;
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
		return write_guest_os_id(partition, value);
	case HV_MSR_HYPERCALL:
		return write_hypercall(partition, value);
	case HV_MSR_RESET:
		return write_reset(value);
	case HV_MSR_REFERENCE_TSC:
		partition->tsc_page = (partition->tsc_page & ~1ull) |
			(value & HV_OVERLAY_ENABLE);
		return true;
	case HV_MSR_EOI:
		machine_eoi();
		return true;
	case HV_MSR_ICR:
		return icr_write(vp, value);
	case HV_MSR_TPR:
		if (value > 0xff)
			return false;
		machine_set_priority((uint8_t)value);
		return true;
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_P4:
		vp->crash[msr - HV_MSR_CRASH_P0] = value;
		return true;
	case HV_MSR_CRASH_CTL:
		return write_crash_control(vp, value);
	}
	return synic_write(vp, msr, value);
}
