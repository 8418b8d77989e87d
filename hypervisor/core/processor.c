/* Hypercalls about logical processors and the parent's VPs. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "child.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "stats.h"
#include "vp.h"

/* Which processors are added, and in what order. */
static struct lock lock = LOCK_INIT(LOCK_PROCESSORS);

uint16_t processor_run_time(struct hypercall *call)
{
	const struct hv_lp_run_time_in *in = call->in;
	struct hv_lp_run_time_out *out = call->out;
	const struct cpu *cpu;

	/* Success before ADD_LOGICAL_PROCESSOR would make Linux believe that
	 * it is a kernel started by another one (hv_smp_prepare_cpus()). */
	if (in->lp_index >= machine.cpu_count || !cpus[in->lp_index]->added)
		return HV_STATUS_INVALID_LP_INDEX;
	cpu = cpus[in->lp_index];
	out->global_time = machine_time();
	out->local_run_time = cpu->stats.page[STATS_LP_RUN_TIME];
	out->hypervisor_time = cpu->stats.page[STATS_LP_HYPERVISOR_TIME];
	return HV_STATUS_SUCCESS;
}

static struct cpu *find(uint32_t apic_id)
{
	unsigned int i;

	for (i = 0; i < machine.cpu_count; i++) {
		if (cpus[i]->apic_id == apic_id)
			return cpus[i];
	}
	return NULL;
}

/* The parent counts processors in its own order: what it calls lp_index gets
 * that index, with its VP. Neither has been added, so both only wait. */
static void exchange(struct cpu *a, struct cpu *b)
{
	unsigned int to = b->index;

	b->index = b->vp->index = a->index;
	a->index = a->vp->index = to;
	cpus[a->index] = a;
	cpus[b->index] = b;
	parent->vp[a->index] = a->vp;
	parent->vp[b->index] = b->vp;
}

static uint16_t add(uint32_t lp_index, uint32_t apic_id)
{
	struct cpu *cpu = find(apic_id);

	if (lp_index >= machine.cpu_count)
		return HV_STATUS_INVALID_LP_INDEX;
	if (!cpu)
		return HV_STATUS_INVALID_PARAMETER;
	if (cpu->added || cpus[lp_index]->added)
		return HV_STATUS_OPERATION_DENIED;
	if (cpu->index != lp_index)
		exchange(cpu, cpus[lp_index]);
	cpu->added = true;
	return HV_STATUS_SUCCESS;
}

uint16_t processor_add(struct hypercall *call)
{
	const struct hv_add_lp_in *in = call->in;
	uint16_t status;

	lock_take(&lock);
	status = add(in->lp_index, in->apic_id);
	lock_give(&lock);
	return status;
}

uint16_t processor_create_vp(struct hypercall *call)
{
	const struct hv_create_vp_in *in = call->in;
	struct partition *partition;
	uint16_t status;
	struct vp *vp;

	if (!partition_find(in->partition_id)) {
		status = partition_get_active(in->partition_id, &partition);
		if (status == HV_STATUS_SUCCESS)
			status = child_create(partition, in->vp_index);
		partition_put(partition);
		return status;
	}
	partition = parent;
	if (in->vp_index >= machine.cpu_count)
		return HV_STATUS_INVALID_VP_INDEX;
	vp = partition->vp[in->vp_index];
	/* Flags name the processor: a parent's VP is bound to its own. */
	if (in->flags != in->vp_index || !vp->cpu->added)
		return HV_STATUS_INVALID_PARAMETER;
	if (__atomic_exchange_n(&vp->created, true, __ATOMIC_SEQ_CST))
		return HV_STATUS_INVALID_VP_STATE;
	__atomic_add_fetch(&partition->vp_count, 1, __ATOMIC_SEQ_CST);
	return HV_STATUS_SUCCESS;
}

uint16_t processor_notify(struct hypercall *call)
{
	const struct hv_notify_event_in *in = call->in;

	/* All processors were up before the parent was. */
	return in->event == HV_EVENT_ALL_LPS_STARTED ? HV_STATUS_SUCCESS :
		HV_STATUS_INVALID_PARAMETER;
}
