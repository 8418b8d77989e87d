/* Exits of a parent's VP. */
/* SPDX-License-Identifier: MIT */
#include "../../core/cpuid.h"
#include "../../core/deadline.h"
#include "../../core/hypercall.h"
#include "../../core/log.h"
#include "../../core/machine.h"
#include "../../core/memory.h"
#include "../../core/panic.h"
#include "../guest.h"
#include "../parent_msr.h"
#include "../trap.h"
#include "svm.h"

/* EXITINTINFO: APM v2 15.7.2. QEMU tells interrupts as exceptions. */
#define INT_INFO_VALID		(1ull << 31)
#define INT_INFO_TYPE		0x700ull
#define INT_INFO_EXCEPTION	0x300ull
#define INT_INFO_SOFTWARE	0x400ull

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

static void fault_exit(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	/* What was being delivered when the fault came is delivered again. */
	if (vmcb->exit_int_info & INT_INFO_VALID)
		vmcb->event = vmcb->exit_int_info;
	if (memory_parent_fault(vmcb->exit_info2))
		return;
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
		hypercall(vp);
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
	case EXIT_INVD:
		/* INVD would throw our memory away, too. */
		__asm__ volatile("wbinvd" : : : "memory");
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
		return STATS_OTHER;
	}
	if (EXIT_IS_INVALID(vmcb->exit_code))
		invalid_exit(vp);
	unexpected(vp);
	return STATS_OTHER;
}
