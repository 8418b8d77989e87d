/* Registers of a child's VP by name, and the register page. What no processor
 * has is refused, so that an entry cannot fail. */
/* SPDX-License-Identifier: MIT */
#include "register.h"

#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/msr.h"
#include "../abi/register.h"
#include "../abi/status.h"
#include "../lib/asm.h"
#include "../lib/string.h"
#include "child.h"
#include "child_msr.h"
#include "guest_msr.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

#define RFLAGS_VALID	0x3f7fd5ull
#define RFLAGS_ONE	0x2ull
#define CR0_PG		(1ull << 31)
#define CR0_CD		(1ull << 30)
#define CR0_NW		(1ull << 29)
#define CR0_PE		(1ull << 0)
#define CR0_VALID	0xe005003full
#define SEGMENTS	6	/* in the register page */

/* Offsets in XSAVE's legacy area. APM v1 11.4.4 */
#define FPU_ST		32
#define FPU_XMM		160

static bool is_canonical(uint64_t address)
{
	return (int64_t)(address << 16) >> 16 == (int64_t)address;
}

/* Names whose value is a register of the vendor's, or a table entry. */
static const struct {
	uint32_t name;
	uint8_t reg;
	bool address;		/* must be canonical */
} simple[] = {
	{HV_REG_CR2, VP_CR2, false},
	{HV_REG_DR6, VP_DR6, false},
	{HV_REG_DR7, VP_DR7, false},
	{HV_REG_KERNEL_GS_BASE, VP_KERNEL_GS_BASE, true},
	{HV_REG_SYSENTER_CS, VP_SYSENTER_CS, false},
	{HV_REG_SYSENTER_EIP, VP_SYSENTER_EIP, true},
	{HV_REG_SYSENTER_ESP, VP_SYSENTER_ESP, true},
	{HV_REG_STAR, VP_STAR, false},
	{HV_REG_LSTAR, VP_LSTAR, true},
	{HV_REG_CSTAR, VP_CSTAR, true},
	{HV_REG_SFMASK, VP_SFMASK, false},
};
#define SIMPLE (sizeof(simple) / sizeof(*simple))

static uint64_t pending_of(const struct child_event *event)
{
	if (!event->pending)
		return 0;
	return HV_PENDING | (uint64_t)event->type << 1 |
		(event->has_code ? HV_PENDING_HAS_CODE : 0) |
		(uint64_t)event->length << 5 | (uint64_t)event->vector << 16 |
		(uint64_t)event->code << 32;
}

static uint64_t interrupt_state(const struct vp *vp)
{
	return (vp_ops->get(vp, VP_SHADOW) ? HV_STATE_INTERRUPT_SHADOW : 0) |
		(vp_ops->get(vp, VP_NMI_MASKED) ? HV_STATE_NMI_MASKED : 0);
}

static void get_segment(const struct vp *vp, enum vp_segment which,
	union hv_register_value *value)
{
	struct segment segment;

	vp_ops->segment(vp, which, &segment);
	value->segment.base = segment.base;
	value->segment.limit = segment.limit;
	value->segment.selector = segment.selector;
	value->segment.attributes = segment.attributes;
}

static void get_table(const struct vp *vp, enum vp_segment which,
	union hv_register_value *value)
{
	struct segment segment;

	vp_ops->segment(vp, which, &segment);
	value->table.limit = (uint16_t)segment.limit;
	value->table.base = segment.base;
}

/* Those that are a range of names. */
static bool get_range(const struct vp *vp, uint32_t name,
	union hv_register_value *value)
{
	const struct child *child = vp->child;
	const uint8_t *fpu = child->fpu;

	if (name == HV_REG_RSP)
		value->quad[0] = vp_ops->get(vp, VP_RSP);
	else if (name >= HV_REG_RAX && name <= HV_REG_R15)
		value->quad[0] = vp->gpr[name - HV_REG_RAX];
	else if (name >= HV_REG_XMM0 && name <= HV_REG_XMM15)
		memcpy(value, fpu + FPU_XMM + (name - HV_REG_XMM0) * 16, 16);
	else if (name >= HV_REG_ST0 && name <= HV_REG_ST7)
		memcpy(value, fpu + FPU_ST + (name - HV_REG_ST0) * 16, 16);
	else if (name >= HV_REG_DR0 && name <= HV_REG_DR3)
		value->quad[0] = child->dr[name - HV_REG_DR0];
	else if (name >= HV_REG_ES && name <= HV_REG_TR)
		get_segment(vp, (enum vp_segment)(name - HV_REG_ES), value);
	else if (name >= HV_REG_MTRR_CAP && name <= HV_REG_MTRR_FIX10)
		return child_mtrr_get(vp, name, &value->quad[0]);
	else
		return false;
	return true;
}

static bool get_control(const struct vp *vp, uint32_t name,
	union hv_register_value *value)
{
	const struct child *child = vp->child;
	const uint8_t *fpu = child->fpu;

	switch (name) {
	case HV_REG_RIP:
		value->quad[0] = vp->rip;
		return true;
	case HV_REG_RFLAGS:
		value->quad[0] = vp_ops->get(vp, VP_RFLAGS);
		return true;
	case HV_REG_FP_CONTROL:
		/* FCW, FSW, FTW (abridged), FOP, last instruction */
		memcpy(value, fpu, 16);
		return true;
	case HV_REG_XMM_CONTROL:
		/* last operand, MXCSR, its mask */
		memcpy(value, fpu + 16, 16);
		return true;
	case HV_REG_CR0:
		value->quad[0] = vp_ops->get(vp, VP_CR0);
		return true;
	case HV_REG_CR3:
		value->quad[0] = vp_ops->get(vp, VP_CR3);
		return true;
	case HV_REG_CR4:
		value->quad[0] = vp_ops->get(vp, VP_CR4);
		return true;
	case HV_REG_CR8:
		value->quad[0] = vlapic_tpr(&child->lapic) >> 4;
		return true;
	case HV_REG_XFEM:
		value->quad[0] = child->xcr0;
		return true;
	case HV_REG_IDTR:
		get_table(vp, VP_IDTR, value);
		return true;
	case HV_REG_GDTR:
		get_table(vp, VP_GDTR, value);
		return true;
	case HV_REG_TSC:
		value->quad[0] = child_tsc(vp);
		return true;
	case HV_REG_TSC_ADJUST:
		value->quad[0] = child->tsc_adjust;
		return true;
	case HV_REG_EFER:
		value->quad[0] = vp_ops->get(vp, VP_EFER);
		return true;
	case HV_REG_APIC_BASE:
		value->quad[0] = child->lapic.base;
		return true;
	case HV_REG_PAT:
		value->quad[0] = vp_ops->get(vp, VP_PAT);
		return true;
	case HV_REG_INITIAL_APIC_ID:
	case HV_REG_VP_INDEX:
		value->quad[0] = vp->index;
		return true;
	case HV_REG_TSC_AUX:
		value->quad[0] = child->tsc_aux;
		return true;
	}
	return false;
}

static bool get_state(const struct vp *vp, uint32_t name,
	union hv_register_value *value)
{
	const struct child *child = vp->child;

	switch (name) {
	case HV_REG_EXPLICIT_SUSPEND:
		value->quad[0] = child->explicit_suspend;
		return true;
	case HV_REG_INTERCEPT_SUSPEND:
		value->quad[0] = child->intercept_suspend;
		return true;
	case HV_REG_DISPATCH_SUSPEND:
		value->quad[0] = child->dispatch_suspend;
		return true;
	case HV_REG_EMULATION_HINTS:
	case HV_REG_PENDING_EVENT0:
	case HV_REG_PENDING_EVENT1:
		return true;
	case HV_REG_ACTIVITY_STATE:
		value->quad[0] = (child->waits_sipi ?
			HV_ACTIVITY_STARTUP_SUSPEND : 0) |
			(!child->halted ? 0 : child->idle ?
			HV_ACTIVITY_IDLE_SUSPEND : HV_ACTIVITY_HALT_SUSPEND);
		return true;
	case HV_REG_PENDING_INTERRUPTION:
		value->quad[0] = pending_of(&child->event);
		return true;
	case HV_REG_INTERRUPT_STATE:
		value->quad[0] = interrupt_state(vp);
		return true;
	case HV_REG_DELIVERABILITY:
		value->quad[0] = (child->deliverable ?
			HV_DELIVERABILITY_INTERRUPT : 0) |
			(uint64_t)child->synic.wanted <<
			HV_DELIVERABILITY_SINTS_SHIFT;
		return true;
	case HV_REG_SIGNAL_COUNT:
		value->quad[0] = __atomic_load_n(&child->signals,
			__ATOMIC_SEQ_CST);
		return true;
	}
	return false;
}

/* The MSR of the SynIC that a name means; 0: none. */
static uint32_t synic_msr(uint32_t name)
{
	if (name >= HV_REG_SINT0 && name <= HV_REG_SINT15)
		return HV_MSR_SINT0 + name - HV_REG_SINT0;
	if (name >= HV_REG_SCONTROL && name <= HV_REG_EOM)
		return HV_MSR_SCONTROL + name - HV_REG_SCONTROL;
	if (name >= HV_REG_STIMER0_CONFIG && name <= HV_REG_STIMER3_COUNT)
		return HV_MSR_STIMER0_CONFIG + name - HV_REG_STIMER0_CONFIG;
	return 0;
}

/* A VP that sleeps looks at its timers again. */
static bool set_synic(struct vp *vp, uint32_t msr, uint64_t value)
{
	if (!synic_child_write(vp, msr, value))
		return false;
	child_wake(vp);
	return true;
}

static bool get(const struct vp *vp, uint32_t name,
	union hv_register_value *value)
{
	unsigned int i;

	value->quad[0] = value->quad[1] = 0;
	for (i = 0; i < SIMPLE; i++) {
		if (simple[i].name == name) {
			value->quad[0] = vp_ops->get(vp, simple[i].reg);
			return true;
		}
	}
	if (synic_msr(name))
		return synic_child_read(vp, synic_msr(name), &value->quad[0]);
	return get_state(vp, name, value) || get_control(vp, name, value) ||
		get_range(vp, name, value) ||
		guest_register_get(vp, name, &value->quad[0]);
}

/* SDM v3 2.5; what VMRUN refuses, APM v2 15.5.1 */
static bool cr0_valid(uint64_t value)
{
	if (value & ~CR0_VALID)
		return false;
	if (value & CR0_NW && !(value & CR0_CD))
		return false;
	return !(value & CR0_PG) || value & CR0_PE;
}

static bool set_segment(struct vp *vp, enum vp_segment which,
	const union hv_register_value *value)
{
	struct segment segment = {value->segment.base, value->segment.limit,
		value->segment.selector, value->segment.attributes & 0xf0ff};

	if (!is_canonical(segment.base))
		return false;
	vp_ops->set_segment(vp, which, &segment);
	return true;
}

static bool set_table(struct vp *vp, enum vp_segment which,
	const union hv_register_value *value)
{
	struct segment segment = {value->table.base, value->table.limit, 0, 0};

	if (!is_canonical(segment.base))
		return false;
	vp_ops->set_segment(vp, which, &segment);
	return true;
}

static bool set_range(struct vp *vp, uint32_t name,
	const union hv_register_value *value)
{
	struct child *child = vp->child;
	uint8_t *fpu = child->fpu;

	if (name == HV_REG_RSP) {
		vp_ops->set(vp, VP_RSP, value->quad[0]);
	} else if (name >= HV_REG_RAX && name <= HV_REG_R15) {
		vp->gpr[name - HV_REG_RAX] = value->quad[0];
	} else if (name >= HV_REG_XMM0 && name <= HV_REG_XMM15) {
		memcpy(fpu + FPU_XMM + (name - HV_REG_XMM0) * 16, value, 16);
		machine_fpu_note(fpu, 2);
	} else if (name >= HV_REG_ST0 && name <= HV_REG_ST7) {
		memcpy(fpu + FPU_ST + (name - HV_REG_ST0) * 16, value, 10);
		machine_fpu_note(fpu, 1);
	} else if (name >= HV_REG_DR0 && name <= HV_REG_DR3) {
		child->dr[name - HV_REG_DR0] = value->quad[0];
	} else if (name >= HV_REG_ES && name <= HV_REG_TR) {
		return set_segment(vp, (enum vp_segment)(name - HV_REG_ES),
			value);
	} else if (name >= HV_REG_MTRR_CAP && name <= HV_REG_MTRR_FIX10) {
		return child_mtrr_set(vp, name, value->quad[0]);
	} else {
		return false;
	}
	return true;
}

static bool set_control(struct vp *vp, uint32_t name,
	const union hv_register_value *value)
{
	struct child *child = vp->child;
	uint64_t quad = value->quad[0];
	uint32_t mxcsr;

	switch (name) {
	case HV_REG_RIP:
		if (is_canonical(quad))
			vp->rip = quad;
		return is_canonical(quad);
	case HV_REG_RFLAGS:
		vp_ops->set(vp, VP_RFLAGS, (quad & RFLAGS_VALID) | RFLAGS_ONE);
		return true;
	case HV_REG_FP_CONTROL:
		memcpy(child->fpu, value, 16);
		machine_fpu_note(child->fpu, 1);
		return true;
	case HV_REG_XMM_CONTROL:
		memcpy(&mxcsr, (const char *)value + 8, 4);
		if (!machine_mxcsr_valid(mxcsr))
			return false;
		memcpy((char *)child->fpu + 16, value, 12);
		machine_fpu_note(child->fpu, 3);
		return true;
	case HV_REG_CR0:
		if (cr0_valid(quad))
			vp_ops->set(vp, VP_CR0, quad | 0x10);
		return cr0_valid(quad);
	case HV_REG_CR3:
		if (quad >> 52)
			return false;
		vp_ops->set(vp, VP_CR3, quad);
		return true;
	case HV_REG_CR4:
		if (quad & ~child_cr4_valid(vp))
			return false;
		vp_ops->set(vp, VP_CR4, quad);
		return true;
	case HV_REG_CR8:
		if (quad >= 16)
			return false;
		vlapic_set_tpr(&child->lapic, (uint8_t)(quad << 4));
		child_wake(vp);
		return true;
	case HV_REG_XFEM:
		return child_set_xcr0(vp, quad);
	case HV_REG_IDTR:
		return set_table(vp, VP_IDTR, value);
	case HV_REG_GDTR:
		return set_table(vp, VP_GDTR, value);
	case HV_REG_TSC:
		child_sync_tsc(vp, quad);
		child_wake(vp);
		return true;
	case HV_REG_TSC_ADJUST:
		child->tsc_adjust = quad;
		return true;
	case HV_REG_EFER:
		return child_set_efer(vp, quad, true);
	case HV_REG_APIC_BASE:
		return child_set_apic_base(vp, quad);
	case HV_REG_PAT:
		return child_set_pat(vp, quad);
	case HV_REG_TSC_AUX:
		if (!(quad >> 32))
			child->tsc_aux = quad;
		return !(quad >> 32);
	}
	return false;
}

static bool set_pending(struct child *child, uint64_t value)
{
	struct child_event event = {
		.pending = value & HV_PENDING,
		.type = HV_PENDING_TYPE(value),
		.has_code = value & HV_PENDING_HAS_CODE,
		.length = HV_PENDING_LENGTH(value),
		.vector = (uint8_t)HV_PENDING_VECTOR(value),
		.code = (uint32_t)HV_PENDING_CODE(value),
	};

	if (event.pending && (HV_PENDING_VECTOR(value) > 255 ||
			event.type == 1 || event.type == 7 ||
			(event.type == HV_PENDING_EXCEPTION &&
			(event.vector > 31 || event.vector == VECTOR_NMI))))
		return false;
	child->event = event;
	return true;
}

static bool set_state(struct vp *vp, uint32_t name, uint64_t quad)
{
	struct child *child = vp->child;

	switch (name) {
	case HV_REG_EXPLICIT_SUSPEND:
		child->explicit_suspend = quad & 1;
		if (!child->explicit_suspend)
			child_resume(vp);
		return true;
	case HV_REG_INTERCEPT_SUSPEND:
		child->intercept_suspend = quad & 1;
		return true;
	case HV_REG_DISPATCH_SUSPEND:
		child->dispatch_suspend = quad & 1;
		if (child->dispatch_suspend)
			child_quiet(vp);
		return true;
	case HV_REG_EMULATION_HINTS:
	case HV_REG_PENDING_EVENT0:
	case HV_REG_PENDING_EVENT1:
		return !(quad & 1);
	case HV_REG_ACTIVITY_STATE:
		child->waits_sipi = quad & HV_ACTIVITY_STARTUP_SUSPEND;
		child->idle = quad & HV_ACTIVITY_IDLE_SUSPEND;
		child->halted = child->idle || quad & HV_ACTIVITY_HALT_SUSPEND;
		child->dead = false;
		/* Blocked, the driver does not dispatch it until it is told. */
		child_wake(vp);
		return true;
	case HV_REG_PENDING_INTERRUPTION:
		if (!set_pending(child, quad))
			return false;
		if (child->event.pending)
			child_wake(vp);
		return true;
	case HV_REG_INTERRUPT_STATE:
		vp_ops->set(vp, VP_SHADOW, quad & HV_STATE_INTERRUPT_SHADOW ?
			1 : 0);
		vp_ops->set(vp, VP_NMI_MASKED, quad & HV_STATE_NMI_MASKED ?
			1 : 0);
		return true;
	case HV_REG_DELIVERABILITY:
		child->deliverable = quad & HV_DELIVERABILITY_INTERRUPT;
		child->synic.wanted = HV_DELIVERABILITY_SINTS(quad);
		if (child->deliverable || child->synic.wanted)
			child_wake(vp);
		return true;
	}
	return false;
}

static bool is_state(uint32_t name)
{
	return name <= HV_REG_ACTIVITY_STATE || (name >=
		HV_REG_PENDING_INTERRUPTION && name <= HV_REG_DELIVERABILITY);
}

static bool set(struct vp *vp, uint32_t name,
	const union hv_register_value *value)
{
	unsigned int i;

	for (i = 0; i < SIMPLE; i++) {
		if (simple[i].name != name)
			continue;
		if (simple[i].address && !is_canonical(value->quad[0]))
			return false;
		/* VMRUN wants the upper halves clear. */
		vp_ops->set(vp, simple[i].reg, simple[i].reg == VP_DR6 ||
			simple[i].reg == VP_DR7 ? (uint32_t)value->quad[0] :
			value->quad[0]);
		return true;
	}
	if (synic_msr(name))
		return set_synic(vp, synic_msr(name), value->quad[0]);
	if (is_state(name))
		return set_state(vp, name, value->quad[0]);
	return set_control(vp, name, value) || set_range(vp, name, value) ||
		guest_register_set(vp, name, value->quad[0]);
}

void register_page_store(struct vp *vp)
{
	struct register_page *page = vp->child->registers;
	unsigned int i;

	page->dirty = 0;
	memcpy(page->gpr, vp->gpr, sizeof(page->gpr));
	page->gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	page->rip = vp->rip;
	page->rflags = vp_ops->get(vp, VP_RFLAGS);
	memcpy(page->xmm, (char *)vp->child->fpu + FPU_XMM, sizeof(page->xmm));
	for (i = 0; i < SEGMENTS; i++) {
		struct segment segment;

		vp_ops->segment(vp, (enum vp_segment)i, &segment);
		page->segment[i] = (struct hv_segment){segment.base,
			segment.limit, segment.selector, segment.attributes};
	}
	page->cr0 = vp_ops->get(vp, VP_CR0);
	page->cr3 = vp_ops->get(vp, VP_CR3);
	page->cr4 = vp_ops->get(vp, VP_CR4);
	page->cr8 = vlapic_tpr(&vp->child->lapic) >> 4;
	page->efer = vp_ops->get(vp, VP_EFER);
	page->dr7 = vp_ops->get(vp, VP_DR7);
	page->pending_interruption = pending_of(&vp->child->event);
	page->interrupt_state = interrupt_state(vp);
	page->xfem = vp->child->xcr0;
	page->version = 1;
	page->valid = 1;
	vp->child->registers_valid = true;
}

/* The parent can write there at any time: each word is read once. */
static void load_general(struct vp *vp, const struct register_page *page)
{
	memcpy(vp->gpr, page->gpr, sizeof(vp->gpr));
	vp_ops->set(vp, VP_RSP, vp->gpr[GPR_RSP]);
}

static void load_segments(struct vp *vp, const struct register_page *page)
{
	unsigned int i;

	for (i = 0; i < SEGMENTS; i++) {
		union hv_register_value value;

		memcpy(&value, &page->segment[i], sizeof(value));
		set_segment(vp, (enum vp_segment)i, &value);
	}
}

static void load_control(struct vp *vp, uint32_t name, const uint64_t *from)
{
	union hv_register_value value = {{__atomic_load_n(from,
		__ATOMIC_RELAXED), 0}};

	set_control(vp, name, &value);
}

void register_page_load(struct vp *vp)
{
	struct register_page *page = vp->child->registers;
	uint32_t dirty;

	if (!vp->child->registers_valid)
		return;
	vp->child->registers_valid = false;
	dirty = __atomic_exchange_n(&page->dirty, 0, __ATOMIC_SEQ_CST);
	page->valid = 0;
	if (dirty & HV_DIRTY_GENERAL)
		load_general(vp, page);
	if (dirty & HV_DIRTY_IP)
		load_control(vp, HV_REG_RIP, &page->rip);
	if (dirty & HV_DIRTY_FLAGS)
		load_control(vp, HV_REG_RFLAGS, &page->rflags);
	if (dirty & HV_DIRTY_SEGMENT)
		load_segments(vp, page);
	if (dirty & HV_DIRTY_XMM) {
		memcpy((char *)vp->child->fpu + FPU_XMM, page->xmm,
			sizeof(page->xmm));
		machine_fpu_note(vp->child->fpu, 2);
	}
}

bool register_read(const struct vp *vp, uint32_t name,
	union hv_register_value *value)
{
	return get(vp, name, value);
}

bool register_write(struct vp *vp, uint32_t name,
	const union hv_register_value *value)
{
	return set(vp, name, value);
}

static uint16_t get_all(struct hypercall *call, struct vp *vp)
{
	const struct hv_get_registers_in *in = call->in;
	union hv_register_value *out = call->out;

	for (; call->done < call->reps; call->done++) {
		if (!get(vp, in->name[call->done], &out[call->done]))
			return HV_STATUS_INVALID_PARAMETER;
	}
	return HV_STATUS_SUCCESS;
}

static uint16_t set_all(struct hypercall *call, struct vp *vp)
{
	const struct hv_set_registers_in *in = call->in;

	for (; call->done < call->reps; call->done++) {
		const struct hv_register_pair *pair = &in->element[call->done];
		union hv_register_value old;

		if (!get(vp, pair->name, &old))
			return HV_STATUS_INVALID_PARAMETER;
		if (!set(vp, pair->name, &pair->value))
			return HV_STATUS_INVALID_REGISTER_VALUE;
	}
	return HV_STATUS_SUCCESS;
}

/* Claims the VP, whose page's changes come first: they are older. */
static uint16_t with_vp(struct hypercall *call, uint64_t id, uint32_t index,
	uint16_t (*act)(struct hypercall *call, struct vp *vp))
{
	struct partition *partition;
	uint16_t status = partition_get_active(id, &partition);
	struct vp *vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = child_find(partition, index);
	if (vp) {
		bool valid;

		child_claim(vp);
		valid = vp->child->registers_valid;
		register_page_load(vp);
		status = act(call, vp);
		if (valid)
			register_page_store(vp);
		child_release(vp);
	} else {
		status = HV_STATUS_INVALID_VP_INDEX;
	}
	partition_put(partition);
	return status;
}

uint16_t register_get(struct hypercall *call)
{
	const struct hv_get_registers_in *in = call->in;

	return with_vp(call, in->partition_id, in->vp_index, get_all);
}

uint16_t register_set(struct hypercall *call)
{
	const struct hv_set_registers_in *in = call->in;

	return with_vp(call, in->partition_id, in->vp_index, set_all);
}
