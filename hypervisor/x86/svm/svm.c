/* AMD-V: what the waist offers, without exits and tables. */
/* SPDX-License-Identifier: MIT */
#include "svm.h"

#include "../../abi/register.h"
#include "../../core/child.h"
#include "../../core/machine.h"
#include "../../core/memory.h"
#include "../../core/page.h"
#include "../../core/panic.h"
#include "../../core/partition.h"
#include "../../lib/asm.h"
#include "../../lib/string.h"
#include "../trap.h"

#define MSR_EFER	0xc0000080
#define MSR_VM_CR	0xc0010114
#define MSR_VM_HSAVE	0xc0010117
#define EFER_SVME	(1ull << 12)
#define EFER_LMA_LME	0x500ull
#define VM_CR_R_INIT	(1ull << 1)	/* INIT becomes #SX */
#define VM_CR_DIS_A20M	(1ull << 2)	/* the A20 gate does nothing */
#define VM_CR_SVMDIS	(1ull << 4)
/* Families up to 10h: among others erratum 383, by which a guest's page tables
 * stop the machine, and 170 and 721 of the world switch. */
#define FAMILY_LEAST	0x11

/* CPUID 8000_000A, EDX. APM v3, appendix E */
#define HAS_NESTED	(1u << 0)
#define HAS_NEXT_RIP	(1u << 3)
#define HAS_FLUSH_ASID	(1u << 6)
#define HAS_ASSIST	(1u << 7)

#define RFLAGS_TF	(1ull << 8)
#define DR6_SINGLE_STEP	(1ull << 14)

#define PARENT_ASID	1
#define FIRST_ASID	2
#define PAT_RESET	0x0007040600070406ull
#define CR0_RESET	0x60000010ull
#define CR0_LONG	0x80010033ull	/* PG WP NE ET MP PE */
#define CR4_LONG	0x20ull		/* PAE */

struct svm_features svm_features SEALED;

extern char svm_wait_end[];
void svm_let_in(bool interrupts);
void svm_wait(void);

static unsigned int family(void)
{
	uint32_t eax = cpuid(1, 0).eax, base = eax >> 8 & 15;

	/* APM v3, appendix E.3.2 */
	return base == 15 ? base + (eax >> 20 & 0xff) : base;
}

static const char *missing(void)
{
	struct cpuid leaf;

	if (cpuid(0x80000000, 0).eax < 0x8000000a ||
			!(cpuid(0x80000001, 0).ecx & 1u << 2))
		return "This processor has no AMD-V (SVM): virtual machines need one that has.";
	if (family() < FAMILY_LEAST)
		return "This processor is too old: the AMD-V of its family has known errors. Families from 11h on have not.";
	if (rdmsr(MSR_VM_CR) & VM_CR_SVMDIS)
		return "AMD-V is switched off: switch on SVM (virtualization) in the firmware's set-up.";
	leaf = cpuid(0x8000000a, 0);
	if (!(leaf.edx & HAS_NESTED))
		return "This processor has no nested paging: virtual machines need one that has.";
	svm_features.next_rip = leaf.edx & HAS_NEXT_RIP;
	svm_features.flush_by_asid = leaf.edx & HAS_FLUSH_ASID;
	svm_features.decode_assist = leaf.edx & HAS_ASSIST;
	svm_features.asids = leaf.ebx;
	svm_features.giant_pages = cpuid(0x80000001, 0).edx & 1u << 26;
	return NULL;
}

static void cpu_start(struct cpu *cpu)
{
	void *save = page_take(), *host = page_take();
	struct svm_cpu *svm = page_take();

	ASSERT(save && host && svm);
	cpu->vendor = svm;
	svm->host = (uint64_t)host;
	svm->next_asid = FIRST_ASID;
	svm->round = 1;
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE, (uint64_t)save);
	trap_sleep_from = (uint64_t)svm_wait;
	trap_sleep_to = (uint64_t)svm_wait_end;
	__asm__ volatile("vmsave %0" : : "a"(host) : "memory");
}

/* Not sooner: while we start an INIT of ours may still withdraw a processor. */
static void hold(void)
{
	uint64_t vm_cr = rdmsr(MSR_VM_CR);

	/* APM v2 15.28, 15.30.1. Where it faults they stay as they are. */
	trap_wrmsr(MSR_VM_CR, vm_cr | VM_CR_R_INIT | VM_CR_DIS_A20M);
	__asm__ volatile("clgi" : : : "memory");
}

static bool partition_init(struct partition *partition)
{
	if (!npt_init(partition))
		return false;
	if (partition != parent)
		return true;
	svm_maps_init();
	svm_child_init();
	return true;
}

static void parent_control(struct vmcb *vmcb)
{
	/* The deadline's interrupt finds no gate: DEADLINE_VECTOR. Its type is
	 * 0, so the processor says #GP; one that is only absent says #NP. */
	vmcb->exceptions = 1u << VECTOR_NP | 1u << VECTOR_GP;
	/* Without, one that is met while it is delivered loops for ever. */
	vmcb->exceptions |= 1u << VECTOR_AC | 1u << VECTOR_DB;
	vmcb->exceptions |= 1u << VECTOR_MC;
	vmcb->intercepts[0] = INTERCEPT_NMI | INTERCEPT_INIT |
		INTERCEPT_CPUID | INTERCEPT_INVD | INTERCEPT_INVLPGA |
		INTERCEPT_MSR | INTERCEPT_IO |
		INTERCEPT_SHUTDOWN;
	vmcb->intercepts[1] = INTERCEPT_VMRUN | INTERCEPT_VMMCALL |
		INTERCEPT_VMLOAD | INTERCEPT_VMSAVE | INTERCEPT_STGI |
		INTERCEPT_CLGI | INTERCEPT_SKINIT;
	vmcb->msrpm = (uint64_t)svm_msrpm;
	vmcb->iopm = (uint64_t)svm_iopm;
	vmcb->asid = PARENT_ASID;
}

static void *take(struct vp *vp)
{
	return vp->child ? pool_take(&vp->partition->pool) : page_take();
}

static void vp_end(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);

	if (svm && svm->vmcb)
		pool_give(&vp->partition->pool, svm->vmcb);
	if (svm)
		pool_give(&vp->partition->pool, svm);
	vp->vendor = NULL;
}

static bool vp_init(struct vp *vp)
{
	struct svm_vp *svm = take(vp);

	static_assert(sizeof(*svm) <= 0x1000, "a page");
	vp->vendor = svm;
	if (svm)
		svm->vmcb = take(vp);
	if (!svm || !svm->vmcb)
		return false;
	if (vp->child)
		svm_child_control(vp);
	else
		parent_control(svm->vmcb);
	svm->vmcb->nested = NESTED_PAGING;
	svm->vmcb->nested_cr3 = memory_spa(vp->partition->vendor);
	return true;
}

static struct vmcb_segment segment(uint16_t selector, uint16_t attributes,
	uint32_t limit, uint64_t base)
{
	return (struct vmcb_segment){selector, attributes, limit, base};
}

/* Attributes: bits 55:52 and 47:40 of the descriptor. APM v2 15.5.1 */
#define CODE_REAL	0x09b
#define DATA_REAL	0x093
#define CODE_LONG	0xa9b
#define DATA_LONG	0xc93
#define LDT		0x082
#define TSS		0x08b

/* APM v2 table 14-1, "after INIT" */
static void reset_real(struct vmcb *vmcb, const struct vp_entry *entry)
{
	uint8_t vector = entry->vector;
	struct vmcb_segment data = segment(0, DATA_REAL, 0xffff, 0);

	vmcb->cs = segment((uint16_t)(vector << 8), CODE_REAL, 0xffff,
		(uint64_t)vector << 12);
	vmcb->ds = vmcb->es = vmcb->ss = vmcb->fs = vmcb->gs = data;
	vmcb->gdtr = vmcb->idtr = segment(0, 0, 0xffff, 0);
	/* CD and NW would stop the caches of a processor that has them on. */
	vmcb->cr0 = 0x10;
	vmcb->cr3 = vmcb->cr4 = 0;
	vmcb->efer = EFER_SVME;
	vmcb->rip = vmcb->rsp = 0;
	if (!entry->power_on)
		return;
	vmcb->cs = segment(0xf000, CODE_REAL, 0xffff, 0xffff0000);
	vmcb->rip = 0xfff0;
	vmcb->cr0 = CR0_RESET;
}

static void reset_long(struct vmcb *vmcb, const struct vp_entry *entry)
{
	struct vmcb_segment data = segment(entry->data, DATA_LONG, 0xffffffff,
		0);

	vmcb->cs = segment(entry->code, CODE_LONG, 0xffffffff, 0);
	vmcb->ds = vmcb->es = vmcb->ss = vmcb->fs = vmcb->gs = data;
	vmcb->gdtr = segment(0, 0, entry->gdt_limit, entry->gdt);
	vmcb->idtr = segment(0, 0, 0, 0);
	vmcb->cr0 = CR0_LONG;
	vmcb->cr3 = entry->cr3;
	vmcb->cr4 = CR4_LONG;
	vmcb->efer = EFER_SVME | EFER_LMA_LME;
	vmcb->rip = entry->rip;
	vmcb->rsp = entry->rsp;
}

/* What VMLOAD loads. */
static void reset_rest(struct vmcb *vmcb)
{
	vmcb->ldtr = segment(0, LDT, 0xffff, 0);
	vmcb->tr = segment(0, TSS, 0xffff, 0);
	vmcb->star = vmcb->lstar = vmcb->cstar = vmcb->sfmask = 0;
	vmcb->kernel_gs_base = 0;
	vmcb->sysenter_cs = vmcb->sysenter_esp = vmcb->sysenter_eip = 0;
}

static void vp_reset(struct vp *vp, const struct vp_entry *entry)
{
	struct svm_vp *svm = svm_of(vp);
	struct vmcb *vmcb = svm->vmcb;

	if (entry->is_long)
		reset_long(vmcb, entry);
	else
		reset_real(vmcb, entry);
	vmcb->cpl = 0;
	vmcb->rflags = 2;
	vmcb->dr6 = 0xffff0ff0;
	vmcb->dr7 = 0x400;
	vmcb->pat = PAT_RESET;
	vmcb->event = vmcb->shadow = 0;
	vmcb->v_intr = vp->child ? V_INTR_MASKING : 0;
	vmcb->intercepts[0] &= ~(INTERCEPT_IRET | INTERCEPT_VINTR);
	svm->nmi_masked = svm->nmi_pending = false;
	svm->flushed = ~0ull;	/* what was translated is another VP's */
	svm->round = 0;
	vmcb->clean = 0;
	reset_rest(vmcb);
	vp->rip = vmcb->rip;
}

/* A child's VP has an ASID on the processor where it ran last, for as long as
 * these are not handed out anew. */
static void choose_asid(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);
	struct svm_cpu *cpu = vp->cpu->vendor;

	if (svm->cpu == vp->cpu && svm->round == cpu->round)
		return;
	if (cpu->next_asid >= svm_features.asids) {
		cpu->next_asid = FIRST_ASID;
		cpu->round++;
		svm->vmcb->tlb_control = TLB_FLUSH_ALL;
	}
	svm->cpu = vp->cpu;
	svm->round = cpu->round;
	svm->vmcb->asid = cpu->next_asid++;
	svm->vmcb->clean = 0;
}

static void prepare_flush(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);
	uint64_t generation = __atomic_load_n(&vp->partition->generation,
		__ATOMIC_SEQ_CST), flushes = 0, now;

	svm->vmcb->tlb_control = TLB_KEEP;
	if (vp->child) {
		choose_asid(vp);
		flushes = __atomic_load_n(&vp->child->flushes,
			__ATOMIC_SEQ_CST);
		__atomic_store_n(&vp->child->flushed, flushes,
			__ATOMIC_SEQ_CST);
	}
	/* Both only grow, so the sum tells when one of them did. */
	now = generation + flushes;
	if (svm->flushed != now && svm->vmcb->tlb_control == TLB_KEEP)
		svm->vmcb->tlb_control = svm_features.flush_by_asid ?
			TLB_FLUSH_ASID : TLB_FLUSH_ALL;
	svm->flushed = now;
	__atomic_store_n(&vp->cpu->flushed, generation, __ATOMIC_SEQ_CST);
}

static enum stats_kind run(struct vp *vp)
{
	struct svm_cpu *cpu = vp->cpu->vendor;
	struct vmcb *vmcb = vmcb_of(vp);

	prepare_flush(vp);
	if (vp->child)
		svm_child_prepare(vp);
	vmcb->rax = vp->gpr[GPR_RAX];
	vmcb->rip = vp->rip;
	svm_enter(vp->gpr, memory_spa(vmcb), cpu->host);
	vp->cpu->entered = machine_time();
	__atomic_store_n(&vp->cpu->running, NULL, __ATOMIC_SEQ_CST);
	vp->gpr[GPR_RAX] = vmcb->rax;
	vp->rip = vmcb->rip;
	return vp->child ? svm_child_exit(vp) : svm_exit(vp);
}

/* Where a register is in the VMCB. */
static const uint16_t place[VP_REGISTERS] = {
	[VP_RSP] = offsetof(struct vmcb, rsp),
	[VP_RFLAGS] = offsetof(struct vmcb, rflags),
	[VP_CR0] = offsetof(struct vmcb, cr0),
	[VP_CR2] = offsetof(struct vmcb, cr2),
	[VP_CR3] = offsetof(struct vmcb, cr3),
	[VP_CR4] = offsetof(struct vmcb, cr4),
	[VP_EFER] = offsetof(struct vmcb, efer),
	[VP_DR6] = offsetof(struct vmcb, dr6),
	[VP_DR7] = offsetof(struct vmcb, dr7),
	[VP_PAT] = offsetof(struct vmcb, pat),
	[VP_STAR] = offsetof(struct vmcb, star),
	[VP_LSTAR] = offsetof(struct vmcb, lstar),
	[VP_CSTAR] = offsetof(struct vmcb, cstar),
	[VP_SFMASK] = offsetof(struct vmcb, sfmask),
	[VP_KERNEL_GS_BASE] = offsetof(struct vmcb, kernel_gs_base),
	[VP_SYSENTER_CS] = offsetof(struct vmcb, sysenter_cs),
	[VP_SYSENTER_ESP] = offsetof(struct vmcb, sysenter_esp),
	[VP_SYSENTER_EIP] = offsetof(struct vmcb, sysenter_eip),
	[VP_TSC_OFFSET] = offsetof(struct vmcb, tsc_offset),
};

static uint64_t *at(const struct vp *vp, enum vp_register name)
{
	return (uint64_t *)((char *)vmcb_of(vp) + place[name]);
}

static uint64_t get(const struct vp *vp, enum vp_register name)
{
	switch (name) {
	case VP_SHADOW:
		return vmcb_of(vp)->shadow & 1;
	case VP_NMI_MASKED:
		return svm_of(vp)->nmi_masked;
	case VP_CPL:
		return vmcb_of(vp)->cpl;
	case VP_EFER:
		/* A parent's own view of it: parent_msr.c. */
		return vp->child ? *at(vp, name) & ~EFER_SVME : *at(vp, name);
	default:
		return *at(vp, name);
	}
}

static void set(struct vp *vp, enum vp_register name, uint64_t value)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->clean = 0;
	switch (name) {
	case VP_SHADOW:
		vmcb->shadow = (vmcb->shadow & ~1ull) | (value & 1);
		break;
	case VP_NMI_MASKED:
		svm_of(vp)->nmi_masked = value;
		vmcb->intercepts[0] &= ~INTERCEPT_IRET;
		if (value)
			vmcb->intercepts[0] |= INTERCEPT_IRET;
		break;
	case VP_EFER:
		/* VMRUN wants it set; the VP does not see it. */
		vmcb->efer = value | EFER_SVME;
		svm_of(vp)->flushed = ~0ull;
		break;
	case VP_CR0:
	case VP_CR3:
	case VP_CR4:
		/* VMRUN keeps what was translated before. APM v2 15.16 */
		svm_of(vp)->flushed = ~0ull;
		*at(vp, name) = value;
		break;
	default:
		*at(vp, name) = value;
	}
}

/* In the VMCB bits 15:12 of the attributes are at 11:8. */
static struct vmcb_segment *segment_at(const struct vp *vp,
	enum vp_segment which)
{
	struct vmcb *vmcb = vmcb_of(vp);

	switch (which) {
	case VP_LDTR:
		return &vmcb->ldtr;
	case VP_TR:
		return &vmcb->tr;
	case VP_IDTR:
		return &vmcb->idtr;
	case VP_GDTR:
		return &vmcb->gdtr;
	default:
		return &vmcb->es + which;
	}
}

static void get_segment(const struct vp *vp, enum vp_segment which,
	struct segment *to)
{
	const struct vmcb_segment *from = segment_at(vp, which);

	to->base = from->base;
	to->limit = from->limit;
	to->selector = from->selector;
	to->attributes = (from->attributes & 0xff) |
		(uint16_t)((from->attributes & 0xf00) << 4);
}

static void set_segment(struct vp *vp, enum vp_segment which,
	const struct segment *from)
{
	struct vmcb_segment *to = segment_at(vp, which);

	vmcb_of(vp)->clean = 0;
	to->base = from->base;
	to->limit = from->limit;
	to->selector = from->selector;
	to->attributes = (from->attributes & 0xff) |
		(from->attributes >> 4 & 0xf00);
	/* SS's DPL is the privilege level. APM v2 15.5.1 */
	if (which == VP_SS)
		vmcb_of(vp)->cpl = from->attributes >> 5 & 3;
}

static void raise(struct vp *vp, uint8_t vector, bool has_code, uint32_t code)
{
	if (vp->child) {
		vp->child->event = (struct child_event){
			.pending = true, .type = HV_PENDING_EXCEPTION,
			.vector = vector, .has_code = has_code, .code = code};
		return;
	}
	vmcb_of(vp)->event = EVENT_VALID | EVENT_EXCEPTION | vector |
		(has_code ? EVENT_HAS_CODE | (uint64_t)code << 32 : 0);
}

void svm_stepped(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	/* APM v2 15.21.5: the shadow of an instruction before is over. */
	vmcb->shadow &= ~1ull;
	/* The trap that a single step ends in. APM v2 13.1.4 */
	if (vmcb->rflags & RFLAGS_TF && !(vmcb->event & EVENT_VALID) &&
			!(vp->child && vp->child->event.pending)) {
		vmcb->dr6 |= DR6_SINGLE_STEP;
		raise(vp, VECTOR_DB, false, 0);
	}
}

static void skipped(struct vp *vp)
{
	svm_skip(vp);
	svm_stepped(vp);
}

const struct vp_ops svm_ops = {
	.name = "AMD-V",
	.missing = missing,
	.cpu_start = cpu_start,
	.hold = hold,
	.let_in = svm_let_in,
	.wait = svm_wait,
	.partition_init = partition_init,
	.vp_init = vp_init,
	.vp_end = vp_end,
	.vp_reset = vp_reset,
	.run = run,
	.get = get,
	.set = set,
	.segment = get_segment,
	.set_segment = set_segment,
	.raise = raise,
	.interrupt = svm_interrupt,
	.nmi = svm_nmi,
	.skipped = skipped,
	.map = npt_map,
	.look = npt_look,
	.age = npt_age,
	.merge = npt_merge,
	.strip = npt_strip,
	.largest_page = npt_largest_page,
};
