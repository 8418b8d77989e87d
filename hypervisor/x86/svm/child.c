/* AMD-V: virtual processors of children. Everything exits that could see or
 * change what is not theirs. APM v2 chapter 15. */
/* SPDX-License-Identifier: MIT */
#include "../../abi/hypercall.h"
#include "../../abi/register.h"
#include "../../core/assist.h"
#include "../../core/child.h"
#include "../../core/child_cpuid.h"
#include "../../core/child_msr.h"
#include "../../core/connection.h"
#include "../../core/gpa.h"
#include "../../core/hypercall.h"
#include "../../core/intercept.h"
#include "../../core/log.h"
#include "../../core/machine.h"
#include "../../core/memory.h"
#include "../../core/page.h"
#include "../../core/partition.h"
#include "../../lib/asm.h"
#include "../../lib/string.h"
#include "../guest.h"
#include "../trap.h"
#include "svm.h"

#define MSRPM_SIZE	0x2000
#define IOPM_SIZE	0x4000	/* 12 KB count */
#define RFLAGS_IF	(1ull << 9)
#define DR7_ENABLED	0xffull
#define CR4_OSXSAVE	(1ull << 18)
#define APIC_PAGE	0xfee00000ull

/* IOIO's EXITINFO1: APM v2 15.10.2 */
#define IO_IN		0x1u
#define IO_STRING	0x4u
#define IO_REP		0x8u
#define IO_SIZE(info)	((info) >> 4 & 7)
#define IO_PORT(info)	((uint16_t)((info) >> 16))

/* A nested fault's EXITINFO1: it was met in the guest's tables. APM v2 15.25.6 */
#define IN_TABLES	(1ull << 33)

/* Exceptions that are always intercepted: without, one that is met while it is
 * delivered loops for ever (APM v2 15.12.2, CVE-2015-5307, CVE-2015-8104);
 * machine checks are the machine's. */
#define ALWAYS		(1u << VECTOR_DB | 1u << VECTOR_AC | 1u << VECTOR_MC)

static uint8_t *msrpm SEALED, *iopm SEALED;

void svm_child_init(void)
{
	msrpm = page_take_aligned(MSRPM_SIZE);
	iopm = page_take_aligned(IOPM_SIZE);
	memset(msrpm, 0xff, MSRPM_SIZE);
	memset(iopm, 0xff, IOPM_SIZE);
}

void svm_child_control(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->dr_read = DR_0_TO_3;
	vmcb->dr_write = DR_0_TO_3 | DR_5 | DR_7;
	vmcb->cr_write = CR_4;
	vmcb->exceptions = ALWAYS;
	vmcb->intercepts[0] = INTERCEPT_INTR | INTERCEPT_NMI | INTERCEPT_INIT |
		INTERCEPT_RDPMC | INTERCEPT_CPUID | INTERCEPT_INVD |
		INTERCEPT_HLT | INTERCEPT_INVLPGA | INTERCEPT_IO |
		INTERCEPT_MSR | INTERCEPT_SHUTDOWN;
	vmcb->intercepts[1] = INTERCEPT_VMRUN | INTERCEPT_VMMCALL |
		INTERCEPT_VMLOAD | INTERCEPT_VMSAVE | INTERCEPT_STGI |
		INTERCEPT_CLGI | INTERCEPT_SKINIT | INTERCEPT_WBINVD |
		INTERCEPT_MONITOR | INTERCEPT_MWAIT | INTERCEPT_XSETBV |
		INTERCEPT_RDPRU;
	vmcb->msrpm = (uint64_t)msrpm;
	vmcb->iopm = (uint64_t)iopm;
}

void svm_interrupt(struct vp *vp, uint8_t vector)
{
	struct vmcb *vmcb = vmcb_of(vp);
	struct child *child = vp->child;
	uint64_t tpr = vlapic_tpr(&child->lapic) >> 4;

	/* A lower priority that the VP sets lets one in: it is looked at. */
	vmcb->cr_write = CR_4 | (child->masked ? CR_8 : 0);
	/* A window for an NMI or for an interrupt of the worker comes first. */
	if (child->deliverable)
		svm_window(vp);
	if (vmcb->intercepts[0] & INTERCEPT_VINTR) {
		child->injected = 0;
		vmcb->v_intr = V_INTR_MASKING | V_IRQ | V_IGNORE_TPR | tpr;
		return;
	}
	vmcb->v_intr = V_INTR_MASKING | tpr;
	if (vector)
		vmcb->v_intr |= V_IRQ | (uint64_t)(vector >> 4) <<
			V_PRIORITY_SHIFT | V_VECTOR(vector);
	/* The PIC does not ask the APIC's priority. */
	if (child->injected_extint)
		vmcb->v_intr |= V_IGNORE_TPR;
}

/* The worker's interrupt as a virtual one: where its delivery is cut short it
 * is still ours, and QEMU delivers an injected one twice now and then. */
static bool offer(struct vp *vp, uint8_t vector)
{
	struct vmcb *vmcb = vmcb_of(vp);

	if (!(vmcb->rflags & RFLAGS_IF) || vmcb->shadow & 1 ||
			vmcb->intercepts[0] & INTERCEPT_VINTR)
		return false;
	child_interrupt_kept(vp);
	vmcb->v_intr = (vmcb->v_intr & V_TPR) | V_INTR_MASKING | V_IRQ |
		V_IGNORE_TPR | V_VECTOR(vector);
	svm_of(vp)->external = true;
	return true;
}

/* The event that waits goes into the entry. Types: abi/register.h and APM v2
 * 15.20 agree but for software exceptions. */
static void inject(struct vp *vp)
{
	struct child_event *event = &vp->child->event;
	struct vmcb *vmcb = vmcb_of(vp);
	uint64_t type = event->type;

	vp->child->given = (struct child_event){.pending = false};
	if (!event->pending || (type == HV_PENDING_EXTERNAL &&
			offer(vp, event->vector)))
		return;
	vp->child->given = *event;
	event->pending = false;
	/* An NMI that came before it goes after it. */
	if (vmcb->event & EVENT_VALID) {
		svm_of(vp)->nmi_masked = false;
		vp_ops->nmi(vp);
	}
	if (type == HV_PENDING_PRIVILEGED ||
			type == HV_PENDING_SOFTWARE_EXCEPTION)
		type = HV_PENDING_EXCEPTION;
	/* The processor pushes RIP as it is. */
	if (event->type >= HV_PENDING_SOFTWARE)
		vp->rip += event->length;
	vp->child->given_rip = vp->rip;
	if (type == HV_PENDING_NMI) {
		vp_ops->nmi(vp);
		return;
	}
	vmcb->event = EVENT_VALID | type << 8 | event->vector |
		(event->has_code ? EVENT_HAS_CODE |
			(uint64_t)event->code << 32 : 0);
}

void svm_child_prepare(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);
	bool loaded = vp->child->dr_loaded;

	vmcb->exceptions = ALWAYS | vp->partition->intercepts.exceptions;
	vmcb->dr_read = loaded ? 0 : DR_0_TO_3;
	vmcb->dr_write = loaded ? 0 : DR_0_TO_3 | DR_5 | DR_7;
	vmcb->clean = 0;
	inject(vp);
}

/* Whether what could not be delivered is what the entry had. What it says of
 * itself is enough for an exception. */
static bool is_given(const struct vp *vp, uint8_t vector)
{
	const struct child_event *given = &vp->child->given;

	return given->pending && given->type != HV_PENDING_NMI &&
		given->type != HV_PENDING_EXCEPTION &&
		given->vector == vector && vp->child->given_rip == vp->rip;
}

/* What was being delivered when the exit came is delivered again; what an
 * instruction raised comes again with the instruction, but for what the entry
 * had: RIP is behind that. QEMU tells interrupts as exceptions. */
static void keep_event(struct vp *vp, uint64_t info)
{
	struct child_event *event = &vp->child->event;
	uint8_t vector = (uint8_t)info;

	if (!(info & EVENT_VALID))
		return;
	if (is_given(vp, vector)) {
		*event = vp->child->given;
		event->length = 0;
		return;
	}
	if (EVENT_TYPE(info) == HV_PENDING_NMI) {
		svm_of(vp)->nmi_masked = false;
		vp->child->nmi = true;
		return;
	}
	if (EVENT_TYPE(info) != HV_PENDING_EXCEPTION || vector > 31 ||
			vector == 3 || vector == 4)
		return;
	*event = (struct child_event){
		.pending = true, .type = HV_PENDING_EXCEPTION,
		.vector = vector, .has_code = info & EVENT_HAS_CODE,
		.code = (uint32_t)(info >> 32),
	};
}

/* Whether the interrupt that was offered has been taken, wholly: one whose
 * delivery was cut short is offered again. */
static bool is_taken(const struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	uint8_t vector = svm_of(vp)->external ? vp->child->event.vector :
		vp->child->injected;
	uint64_t info = vmcb->exit_int_info;

	if (vmcb->v_intr & V_IRQ || !vector)
		return false;
	return !(info & EVENT_VALID) || (uint8_t)info != vector ||
		(EVENT_TYPE(info) != HV_PENDING_EXTERNAL && (vector <= 31 ||
		EVENT_TYPE(info) != HV_PENDING_EXCEPTION));
}

/* A VMRUN that is refused has taken nothing, whatever the VMCB says then: QEMU
 * stores 0 as its v_intr. */
static void settle_interrupt(struct vp *vp)
{
	struct vlapic *lapic = &vp->child->lapic;
	uint64_t tpr = vmcb_of(vp)->v_intr & V_TPR;

	if (EXIT_IS_INVALID(vmcb_of(vp)->exit_code)) {
		child_interrupt_kept(vp);
		return;
	}
	vlapic_set_tpr(lapic, (uint8_t)(tpr << 4 | (vlapic_tpr(lapic) >> 4 ==
		tpr ? vlapic_tpr(lapic) & 15 : 0)));
	if (!is_taken(vp))
		child_interrupt_kept(vp);
	else if (svm_of(vp)->external)
		vp->child->event.pending = false;
	else
		child_interrupt_taken(vp);
}

/* The length of the instruction at RIP; false when the VP must come again. */
static bool find_length(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);
	uint64_t missing;

	if (svm_features.next_rip && svm->vmcb->next_rip > vp->rip &&
			svm->vmcb->next_rip - vp->rip < 16) {
		svm->length = (unsigned int)(svm->vmcb->next_rip - vp->rip);
		return true;
	}
	svm->length = svm_length(vp);
	if (svm->length || guest_length(vp, &svm->length, &missing))
		return true;
	/* The page went away meanwhile: the parent brings it back. Otherwise
	 * another processor changed the code: it is fetched again. */
	if (missing != ~0ull)
		intercept_memory(vp, missing, HV_ACCESS_READ, true);
	return false;
}

static void general_protection(struct vp *vp)
{
	vp_ops->raise(vp, VECTOR_GP, true, 0);
}

/* The instruction is done, and was about general registers alone. */
static void done(struct vp *vp)
{
	vp_ops->skipped(vp);
	vp->child->steady = vp->child->settled;
}

static void cpuid_exit(struct vp *vp)
{
	struct cpuid r = child_cpuid(vp, (uint32_t)vp->gpr[GPR_RAX],
		(uint32_t)vp->gpr[GPR_RCX]);

	if (vp->partition->intercepts.cpuid) {
		uint32_t result[4] = {r.eax, r.ebx, r.ecx, r.edx};

		intercept_cpuid(vp, result, svm_of(vp)->length);
		return;
	}
	vp->gpr[GPR_RAX] = r.eax;
	vp->gpr[GPR_RBX] = r.ebx;
	vp->gpr[GPR_RCX] = r.ecx;
	vp->gpr[GPR_RDX] = r.edx;
	done(vp);
}

/* An NMI that waits for its window comes now: with interrupts off there may be
 * none. */
static void settle_halt(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);

	if (!svm->nmi_pending || svm->nmi_masked)
		return;
	vp->child->halted = false;
	svm_nmi_window(vp);
}

static void msr_exit(struct vp *vp)
{
	uint32_t msr = (uint32_t)vp->gpr[GPR_RCX];
	uint64_t value = (uint32_t)vp->gpr[GPR_RAX] | vp->gpr[GPR_RDX] << 32;
	bool is_write = vmcb_of(vp)->exit_info1 & 1;
	unsigned int length = svm_of(vp)->length;

	switch (is_write ? child_msr_write(vp, msr, value) :
			child_msr_read(vp, msr, &value)) {
	case CHILD_MSR_FAULT:
		general_protection(vp);
		return;
	case CHILD_MSR_MESSAGE:
		intercept_msr(vp, msr, is_write, length);
		return;
	case CHILD_MSR_DONE:
		break;
	}
	if (!is_write) {
		vp->gpr[GPR_RAX] = (uint32_t)value;
		vp->gpr[GPR_RDX] = value >> 32;
	}
	if (is_write || vp->child->halted)
		vp_ops->skipped(vp);
	else
		done(vp);
	/* GUEST_IDLE */
	if (vp->child->halted)
		settle_halt(vp);
}

static void io_exit(struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	uint64_t info = vmcb->exit_info1;
	unsigned int length = (unsigned int)(vmcb->exit_info2 - vp->rip);

	intercept_io(vp, IO_PORT(info), (uint8_t)(IO_SIZE(info) |
		(info & IO_STRING ? HV_IO_STRING : 0) |
		(info & IO_REP ? HV_IO_REP : 0)), !(info & IO_IN),
		length < 16 ? length : 0);
}

static void apic_exit(struct vp *vp, uint64_t gpa, unsigned int access)
{
	struct vlapic_effect effect = {.ipi = false};

	if (!guest_child_apic(vp, gpa, &svm_of(vp)->length, &effect)) {
		intercept_memory(vp, gpa, access, false);
		return;
	}
	vp_ops->skipped(vp);
	child_apic_effect(vp, &effect);
}

/* Error code as a page fault's; QEMU leaves some bits out. APM v2 15.25.6 */
static unsigned int access_of(uint64_t code)
{
	return code & 0x10 ? HV_ACCESS_EXECUTE :
		code & 0x2 ? HV_ACCESS_WRITE : HV_ACCESS_READ;
}

/* A write to a doorbell; true when it is served. */
static bool doorbell_exit(struct vp *vp, uint64_t gpa)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	struct guest_write write;
	uint64_t missing;

	if (vmcb->exit_info1 & IN_TABLES || !connection_is_doorbell(
			vp->partition, gpa))
		return false;
	if (!guest_child_write(vp, gpa, &write, &missing)) {
		/* The instruction's own page comes back first. */
		if (missing != ~0ull)
			intercept_memory(vp, missing, HV_ACCESS_READ, true);
		return missing != ~0ull;
	}
	if (!connection_ring(vp->partition, gpa, write.size, write.value))
		return false;
	svm_of(vp)->length = write.length;
	done(vp);
	return true;
}

static void fault_exit(struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	uint64_t gpa = vmcb->exit_info2;
	unsigned int access = access_of(vmcb->exit_info1);
	unsigned int need = access == HV_ACCESS_EXECUTE ? MAP_EXECUTE :
		access == HV_ACCESS_WRITE ? MAP_WRITE : MAP_READ;
	unsigned int rights = gpa_rights(vp->partition, gpa);

	vp->child->operand = access != HV_ACCESS_EXECUTE &&
		!(vmcb->exit_info1 & IN_TABLES) &&
		!(vmcb->exit_int_info & EVENT_VALID);
	if (!(rights & MAP_KNOWN) && vp->child->operand)
		svm_know_code(vp);
	/* Not when an event's delivery met it: the instruction at RIP is
	 * another matter then. */
	if (!(vmcb->exit_int_info & EVENT_VALID) &&
			gpa >> 12 == APIC_PAGE >> 12 &&
			vp->child->lapic.base & 1u << 11 &&
			!vlapic_is_x2apic(&vp->child->lapic)) {
		apic_exit(vp, gpa, access);
		return;
	}
	if (svm_is_lost(vp)) {
		log_parent("The emulator has lost the state of processor %u of a VM.",
			vp->index);
		intercept_dead(vp, HV_MESSAGE_INVALID_STATE);
		return;
	}
	/* Another processor was faster; or the error code does not tell a
	 * fetch from a read. */
	if (rights & need && (access == HV_ACCESS_WRITE || rights &
			MAP_EXECUTE))
		return;
	if (!rights && access == HV_ACCESS_WRITE && !(vmcb->exit_int_info &
			EVENT_VALID) && doorbell_exit(vp, gpa))
		return;
	/* TLFS 3.13: a write to a page of the hypervisor's. */
	if (rights & MAP_READ && gpa_is_overlay(vp->partition, gpa)) {
		general_protection(vp);
		return;
	}
	intercept_memory(vp, gpa, access, rights & MAP_KNOWN);
}

static void exception_exit(struct vp *vp, uint8_t vector)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	bool has_code = vector == VECTOR_DF || (vector >= VECTOR_TS &&
		vector <= VECTOR_PF) || vector == VECTOR_AC;

	if (vector == VECTOR_MC) {
		__asm__ volatile("int $18");
		return;
	}
	if (vp->partition->intercepts.exceptions & 1u << vector) {
		intercept_exception(vp, vector, has_code,
			(uint32_t)vmcb->exit_info1, vmcb->exit_info2);
		return;
	}
	/* In the delivery of another one, which comes again by itself. */
	vp_ops->raise(vp, vector, has_code, (uint32_t)vmcb->exit_info1);
}

static void xsetbv_exit(struct vp *vp)
{
	uint64_t value = (uint32_t)vp->gpr[GPR_RAX] | vp->gpr[GPR_RDX] << 32;

	/* QEMU exits before it checks these. APM v4, "XSETBV" */
	if (!(vp_ops->get(vp, VP_CR4) & CR4_OSXSAVE)) {
		vp_ops->raise(vp, VECTOR_UD, false, 0);
		return;
	}
	if (vp_ops->get(vp, VP_CPL) || vp->gpr[GPR_RCX] << 32 ||
			!child_set_xcr0(vp, value)) {
		general_protection(vp);
		return;
	}
	write_xcr0(value);
	vp_ops->skipped(vp);
}

/* MOV to CR4 or CR8: what CPUID does not offer is #GP. */
static void cr_exit(struct vp *vp)
{
	uint64_t value, now = vp_ops->get(vp, VP_CR4);
	struct insn insn;

	vp->gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	if (!guest_decode(vp, &insn) || !insn.has_modrm)
		return;
	value = vp->gpr[insn.rm];
	if (insn.bits != 64)
		value = (uint32_t)value;
	if (vmcb_of(vp)->exit_code == EXIT_CR_WRITE + 8) {
		if (value > 15) {
			general_protection(vp);
			return;
		}
		vlapic_set_tpr(&vp->child->lapic, (uint8_t)(value << 4));
	} else if (value != now) {
		if (!child_cr4_allowed(vp, value)) {
			general_protection(vp);
			return;
		}
		vp_ops->set(vp, VP_CR4, value);
	}
	vp_ops->skipped(vp);
}

static void nmi_exit(struct vp *vp)
{
	/* One of ours only ends the run; the machine's is the parent's. */
	if (!trap_take_nmi())
		vp_ops->nmi(vp->cpu->vp);
	vp->child->interrupted = true;
}

static void halt_exit(struct vp *vp)
{
	vp_ops->skipped(vp);
	vp->child->halted = true;
	vp->child->idle = false;
	settle_halt(vp);
}

/* Exits for which the length must be known first. */
static bool needs_length(uint64_t code)
{
	switch (code) {
	case EXIT_CPUID:
	case EXIT_MSR:
	case EXIT_HLT:
	case EXIT_INVD:
	case EXIT_WBINVD:
	case EXIT_VMMCALL:
	case EXIT_XSETBV:
	case EXIT_CR_WRITE + 4:
	case EXIT_CR_WRITE + 8:
		return true;
	}
	return false;
}

static enum stats_kind serve(struct vp *vp, uint64_t code)
{
	switch (code) {
	case EXIT_INTR:
		vp->child->interrupted = true;
		return STATS_EXTERNAL_INTERRUPT;
	case EXIT_NMI:
		nmi_exit(vp);
		return STATS_EXTERNAL_INTERRUPT;
	case EXIT_CPUID:
		cpuid_exit(vp);
		return STATS_CPUID;
	case EXIT_MSR:
		msr_exit(vp);
		return STATS_MSR;
	case EXIT_IOIO:
		io_exit(vp);
		return STATS_OTHER;
	case EXIT_NPF:
		fault_exit(vp);
		return STATS_NESTED_FAULT;
	case EXIT_HLT:
		halt_exit(vp);
		return STATS_OTHER;
	case EXIT_VMMCALL:
		hypercall(vp, svm_of(vp)->length);
		return STATS_HYPERCALL;
	case EXIT_INVD:
	case EXIT_WBINVD:
		/* Its memory is coherent. */
		vp_ops->skipped(vp);
		return STATS_OTHER;
	case EXIT_XSETBV:
		xsetbv_exit(vp);
		return STATS_OTHER;
	case EXIT_RDPMC:
		general_protection(vp);
		return STATS_OTHER;
	case EXIT_IRET:
		svm_nmi_done(vp);
		return STATS_OTHER;
	case EXIT_VINTR:
		svm_nmi_window(vp);
		if (vp->child->deliverable)
			intercept_deliverable(vp);
		return STATS_OTHER;
	case EXIT_CR_WRITE + 4:
	case EXIT_CR_WRITE + 8:
		cr_exit(vp);
		return STATS_CONTROL_REGISTER;
	case EXIT_DR_READ ... EXIT_DR_READ + 15:
	case EXIT_DR_WRITE ... EXIT_DR_WRITE + 15:
		machine_load_debug(vp);
		return STATS_OTHER;
	case EXIT_EXCEPTION ... EXIT_EXCEPTION + 31:
		exception_exit(vp, (uint8_t)(code - EXIT_EXCEPTION));
		return STATS_OTHER;
	case EXIT_INVLPGA:
	case EXIT_VMRUN:
	case EXIT_VMRUN + 2 ... EXIT_SKINIT:
	case EXIT_MONITOR:
	case EXIT_MWAIT:
	case EXIT_MWAIT_IF:
	case EXIT_RDPRU:
		/* Its CPUID has none of them. */
		vp_ops->raise(vp, VECTOR_UD, false, 0);
		return STATS_OTHER;
	case EXIT_SHUTDOWN:
		intercept_dead(vp, HV_MESSAGE_UNRECOVERABLE);
		return STATS_OTHER;
	case EXIT_INIT:
		/* It waits for the parent. */
		vp->child->interrupted = true;
		return STATS_OTHER;
	}
	/* A state that no processor has; or an exit that nobody asked for. */
	intercept_dead(vp, HV_MESSAGE_INVALID_STATE);
	return STATS_OTHER;
}

/* What the entry had has been taken, or taken back. */
static void settle_entry(struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	struct child *child = vp->child;
	uint8_t offered = child->injected;
	bool lazy = child->lazy_eoi;

	keep_event(vp, vmcb->exit_int_info);
	settle_interrupt(vp);
	svm_of(vp)->external = false;
	assist_collect(vp);
	/* An event that exits again at each delivery would keep the processor:
	 * interrupts come only between instructions. */
	if (vmcb->exit_int_info & EVENT_VALID ||
			vmcb->exit_code == EXIT_EXCEPTION + VECTOR_DB ||
			vmcb->exit_code == EXIT_EXCEPTION + VECTOR_AC)
		child->interrupted = true;
	child->settled = offered == child->injected &&
		lazy == child->lazy_eoi;
	child->steady = false;
	child->code_length = 0;
	child->operand = false;
}

enum stats_kind svm_child_exit(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->event = 0;
	settle_entry(vp);
	if (needs_length(vmcb->exit_code) && !find_length(vp))
		return STATS_OTHER;
	return serve(vp, vmcb->exit_code);
}
