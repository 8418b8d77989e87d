/* Exits of a parent's VP. */
/* SPDX-License-Identifier: MIT */
#include "../../core/cpuid.h"
#include "../../core/deadline.h"
#include "../../core/hypercall.h"
#include "../../core/log.h"
#include "../../core/machine.h"
#include "../../core/memory.h"
#include "../../core/panic.h"
#include "../../lib/asm.h"
#include "../guest.h"
#include "../machine_check.h"
#include "../paging.h"
#include "../parent_msr.h"
#include "../trap.h"
#include "svm.h"

/* EXITINTINFO: APM v2 15.7.2. QEMU tells interrupts as exceptions. */
#define INT_INFO_VALID		(1ull << 31)
#define INT_INFO_TYPE		0x700ull
#define INT_INFO_INTERRUPT	0x000ull
#define INT_INFO_NMI		0x200ull
#define INT_INFO_EXCEPTION	0x300ull
#define INT_INFO_SOFTWARE	0x400ull

#define DR7_GD			(1ull << 13)
#define CR4_MCE			(1ull << 6)

extern char svm_left[];

static void msr_exit(struct vp *vp)
{
	uint32_t msr = (uint32_t)vp->gpr[GPR_RCX];
	uint64_t value = (uint32_t)vp->gpr[GPR_RAX] |
		vp->gpr[GPR_RDX] << 32;
	bool is_write = vmcb_of(vp)->exit_info1 & 1;

	if (!(is_write ? parent_msr_write(vp, msr, value) :
			parent_msr_read(vp, msr, &value))) {
		vp_ops->raise(vp, VECTOR_GP, true, 0);
		return;
	}
	if (!is_write) {
		vp->gpr[GPR_RAX] = (uint32_t)value;
		vp->gpr[GPR_RDX] = value >> 32;
	}
	vp_ops->skipped(vp);
}

/* One of ours only makes vp_loop() look at its requests. */
static void nmi_exit(struct vp *vp)
{
	if (!trap_take_nmi())
		vp_ops->nmi(vp);
}

static _Noreturn void shutdown_exit(struct vp *vp)
{
	log_line("The parent's processor %u met a triple fault at %lx.",
		vp->index, vp->rip);
	machine_reset();
}

/* Exceptions that become a double fault together. APM v2 8.2.9 */
static bool is_contributory(unsigned int vector)
{
	return vector == VECTOR_DE || (vector >= VECTOR_TS &&
		vector <= VECTOR_PF);
}

/* The hypervisor's deadline, which finds no gate, or an exception of the
 * parent's own; the intercept comes before the processor would make a double
 * fault of two. */
static void exception_exit(struct vp *vp, uint8_t vector)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	uint64_t info = vmcb->exit_int_info;
	uint8_t before = (uint8_t)info;

	if (info & INT_INFO_VALID && before == DEADLINE_VECTOR &&
			(info & INT_INFO_TYPE) != INT_INFO_SOFTWARE) {
		machine_eoi();
		synic_timers(vp);
		return;
	}
	if (info & INT_INFO_VALID && (info & INT_INFO_TYPE) ==
			INT_INFO_EXCEPTION) {
		if (before == VECTOR_DF)
			shutdown_exit(vp);
		if (is_contributory(before)) {
			vp_ops->raise(vp, VECTOR_DF, true, 0);
			return;
		}
	}
	vp_ops->raise(vp, vector, true, (uint32_t)vmcb->exit_info1);
}

/* QEMU tells of interrupts and NMIs as exceptions, and does not take them back
 * as such. An interrupt that is injected may come twice there (it forgets to
 * end it), a virtual one does not. */
static void deliver_as_qemu_tells(struct vmcb *vmcb, uint8_t vector)
{
	if (vector == VECTOR_NMI)
		vmcb->event = EVENT_VALID | EVENT_NMI | VECTOR_NMI;
	else if (vmcb->intercepts[0] & INTERCEPT_VINTR || vmcb->v_intr & V_IRQ)
		vmcb->event = EVENT_VALID | vector;
	else
		/* The vector of the one before is still there. */
		vmcb->v_intr = (vmcb->v_intr & V_TPR) | V_IRQ | V_IGNORE_TPR |
			V_VECTOR(vector);
}

/* What was being delivered when the exit came is delivered again: interrupts,
 * NMIs, and exceptions but those of an instruction, INT3 and INTO. RIP is at
 * these and at INT n still, and they are executed again. APM v2 15.7.2, 15.20 */
static void deliver_again(struct vmcb *vmcb)
{
	uint64_t info = vmcb->exit_int_info;
	uint8_t vector = (uint8_t)info;

	if (!(info & INT_INFO_VALID))
		return;
	switch (info & INT_INFO_TYPE) {
	case INT_INFO_INTERRUPT:
	case INT_INFO_NMI:
		vmcb->event = info;
		break;
	case INT_INFO_EXCEPTION:
		if (vector == VECTOR_NMI || vector >= 32)
			deliver_as_qemu_tells(vmcb, vector);
		else if (vector != VECTOR_BP && vector != VECTOR_OF)
			vmcb->event = info;
		break;
	}
}

static bool is_exception(uint64_t info)
{
	return (info & INT_INFO_TYPE) == INT_INFO_EXCEPTION;
}

/* A breakpoint or a single step of the parent's own. It exits because one on
 * the stack that it is delivered on would raise it again without end, inside
 * the processor (CVE-2015-8104); so each round comes by here. DR6 is in the
 * VMCB already; the handler is entered with GD clear. APM v2 13.1.1.4, 15.12.2
 *
 * An interrupt that was being delivered must not be lost for it; an exception
 * comes again with its instruction. */
static void debug_exit(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	if (!is_exception(vmcb->exit_int_info))
		deliver_again(vmcb);
	if (vmcb->event & EVENT_VALID)
		return;
	vmcb->dr7 &= ~DR7_GD;
	vmcb->clean = 0;
	vp_ops->raise(vp, VECTOR_DB, false, 0);
}

/* The processor's registers tell the parent what it was. */
static void machine_check_exit(struct vp *vp)
{
	if (vp_ops->get(vp, VP_CR4) & CR4_MCE) {
		vp_ops->raise(vp, VECTOR_MC, false, 0);
		return;
	}
	log_line("A machine check came while the parent's processor %u takes none.",
		vp->index);
	machine_check_log();
	machine_reset();
}

/* A device sent it: nothing of the parent's ICR comes so far. It waits, and is
 * #SX for us when interrupts come in. Where it cannot be that (VM_CR locked) it
 * would reset this processor alone, and end the hypervisor there. */
static void init_exit(struct vp *vp)
{
	if (trap_take_init()) {
		log_parent("An INIT from a device to processor %u is dropped.",
			vp->index);
		return;
	}
	log_line("An INIT from a device to processor %u cannot be dropped.",
		vp->index);
	machine_reset();
}

bool svm_is_lost(const struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);

	return vmcb->cr3 == paging_root() && vmcb->rip == (uint64_t)svm_left;
}

static void fault_exit(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	if (memory_parent_fault(vmcb->exit_info2)) {
		deliver_again(vmcb);
		return;
	}
	if (svm_is_lost(vp))
		panic("the emulator has lost the state of the parent's processor %u: QEMU with several processors does, but for thread=single",
			vp->index);
	/* Stack or descriptor table in our memory: not what is at RIP. */
	if (vmcb->exit_int_info & INT_INFO_VALID)
		vp_ops->raise(vp, VECTOR_DF, true, 0);
	else
		guest_emulate(vp, vmcb->exit_info2);
}

/* A state that no processor has: control registers with reserved bits, say. */
static _Noreturn void invalid_exit(struct vp *vp)
{
	log_line("The parent's processor %u was brought into a state that does not exist, at %lx.",
		vp->index, vp->rip);
	machine_reset();
}

static void unexpected(struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);

	panic("exit %lx (%lx, %lx) of the parent's processor %u at %lx",
		vmcb->exit_code, vmcb->exit_info1, vmcb->exit_info2,
		vp->index, vp->rip);
}

enum stats_kind svm_exit(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->event = 0;
	switch (vmcb->exit_code) {
	case EXIT_CPUID:
		cpuid_exit(vp);
		return STATS_CPUID;
	case EXIT_MSR:
		msr_exit(vp);
		return STATS_MSR;
	case EXIT_VMMCALL:
		hypercall(vp, 0);
		return STATS_HYPERCALL;
	case EXIT_NPF:
		fault_exit(vp);
		return STATS_NESTED_FAULT;
	case EXIT_NMI:
		nmi_exit(vp);
		return STATS_EXTERNAL_INTERRUPT;
	case EXIT_EXCEPTION + VECTOR_NP:
	case EXIT_EXCEPTION + VECTOR_GP:
	case EXIT_EXCEPTION + VECTOR_AC:
		exception_exit(vp, (uint8_t)(vmcb->exit_code -
			EXIT_EXCEPTION));
		return STATS_EXTERNAL_INTERRUPT;
	case EXIT_EXCEPTION + VECTOR_DB:
		debug_exit(vp);
		return STATS_OTHER;
	case EXIT_EXCEPTION + VECTOR_MC:
		machine_check_exit(vp);
		return STATS_OTHER;
	case EXIT_IOIO:
		svm_io(vp);
		return STATS_IO;
	case EXIT_INVD:
		/* INVD would throw our memory away, too. */
		wbinvd();
		vp_ops->skipped(vp);
		return STATS_OTHER;
	case EXIT_IRET:
		svm_nmi_done(vp);
		return STATS_OTHER;
	case EXIT_VINTR:
		svm_nmi_window(vp);
		return STATS_OTHER;
	case EXIT_INVLPGA:
	case EXIT_VMRUN:
	case EXIT_VMRUN + 2 ... EXIT_SKINIT:
		/* The parent has no AMD-V: CPUID says so. */
		vp_ops->raise(vp, VECTOR_UD, false, 0);
		return STATS_OTHER;
	case EXIT_SHUTDOWN:
		shutdown_exit(vp);
	case EXIT_INIT:
		init_exit(vp);
		return STATS_OTHER;
	}
	if (EXIT_IS_INVALID(vmcb->exit_code))
		invalid_exit(vp);
	unexpected(vp);
	return STATS_OTHER;
}
