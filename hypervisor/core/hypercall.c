/* Hypercalls: everything about their form, and the table of those there are. */
/* SPDX-License-Identifier: MIT */
#include "hypercall.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/msr.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "cpuid.h"
#include "memory.h"
#include "partition.h"
#include "stats.h"
#include "vp.h"

/* Repetitions served before the parent gets its processor back: interrupts
 * wait meanwhile (docs/hypervisor.md, "Time in the hypervisor"). */
#define REPS_AT_ONCE 64

#define IS_REP		0x1	/* repeats; count and start index are used */
#define HAS_VARIABLE	0x2	/* the variable part may be there */

struct entry {
	uint16_t code;
	uint8_t flags;
	uint8_t in_rep;		/* bytes of one element of the input's list */
	uint8_t out_rep;
	uint16_t in;		/* bytes of the fixed input */
	uint16_t out;		/* bytes of the fixed output */
	uint32_t privilege;	/* a bit of the high half (FEATURES, EBX) */
	uint16_t (*handler)(struct hypercall *call);
};

/* Sorted by code. The tests' table in docs/hypercalls.md has the same lines. */
static const struct entry table[] = {
	{HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, 0, 0, 0,
		sizeof(struct hv_lp_run_time_in),
		sizeof(struct hv_lp_run_time_out), HV_CPU_MANAGEMENT,
		processor_run_time},
	{HVCALL_GET_PARTITION_ID, 0, 0, 0, 0, 8, HV_ACCESS_PARTITION_ID,
		property_partition_id},
	{HVCALL_DEPOSIT_MEMORY, IS_REP, 8, 0, sizeof(struct hv_deposit_in),
		0, HV_ACCESS_MEMORY_POOL, deposit_add},
	{HVCALL_WITHDRAW_MEMORY, IS_REP, 0, 8, sizeof(struct hv_withdraw_in),
		0, HV_ACCESS_MEMORY_POOL, deposit_withdraw},
	{HVCALL_CREATE_VP, 0, 0, 0, sizeof(struct hv_create_vp_in), 0,
		HV_CPU_MANAGEMENT, processor_create_vp},
	{HVCALL_MAP_STATS_PAGE, 0, 0, 0, sizeof(struct hv_stats_in),
		sizeof(struct hv_stats_out), HV_ACCESS_STATS, stats_map},
	{HVCALL_UNMAP_STATS_PAGE, 0, 0, 0, sizeof(struct hv_stats_in), 0,
		HV_ACCESS_STATS, stats_unmap},
	{HVCALL_SET_SYSTEM_PROPERTY, 0, 0, 0,
		sizeof(struct hv_set_system_property_in), 0,
		HV_CPU_MANAGEMENT, property_set_system},
	{HVCALL_ADD_LOGICAL_PROCESSOR, 0, 0, 0, sizeof(struct hv_add_lp_in),
		sizeof(struct hv_add_lp_out), HV_CPU_MANAGEMENT,
		processor_add},
	{HVCALL_GET_SYSTEM_PROPERTY, 0, 0, 0,
		sizeof(struct hv_get_system_property_in),
		sizeof(struct hv_get_system_property_out), 0,
		property_get_system},
	{HVCALL_MAP_DEVICE_INTERRUPT, HAS_VARIABLE, 0, 0,
		offsetof(struct hv_map_interrupt_in, set_banks),
		sizeof(struct hv_map_interrupt_out), HV_CPU_MANAGEMENT,
		interrupt_map},
	{HVCALL_UNMAP_DEVICE_INTERRUPT, 0, 0, 0,
		sizeof(struct hv_unmap_interrupt_in), 0, HV_CPU_MANAGEMENT,
		interrupt_unmap},
	{HVCALL_ENTER_SLEEP_STATE, 0, 0, 0, sizeof(struct hv_sleep_in), 0,
		HV_CPU_MANAGEMENT, property_sleep},
	{HVCALL_NOTIFY_PARTITION_EVENT, 0, 0, 0,
		sizeof(struct hv_notify_event_in), 0, HV_CPU_MANAGEMENT,
		processor_notify},
	{HVCALL_GET_PARTITION_PROPERTY_EX, 0, 0, 0,
		sizeof(struct hv_property_ex_in), 8, 0,
		property_get_partition_ex},
};

static const struct entry *find(uint16_t code)
{
	uint32_t low = 0, high = sizeof(table) / sizeof(*table);

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (table[middle].code == code)
			return &table[middle];
		if (table[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The control word against the entry. TLFS 3.7 */
static uint16_t check_control(const struct entry *entry, uint64_t control)
{
	uint32_t reps = HVCALL_REPS(control), start = HVCALL_START(control);

	if (control & HVCALL_RESERVED)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	if (entry->flags & IS_REP ? start >= reps : start || reps)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	if (HVCALL_VARIABLE_QUADS(control) && !(entry->flags & HAS_VARIABLE))
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	/* Two registers are all the room of a fast call. */
	if (control & HVCALL_FAST && (entry->flags || entry->in > 16 ||
			entry->out))
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	return HV_STATUS_SUCCESS;
}

/* A page of parameters: TLFS 3.6. */
static uint16_t check_page(uint64_t gpa, uint32_t size)
{
	if (!size)
		return HV_STATUS_SUCCESS;
	if (gpa & 7)
		return HV_STATUS_INVALID_ALIGNMENT;
	if ((gpa & (HV_PAGE_SIZE - 1)) + size > HV_PAGE_SIZE ||
			!memory_parent_owns(gpa, size))
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	return HV_STATUS_SUCCESS;
}

/* Copies the input; the parent may change it meanwhile without effect. */
static uint16_t fetch(struct hypercall *call, const struct entry *entry,
	uint64_t control)
{
	struct vp *vp = call->vp;
	uint8_t *copy = vp->cpu->input;
	uint32_t fixed = entry->in + HVCALL_VARIABLE_QUADS(control) * 8;
	uint16_t status;

	call->in = copy;
	if (control & HVCALL_FAST) {
		memcpy(copy, &vp->gpr[GPR_RDX], 8);
		memcpy(copy + 8, &vp->gpr[GPR_R8], 8);
		return HV_STATUS_SUCCESS;
	}
	status = check_page(vp->gpr[GPR_RDX], fixed + entry->in_rep *
		HVCALL_REPS(control));
	if (status != HV_STATUS_SUCCESS || !fixed)
		return status;
	return memory_copy_in(copy, vp->gpr[GPR_RDX], fixed +
		entry->in_rep * call->reps) ? HV_STATUS_SUCCESS :
		HV_STATUS_INVALID_HYPERCALL_INPUT;
}

/* The output's address is checked before anything is done. */
static uint16_t run(struct hypercall *call, const struct entry *entry,
	uint64_t control)
{
	uint32_t out = entry->out + entry->out_rep * call->reps;
	uint64_t out_gpa = call->vp->gpr[GPR_R8];
	uint32_t from = entry->out + entry->out_rep * call->done, to;
	uint16_t status;

	status = check_page(out_gpa, entry->out + entry->out_rep *
		HVCALL_REPS(control));
	if (status == HV_STATUS_SUCCESS)
		status = fetch(call, entry, control);
	if (status != HV_STATUS_SUCCESS)
		return status;
	call->out = call->vp->cpu->output;
	memset(call->out, 0, out);
	status = entry->handler(call);
	to = entry->out + entry->out_rep * call->done;
	/* Who gives the page away meanwhile does not get the answer. */
	if (status == HV_STATUS_SUCCESS && entry->out)
		memory_copy_out(out_gpa, call->out, entry->out);
	if (entry->out_rep && to > from)
		memory_copy_out(out_gpa + from, (char *)call->out + from,
			to - from);
	return status;
}

static uint16_t dispatch(struct vp *vp, uint64_t *control, uint32_t *done)
{
	const struct entry *entry = find(HVCALL_CODE(*control));
	struct hypercall call = {.vp = vp};
	uint16_t status;

	if (!entry)
		return HV_STATUS_INVALID_HYPERCALL_CODE;
	status = check_control(entry, *control);
	if (status != HV_STATUS_SUCCESS)
		return status;
	if (entry->privilege & ~cpuid_privileges_high())
		return HV_STATUS_ACCESS_DENIED;
	call.variable = HVCALL_VARIABLE_QUADS(*control);
	call.reps = HVCALL_REPS(*control);
	call.done = HVCALL_START(*control);
	*done = call.done;
	if (call.reps > call.done + REPS_AT_ONCE)
		call.reps = call.done + REPS_AT_ONCE;
	status = run(&call, entry, *control);
	*done = call.done;
	/* More to do: the parent comes again with this start index. */
	if (status == HV_STATUS_SUCCESS && call.done < HVCALL_REPS(*control))
		*control = (*control & ~HVCALL_START_MASK) |
			(uint64_t)call.done << HVCALL_START_SHIFT;
	return status;
}

/* TLFS 3.3: from 64-bit or protected mode at CPL 0, page enabled. Only 64-bit
 * callers exist: the parent's other modes end before it can know of us. */
static bool may_call(const struct vp *vp)
{
	return vp_ops->privilege(vp) == 0 && vp_ops->code_bits(vp) == 64 &&
		vp->partition->hypercall_page & HV_HYPERCALL_ENABLE;
}

void hypercall(struct vp *vp)
{
	uint64_t control = vp->gpr[GPR_RCX], before = control;
	uint32_t done = 0;
	uint16_t status;

	if (!may_call(vp)) {
		vp_ops->raise(vp, VECTOR_UD, false, 0);
		return;
	}
	status = dispatch(vp, &control, &done);
	if (control != before) {
		vp->gpr[GPR_RCX] = control;
		return;
	}
	vp->gpr[GPR_RAX] = status | (uint64_t)done << HVCALL_DONE_SHIFT;
	vp_ops->skipped(vp);
}
