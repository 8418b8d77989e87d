/* Hypercalls of a guest about its own VPs: their start, their indexes, their
 * registers; and those that only ask or tell. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/register.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "hypercall.h"
#include "partition.h"
#include "register.h"
#include "vp.h"

/* A guest knows of no other partition. */
static uint16_t check_self(const struct hypercall *call, uint64_t id,
	uint8_t vtl)
{
	if (id != HV_PARTITION_ID_SELF && id != call->vp->partition->id)
		return HV_STATUS_ACCESS_DENIED;
	return HV_INPUT_VTL(vtl) ? HV_STATUS_INVALID_PARAMETER :
		HV_STATUS_SUCCESS;
}

static bool set_quad(struct vp *vp, uint32_t name, uint64_t quad)
{
	union hv_register_value value = {{quad, 0}};

	return register_write(vp, name, &value);
}

/* In this order: EFER allows no change of LME while CR0 has paging on. */
static bool set_context(struct vp *vp, const struct hv_vp_context *context)
{
	static const uint32_t segments[] = {HV_REG_ES + VP_CS,
		HV_REG_ES + VP_DS, HV_REG_ES + VP_ES, HV_REG_ES + VP_FS,
		HV_REG_ES + VP_GS, HV_REG_ES + VP_SS, HV_REG_ES + VP_TR,
		HV_REG_ES + VP_LDTR};
	unsigned int i;

	for (i = 0; i < sizeof(segments) / sizeof(*segments); i++) {
		if (!register_write(vp, segments[i], &context->segment[i]))
			return false;
	}
	return register_write(vp, HV_REG_IDTR, &context->idtr) &&
		register_write(vp, HV_REG_GDTR, &context->gdtr) &&
		set_quad(vp, HV_REG_EFER, context->efer) &&
		set_quad(vp, HV_REG_CR4, context->cr4) &&
		set_quad(vp, HV_REG_CR3, context->cr3) &&
		set_quad(vp, HV_REG_CR0, context->cr0) &&
		set_quad(vp, HV_REG_PAT, context->pat) &&
		set_quad(vp, HV_REG_RSP, context->rsp) &&
		set_quad(vp, HV_REG_RFLAGS, context->rflags) &&
		set_quad(vp, HV_REG_RIP, context->rip);
}

/* As a start-up IPI, but with these registers. */
static uint16_t start(struct vp *vp, const struct hv_vp_context *context)
{
	struct vp_entry entry = {.vector = 0};

	vp_ops->vp_reset(vp, &entry);
	if (!set_context(vp, context)) {
		/* Half of it: as it was, for the next start. */
		vp_ops->vp_reset(vp, &entry);
		return HV_STATUS_INVALID_REGISTER_VALUE;
	}
	vp->child->waits_sipi = false;
	return HV_STATUS_SUCCESS;
}

/* What can be said without a claim. */
static uint16_t check_waits(const struct vp *vp)
{
	/* What it does with an INIT that it has not served is not done yet. */
	if (__atomic_load_n(&vp->child->init, __ATOMIC_SEQ_CST))
		return HYPERCALL_AGAIN;
	return __atomic_load_n(&vp->child->waits_sipi, __ATOMIC_SEQ_CST) ?
		HV_STATUS_SUCCESS : HV_STATUS_INVALID_VP_STATE;
}

/* A VP that waits for a start-up IPI does nothing itself, and has no claim on
 * another. Of one that runs its worker may be about to change the register page:
 * that is left alone. */
static uint16_t start_waiting(struct vp *vp,
	const struct hv_vp_context *context)
{
	bool has_page = vp->child->registers_valid;
	uint16_t status = check_waits(vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	/* What the parent has in the register page is of before. */
	register_page_load(vp);
	status = start(vp, context);
	if (has_page)
		register_page_store(vp);
	return status;
}

/* The other VP's thread may need this processor. */
static uint16_t again(struct hypercall *call)
{
	call->vp->child->interrupted = true;
	return HYPERCALL_AGAIN;
}

uint16_t guest_start_vp(struct hypercall *call)
{
	const struct hv_start_vp_in *in = call->in;
	uint16_t status = check_self(call, in->partition_id, in->vtl);
	struct vp *vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = child_find(call->vp->partition, in->vp_index);
	if (!vp)
		return HV_STATUS_INVALID_VP_INDEX;
	if (vp == call->vp)
		return HV_STATUS_INVALID_VP_STATE;
	/* One that runs all the time could never be claimed. */
	status = check_waits(vp);
	if (status == HV_STATUS_INVALID_VP_STATE)
		return status;
	/* It never waits: two VPs that want each other would for ever. */
	if (!child_try_claim(vp))
		return again(call);
	status = start_waiting(vp, &in->context);
	child_release(vp);
	if (status == HV_STATUS_SUCCESS)
		child_wake(vp);
	return status == HYPERCALL_AGAIN ? again(call) : status;
}

/* The index is the APIC's identity. */
uint16_t guest_vp_index(struct hypercall *call)
{
	const struct hv_vp_index_in *in = call->in;
	uint16_t status = check_self(call, in->partition_id, in->vtl);
	uint64_t *out = call->out;

	if (status != HV_STATUS_SUCCESS)
		return status;
	for (; call->done < call->reps; call->done++) {
		uint32_t apic_id = (uint32_t)in->apic_id[call->done];

		if (!child_find(call->vp->partition, apic_id))
			return HV_STATUS_INVALID_PARAMETER;
		out[call->done] = apic_id;
	}
	return HV_STATUS_SUCCESS;
}

/* The parent may run something else meanwhile. */
uint16_t guest_spin_wait(struct hypercall *call)
{
	call->vp->child->interrupted = true;
	return HV_STATUS_SUCCESS;
}

/* We have none of the extended calls; a worker may. */
uint16_t guest_capabilities(struct hypercall *call)
{
	*(uint64_t *)call->out = 0;
	return HV_STATUS_SUCCESS;
}

/* What a guest may name of its own, beyond what its instructions reach anyway
 * nothing: not the parent's hold on the VP, and nothing that the processor
 * carries while the VP runs. */
static bool is_own(uint32_t name, bool is_write)
{
	if (name >= HV_REG_CR0 && name <= HV_REG_CR8)
		return true;
	if (name >= HV_REG_ES && name <= HV_REG_TR)
		return true;
	if (name >= HV_REG_EFER && name <= HV_REG_SFMASK)
		return true;
	switch (name) {
	case HV_REG_RFLAGS:
	case HV_REG_IDTR:
	case HV_REG_GDTR:
	case HV_REG_TSC:
		return true;
	case HV_REG_RIP:
	case HV_REG_GUEST_OS_ID:
	case HV_REG_VP_INDEX:
		return !is_write;
	}
	return !is_write && name >= HV_REG_RAX && name <= HV_REG_R15;
}

static uint16_t check_own(const struct hypercall *call, uint64_t id,
	uint32_t index, uint8_t vtl)
{
	uint16_t status = check_self(call, id, vtl);

	if (status != HV_STATUS_SUCCESS)
		return status;
	return index == HV_VP_INDEX_SELF || index == call->vp->index ?
		HV_STATUS_SUCCESS : HV_STATUS_INVALID_VP_INDEX;
}

uint16_t guest_get_registers(struct hypercall *call)
{
	const struct hv_get_registers_in *in = call->in;
	union hv_register_value *out = call->out;
	uint16_t status = check_own(call, in->partition_id, in->vp_index,
		in->vtl);

	for (; status == HV_STATUS_SUCCESS && call->done < call->reps;
			call->done++) {
		uint32_t name = in->name[call->done];

		if (!is_own(name, false) || !register_read(call->vp, name,
				&out[call->done]))
			return HV_STATUS_INVALID_PARAMETER;
	}
	return status;
}

uint16_t guest_set_registers(struct hypercall *call)
{
	const struct hv_set_registers_in *in = call->in;
	uint16_t status = check_own(call, in->partition_id, in->vp_index,
		in->vtl);

	for (; status == HV_STATUS_SUCCESS && call->done < call->reps;
			call->done++) {
		const struct hv_register_pair *pair = &in->element[call->done];

		if (!is_own(pair->name, true))
			return HV_STATUS_INVALID_PARAMETER;
		if (!register_write(call->vp, pair->name, &pair->value))
			return HV_STATUS_INVALID_REGISTER_VALUE;
	}
	return status;
}
