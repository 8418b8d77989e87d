/* Hypercalls about properties of the system and of partitions. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/asm.h"
#include "child.h"
#include "feature.h"
#include "guest_cpuid.h"
#include "guest_page.h"
#include "hypercall.h"
#include "machine.h"
#include "memory.h"
#include "partition.h"

uint16_t property_get_system(struct hypercall *call)
{
	const struct hv_get_system_property_in *in = call->in;
	struct hv_get_system_property_out *out = call->out;

	if (in->property != HV_PROPERTY_SCHEDULER_TYPE)
		return HV_STATUS_UNKNOWN_PROPERTY;
	out->value = HV_SCHEDULER_ROOT;
	return HV_STATUS_SUCCESS;
}

uint16_t property_set_system(struct hypercall *call)
{
	const struct hv_set_system_property_in *in = call->in;

	if (in->property != HV_PROPERTY_SLEEP_STATE)
		return HV_STATUS_UNKNOWN_PROPERTY;
	/* SLP_TYP has three bits: ACPI 4.8.3.2.1. */
	if (!in->sleep_state || in->sleep_state > 5 || in->pm1a_type > 7 ||
			in->pm1b_type > 7)
		return HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
	/* S5 is the only one that there is for a parent. A type of another
	 * state would come back without us. */
	if (in->sleep_state == 5 && !machine_set_off((uint8_t)in->pm1a_type,
			(uint8_t)in->pm1b_type))
		return HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
	return HV_STATUS_SUCCESS;
}

uint16_t property_sleep(struct hypercall *call)
{
	const struct hv_sleep_in *in = call->in;

	/* Other states would come back without us. */
	if (in->sleep_state != 5)
		return HV_STATUS_INVALID_PARAMETER;
	/* Until it is off the parent asks again, so that it takes interrupts,
	 * and kicks, meanwhile. */
	return machine_off() ? HYPERCALL_AGAIN : HV_STATUS_OPERATION_DENIED;
}

uint16_t property_partition_id(struct hypercall *call)
{
	*(uint64_t *)call->out = parent->id;
	return HV_STATUS_SUCCESS;
}

/* What a child's processors have: nothing here depends on a VP. */
static bool get_property(const struct partition *partition, uint32_t property,
	uint64_t *value)
{
	switch (property) {
	case HV_PARTITION_SYNTHETIC_FEATURES:
		*value = partition->synthetic;
		return true;
	case HV_PARTITION_PRIVILEGE_FLAGS:
		*value = partition->privileges;
		return true;
	case HV_PARTITION_TIME_FREEZE:
		*value = partition->frozen;
		return true;
	case HV_PARTITION_APIC_FREQUENCY:
		*value = VLAPIC_HZ;
		return true;
	case HV_PARTITION_REFERENCE_TIME:
		*value = partition_time(partition);
		return true;
	case HV_PARTITION_MSR_ACTION:
		*value = partition->msr_zero;
		return true;
	case HV_PARTITION_PROCESSOR_VENDOR:
		*value = HV_VENDOR_AMD;
		return true;
	case HV_PARTITION_PROCESSOR_FEATURES:
	case HV_PARTITION_PROCESSOR_FEATURES0:
		*value = feature_bank(partition, 0);
		return true;
	case HV_PARTITION_PROCESSOR_FEATURES1:
		*value = feature_bank(partition, 1);
		return true;
	case HV_PARTITION_XSAVE_FEATURES:
		*value = feature_bank(partition, FEATURE_XSAVE);
		return true;
	case HV_PARTITION_CLFLUSH_SIZE:
		*value = cpuid(1, 0).ebx >> 8 & 0xff;
		return true;
	case HV_PARTITION_XSAVE_STATES:
		*value = machine_fpu_states();
		return true;
	case HV_PARTITION_XSAVE_SIZE:
		*value = machine_fpu_size(machine_fpu_states());
		return true;
	case HV_PARTITION_CLOCK_FREQUENCY:
		*value = machine.tsc_hz;
		return true;
	case HV_PARTITION_DOORBELL_WINDOW:
		*value = partition->doorbell_window;
		return true;
	}
	return false;
}

uint16_t property_get_partition(struct hypercall *call)
{
	const struct hv_get_property_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	status = get_property(partition, in->property, call->out) ?
		HV_STATUS_SUCCESS : HV_STATUS_UNKNOWN_PROPERTY;
	partition_put(partition);
	return status;
}

/* VPs that run leave; those whose threads were told to wait hear of the end.
 * Time stands still when all have left, so that none sees it go back. */
static void freeze(struct partition *partition, bool frozen)
{
	uint32_t i;

	if (!frozen)
		partition_stop_time(partition, false);
	__atomic_store_n(&partition->frozen, frozen, __ATOMIC_SEQ_CST);
	for (i = 0; i < partition->vp_count; i++) {
		struct vp *vp = child_find(partition, i);

		if (vp && frozen)
			child_call(vp);
		else if (vp)
			child_resume(vp);
	}
	if (frozen) {
		memory_flush(partition);
		partition_stop_time(partition, true);
	}
}

static uint16_t set_window(struct partition *partition, uint64_t value)
{
	if (value & (HV_PAGE_SIZE - 1) || value > machine.physical_end -
			HV_DOORBELL_WINDOW_SIZE)
		return HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
	__atomic_store_n(&partition->doorbell_window, value,
		__ATOMIC_RELAXED);
	return HV_STATUS_SUCCESS;
}

/* A guest sees the same from its first instruction on. */
static uint16_t set_privileges(struct partition *partition, uint32_t property,
	uint64_t value)
{
	if (partition->vp_count)
		return HV_STATUS_INVALID_PARTITION_STATE;
	if (property == HV_PARTITION_SYNTHETIC_FEATURES) {
		partition->synthetic = value;
	} else {
		partition->privilege_flags = value;
		partition->has_privilege_flags = true;
	}
	guest_set_privileges(partition);
	return HV_STATUS_SUCCESS;
}

/* Times are below 2^59: core/vlapic.h. */
#define TIME_LIMIT	(1ull << 58)

static uint16_t set_time(struct partition *partition, uint64_t value)
{
	uint32_t i;

	if (value >= TIME_LIMIT)
		return HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
	partition_set_time(partition, value);
	guest_update_tsc(partition);
	/* Timers may have come nearer. */
	for (i = 0; i < partition->vp_count; i++) {
		struct vp *vp = child_find(partition, i);

		if (vp)
			child_wake(vp);
	}
	return HV_STATUS_SUCCESS;
}

/* No frequency but the machine's is offered. */
static uint16_t set_frequency(uint64_t value, uint64_t only)
{
	return value == only ? HV_STATUS_SUCCESS :
		HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
}

/* With the partition's lock, which its end does not take. */
static uint16_t set_property(struct partition *partition, uint32_t property,
	uint64_t value)
{
	/* Its VPs and pages go one by one. Pairs with finalize(): there the
	 * state is set, then users are looked at. */
	if (__atomic_load_n(&partition->state, __ATOMIC_SEQ_CST) ==
			PARTITION_ENDING)
		return HV_STATUS_INVALID_PARTITION_STATE;
	switch (property) {
	case HV_PARTITION_PRIVILEGE_FLAGS:
	case HV_PARTITION_SYNTHETIC_FEATURES:
		return set_privileges(partition, property, value);
	case HV_PARTITION_DOORBELL_WINDOW:
		return set_window(partition, value);
	case HV_PARTITION_REFERENCE_TIME:
		return set_time(partition, value);
	case HV_PARTITION_CLOCK_FREQUENCY:
		return set_frequency(value, machine.tsc_hz);
	case HV_PARTITION_APIC_FREQUENCY:
		return set_frequency(value, VLAPIC_HZ);
	case HV_PARTITION_TIME_FREEZE:
	case HV_PARTITION_MSR_ACTION:
		if (value > 1)
			return HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
		if (property == HV_PARTITION_TIME_FREEZE)
			freeze(partition, value);
		else
			partition->msr_zero = value;
		return HV_STATUS_SUCCESS;
	}
	return HV_STATUS_UNKNOWN_PROPERTY;
}

uint16_t property_set_partition(struct hypercall *call)
{
	const struct hv_set_property_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status = HV_STATUS_ACCESS_DENIED;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	if (partition != parent) {
		lock_take(&partition->lock);
		status = set_property(partition, in->property, in->value);
		lock_give(&partition->lock);
	}
	partition_put(partition);
	return status;
}

uint16_t property_get_partition_ex(struct hypercall *call)
{
	const struct hv_property_ex_in *in = call->in;

	struct partition *partition = partition_get(in->partition_id);

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	partition_put(partition);
	return HV_STATUS_UNKNOWN_PROPERTY;
}
