/* Hypercalls about a child's VP as a whole: its state pages, its APIC's and FPU's
 * state, its linear addresses. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/asm.h"
#include "../lib/string.h"
#include "../lib/walk.h"
#include "child.h"
#include "child_cpuid.h"
#include "gpa.h"
#include "hypercall.h"
#include "machine.h"
#include "memory.h"
#include "partition.h"
#include "register.h"
#include "vp.h"

/* A VP of an active child, for one hypercall. */
static uint16_t get_vp(uint64_t id, uint32_t index,
	struct partition **partition, struct vp **vp)
{
	uint16_t status = partition_get_active(id, partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	*vp = child_find(*partition, index);
	if (*vp)
		return HV_STATUS_SUCCESS;
	partition_put(*partition);
	return HV_STATUS_INVALID_VP_INDEX;
}

static uint16_t map_page(struct child *child, uint16_t type, uint64_t *pfn)
{
	void *page = type == HV_STATE_PAGE_REGISTERS ?
		(void *)child->registers : child->message;
	bool *mapped = type == HV_STATE_PAGE_REGISTERS ?
		&child->registers_mapped : &child->message_mapped;

	if (type > HV_STATE_PAGE_MESSAGE)
		return HV_STATUS_INVALID_PARAMETER;
	if (*mapped)
		return HV_STATUS_OPERATION_DENIED;
	*mapped = true;
	memory_give(page, MAP_READ | MAP_WRITE);
	*pfn = memory_taken_pfn(page);
	return HV_STATUS_SUCCESS;
}

static uint16_t unmap_page(struct child *child, uint16_t type)
{
	void *page = type == HV_STATE_PAGE_REGISTERS ?
		(void *)child->registers : child->message;
	bool *mapped = type == HV_STATE_PAGE_REGISTERS ?
		&child->registers_mapped : &child->message_mapped;

	if (type > HV_STATE_PAGE_MESSAGE || !*mapped)
		return HV_STATUS_INVALID_PARAMETER;
	*mapped = false;
	memory_hide(page);
	return HV_STATUS_SUCCESS;
}

uint16_t vpstate_map_page(struct hypercall *call)
{
	const struct hv_state_page_in *in = call->in;
	struct hv_state_page_out *out = call->out;
	struct partition *partition;
	struct vp *vp;
	uint16_t status = get_vp(in->partition_id, in->vp_index, &partition,
		&vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	/* A location of the parent's choice is not offered. */
	if (in->flags) {
		status = HV_STATUS_INVALID_PARAMETER;
	} else {
		child_claim(vp);
		status = map_page(vp->child, in->type, &out->page);
		child_release(vp);
	}
	partition_put(partition);
	return status;
}

uint16_t vpstate_unmap_page(struct hypercall *call)
{
	const struct hv_state_page_in *in = call->in;
	struct partition *partition;
	struct vp *vp;
	uint16_t status = get_vp(in->partition_id, in->vp_index, &partition,
		&vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	child_claim(vp);
	status = unmap_page(vp->child, in->type);
	child_release(vp);
	partition_put(partition);
	return status;
}

/* Copies between the caller's pages and a buffer of ours. */
static bool copy_pages(const struct hypercall *call, void *data, uint32_t size,
	bool out)
{
	const struct hv_vp_state_in *in = call->in;
	uint32_t done, i;

	if ((uint64_t)call->variable * HV_PAGE_SIZE < size)
		return false;
	for (done = i = 0; done < size; done += HV_PAGE_SIZE, i++) {
		uint32_t piece = size - done < HV_PAGE_SIZE ? size - done :
			HV_PAGE_SIZE;
		uint64_t gpa = in->page[i] << HV_PAGE_SHIFT;

		if (in->page[i] >= machine.physical_end >> HV_PAGE_SHIFT)
			return false;
		if (!(out ? memory_copy_out(gpa, (char *)data + done, piece) :
				memory_copy_in((char *)data + done, gpa,
				piece)))
			return false;
	}
	return true;
}

static struct overlay *synic_page(struct vp *vp, uint32_t type)
{
	return type == HV_VP_STATE_SIMP ? &vp->child->synic.messages :
		&vp->child->synic.flags;
}

static uint16_t get_state(struct hypercall *call, struct vp *vp)
{
	const struct hv_vp_state_in *in = call->in;
	struct hv_local_interrupt_controller_state lapic;
	uint64_t states = child_xcr0_valid(vp);
	uint8_t *spare = cpu_self()->spare;
	struct hv_timers_state timers;
	void *page;

	switch (in->type) {
	case HV_VP_STATE_SIMP:
	case HV_VP_STATE_SIEFP:
		page = synic_page(vp, in->type)->page;
		return page && copy_pages(call, page, HV_PAGE_SIZE, true) ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
	case HV_VP_STATE_TIMERS:
		synic_child_get_timers(vp, &timers);
		return copy_pages(call, &timers, sizeof(timers), true) ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
	case HV_VP_STATE_LAPIC:
		vlapic_get_state(&vp->child->lapic,
			partition_time(vp->partition), &lapic);
		return copy_pages(call, &lapic, sizeof(lapic), true) ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
	case HV_VP_STATE_XSAVE:
		machine_fpu_compact(spare, vp->child->fpu, states);
		return copy_pages(call, spare, machine_fpu_size(states),
			true) ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
	}
	return HV_STATUS_INVALID_PARAMETER;
}

static uint16_t set_state(struct hypercall *call, struct vp *vp)
{
	const struct hv_vp_state_in *in = call->in;
	struct hv_local_interrupt_controller_state lapic;
	uint64_t states = child_xcr0_valid(vp);
	struct hv_timers_state timers;
	uint8_t *spare = cpu_self()->spare;

	switch (in->type) {
	case HV_VP_STATE_SIMP:
	case HV_VP_STATE_SIEFP:
		if (!synic_page(vp, in->type)->page || !copy_pages(call, spare,
				HV_PAGE_SIZE, false))
			return HV_STATUS_INVALID_PARAMETER;
		synic_child_set_page(&vp->child->synic, synic_page(vp,
			in->type), spare);
		return HV_STATUS_SUCCESS;
	case HV_VP_STATE_TIMERS:
		if (!copy_pages(call, &timers, sizeof(timers), false) ||
				!synic_child_set_timers(vp, &timers))
			return HV_STATUS_INVALID_PARAMETER;
		child_wake(vp);
		return HV_STATUS_SUCCESS;
	case HV_VP_STATE_LAPIC:
		if (!copy_pages(call, &lapic, sizeof(lapic), false) ||
				!vlapic_set_state(&vp->child->lapic,
				partition_time(vp->partition), &lapic))
			return HV_STATUS_INVALID_PARAMETER;
		child_wake(vp);
		return HV_STATUS_SUCCESS;
	case HV_VP_STATE_XSAVE:
		memset(spare, 0, HV_PAGE_SIZE);
		if (!copy_pages(call, spare, machine_fpu_size(states), false) ||
				!machine_fpu_expand(vp->child->fpu, spare,
				states))
			return HV_STATUS_INVALID_PARAMETER;
		return HV_STATUS_SUCCESS;
	}
	return HV_STATUS_INVALID_PARAMETER;
}

static uint16_t with_claim(struct hypercall *call,
	uint16_t (*act)(struct hypercall *call, struct vp *vp))
{
	const struct hv_vp_state_in *in = call->in;
	struct partition *partition;
	struct vp *vp;
	uint16_t status = get_vp(in->partition_id, in->vp_index, &partition,
		&vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	child_claim(vp);
	status = act(call, vp);
	child_release(vp);
	partition_put(partition);
	return status;
}

uint16_t vpstate_get(struct hypercall *call)
{
	return with_claim(call, get_state);
}

uint16_t vpstate_set(struct hypercall *call)
{
	return with_claim(call, set_state);
}

static unsigned int walk_access(uint64_t flags)
{
	return (flags & HV_TRANSLATE_READ ? WALK_READ : 0) |
		(flags & HV_TRANSLATE_WRITE ? WALK_WRITE : 0) |
		(flags & HV_TRANSLATE_EXECUTE ? WALK_EXECUTE : 0) |
		(flags & HV_TRANSLATE_EXEMPT ? WALK_EXEMPT : 0) |
		(flags & HV_TRANSLATE_SET_BITS ? WALK_UPDATE : 0);
}

/* What the walk found, in the interface's words. */
static void translate(struct vp *vp, uint64_t flags, uint64_t linear,
	struct hv_translate_out *out)
{
	struct walk walk;

	switch (machine_walk(vp, &walk, linear, walk_access(flags))) {
	case WALK_DONE:
		out->gpa_page = walk.gpa >> HV_PAGE_SHIFT;
		out->cache_type = 6;
		out->code = gpa_rights(vp->partition, walk.gpa) ?
			HV_TRANSLATE_SUCCESS : HV_TRANSLATE_UNMAPPED;
		return;
	case WALK_FAULT:
		out->code = walk.error & WALK_FAULT_RESERVED ?
			HV_TRANSLATE_INVALID_FLAGS :
			walk.error & WALK_FAULT_PRESENT ?
			HV_TRANSLATE_VIOLATION : HV_TRANSLATE_NOT_PRESENT;
		return;
	case WALK_NO_READ:
		out->code = HV_TRANSLATE_NO_READ;
		out->gpa_page = walk.entry_gpa >> HV_PAGE_SHIFT;
		return;
	case WALK_NO_WRITE:
		out->code = HV_TRANSLATE_NO_WRITE;
		out->gpa_page = walk.entry_gpa >> HV_PAGE_SHIFT;
		return;
	case WALK_NON_CANONICAL:
	case WALK_BUSY:
		out->code = HV_TRANSLATE_NOT_PRESENT;
		return;
	}
}

uint16_t vpstate_translate(struct hypercall *call)
{
	const struct hv_translate_in *in = call->in;
	struct partition *partition;
	struct vp *vp;
	uint16_t status = get_vp(in->partition_id, in->vp_index, &partition,
		&vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	if (in->flags & ~0x1full) {
		status = HV_STATUS_INVALID_PARAMETER;
	} else {
		child_claim(vp);
		translate(vp, in->flags, in->gva_page << HV_PAGE_SHIFT,
			call->out);
		child_release(vp);
	}
	partition_put(partition);
	return status;
}
