/* AMD-V: what the waist offers, without exits and tables. */
/* SPDX-License-Identifier: MIT */
#include "svm.h"

#include "../../core/machine.h"
#include "../../core/page.h"
#include "../../core/panic.h"
#include "../../core/partition.h"
#include "../../lib/asm.h"
#include "../../lib/string.h"
#include "../parent_msr.h"
#include "../trap.h"

#define MSR_EFER	0xc0000080
#define MSR_VM_CR	0xc0010114
#define MSR_VM_HSAVE	0xc0010117
#define EFER_SVME	(1ull << 12)
#define EFER_LMA_LME	0x500ull
#define VM_CR_SVMDIS	(1ull << 4)

/* CPUID 8000_000A, EDX. APM v3, appendix E */
#define HAS_NESTED	(1u << 0)
#define HAS_NEXT_RIP	(1u << 3)
#define HAS_FLUSH_ASID	(1u << 6)
#define HAS_ASSIST	(1u << 7)

#define RFLAGS_TF	(1ull << 8)
#define DR6_SINGLE_STEP	(1ull << 14)

#define MSRPM_SIZE	0x2000
#define PARENT_ASID	1
#define PAT_RESET	0x0007040600070406ull
#define CR0_RESET	0x60000010ull
#define CR0_LONG	0x80010033ull	/* PG WP NE ET MP PE */
#define CR4_LONG	0x20ull		/* PAE */

struct svm_features svm_features SEALED;

extern char svm_wait_end[];
void svm_let_in(bool interrupts);
void svm_wait(void);

static uint8_t *parent_msrpm SEALED;

static const char *missing(void)
{
	struct cpuid leaf;

	if (cpuid(0x80000000, 0).eax < 0x8000000a ||
			!(cpuid(0x80000001, 0).ecx & 1u << 2))
		return "This processor has no AMD-V (SVM): virtual machines need one that has.";
	if (rdmsr(MSR_VM_CR) & VM_CR_SVMDIS)
		return "AMD-V is switched off: switch on SVM (virtualization) in the firmware's set-up.";
	leaf = cpuid(0x8000000a, 0);
	if (!(leaf.edx & HAS_NESTED))
		return "This processor has no nested paging: virtual machines need one that has.";
	svm_features.next_rip = leaf.edx & HAS_NEXT_RIP;
	svm_features.flush_by_asid = leaf.edx & HAS_FLUSH_ASID;
	svm_features.decode_assist = leaf.edx & HAS_ASSIST;
	svm_features.giant_pages = cpuid(0x80000001, 0).edx & 1u << 26;
	return NULL;
}

static void cpu_start(struct cpu *cpu)
{
	void *save = page_take(), *host = page_take();

	ASSERT(save && host);
	cpu->vendor = host;
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE, (uint64_t)save);
	trap_sleep_from = (uint64_t)svm_wait;
	trap_sleep_to = (uint64_t)svm_wait_end;
	__asm__ volatile("vmsave %0" : : "a"(host) : "memory");
	/* From here on the hypervisor is not interrupted. */
	__asm__ volatile("clgi" : : : "memory");
}

/* Two bits for each MSR, read and write, in three ranges. APM v2 15.11 */
static void intercept_msr(uint8_t *map, const struct parent_msr *msr)
{
	uint32_t base = msr->msr >= 0xc0010000 ? 0x1000 :
		msr->msr >= 0xc0000000 ? 0x800 : 0;
	uint32_t bit = (msr->msr & 0x1fff) * 2;

	map[base + bit / 8] |= (uint8_t)((msr->read ? 1 : 0) |
		(msr->write ? 2 : 0)) << bit % 8;
}

static void partition_init(struct partition *partition)
{
	const struct parent_msr *msr;

	npt_init(partition);
	parent_msrpm = page_take_aligned(MSRPM_SIZE);
	for (msr = parent_msrs; msr->msr; msr++)
		intercept_msr(parent_msrpm, msr);
}

static void vp_init(struct vp *vp)
{
	struct svm_vp *svm = page_take();
	struct vmcb *vmcb = page_take();

	ASSERT(svm && vmcb);
	static_assert(sizeof(*svm) <= 0x1000, "a page");
	vp->vendor = svm;
	svm->vmcb = vmcb;
	/* The deadline's interrupt finds no gate: DEADLINE_VECTOR. Its type is
	 * 0, so the processor says #GP; one that is only absent says #NP. */
	vmcb->exceptions = 1u << VECTOR_NP | 1u << VECTOR_GP;
	/* Without, one that is met while it is delivered loops for ever. */
	vmcb->exceptions |= 1u << VECTOR_AC;
	vmcb->intercepts[0] = INTERCEPT_NMI | INTERCEPT_INIT |
		INTERCEPT_CPUID | INTERCEPT_INVD | INTERCEPT_INVLPGA |
		INTERCEPT_MSR |
		INTERCEPT_SHUTDOWN;
	vmcb->intercepts[1] = INTERCEPT_VMRUN | INTERCEPT_VMMCALL |
		INTERCEPT_VMLOAD | INTERCEPT_VMSAVE | INTERCEPT_STGI |
		INTERCEPT_CLGI | INTERCEPT_SKINIT;
	vmcb->msrpm = (uint64_t)parent_msrpm;
	vmcb->asid = PARENT_ASID;
	vmcb->nested = NESTED_PAGING;
	vmcb->nested_cr3 = (uint64_t)vp->partition->vendor;
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
static void reset_real(struct vmcb *vmcb, uint8_t vector)
{
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
		reset_real(vmcb, entry->vector);
	vmcb->cpl = 0;
	vmcb->rflags = 2;
	vmcb->dr6 = 0xffff0ff0;
	vmcb->dr7 = 0x400;
	vmcb->pat = PAT_RESET;
	vmcb->event = vmcb->shadow = vmcb->v_intr = 0;
	vmcb->intercepts[0] &= ~(INTERCEPT_IRET | INTERCEPT_VINTR);
	svm->nmi_masked = svm->nmi_pending = false;
	svm->flushed = ~0ull;	/* what was translated is another VP's */
	vmcb->clean = 0;
	reset_rest(vmcb);
	vp->rip = vmcb->rip;
}

static void prepare_flush(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);
	uint64_t now = __atomic_load_n(&vp->partition->generation,
		__ATOMIC_SEQ_CST);

	svm->vmcb->tlb_control = TLB_KEEP;
	if (svm->flushed == now)
		return;
	svm->flushed = now;
	svm->vmcb->tlb_control = svm_features.flush_by_asid ? TLB_FLUSH_ASID :
		TLB_FLUSH_ALL;
	__atomic_store_n(&vp->cpu->flushed, now, __ATOMIC_SEQ_CST);
}

static enum stats_kind run(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	prepare_flush(vp);
	vmcb->rax = vp->gpr[GPR_RAX];
	vmcb->rip = vp->rip;
	svm_enter(vp->gpr, vmcb, vp->cpu->vendor);
	vp->cpu->entered = machine_time();
	__atomic_store_n(&vp->cpu->in_guest, false, __ATOMIC_SEQ_CST);
	vp->gpr[GPR_RAX] = vmcb->rax;
	vp->rip = vmcb->rip;
	return svm_exit(vp);
}

static uint64_t get(const struct vp *vp, enum vp_register name)
{
	const struct vmcb *vmcb = vmcb_of(vp);

	switch (name) {
	case VP_RSP:
		return vmcb->rsp;
	case VP_RFLAGS:
		return vmcb->rflags;
	case VP_CR0:
		return vmcb->cr0;
	case VP_CR3:
		return vmcb->cr3;
	case VP_CR4:
		return vmcb->cr4;
	case VP_EFER:
		return vmcb->efer;
	}
	return 0;
}

static void set(struct vp *vp, enum vp_register name, uint64_t value)
{
	struct vmcb *vmcb = vmcb_of(vp);

	vmcb->clean = 0;
	switch (name) {
	case VP_RSP:
		vmcb->rsp = value;
		break;
	case VP_RFLAGS:
		vmcb->rflags = value;
		break;
	case VP_CR0:
		vmcb->cr0 = value;
		break;
	case VP_CR3:
		vmcb->cr3 = value;
		break;
	case VP_CR4:
		vmcb->cr4 = value;
		break;
	case VP_EFER:
		/* VMRUN wants it set; the VP does not see it. */
		vmcb->efer = value | EFER_SVME;
		break;
	}
}

static uint64_t segment_base(const struct vp *vp, enum vp_segment which)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	const struct vmcb_segment *all = &vmcb->es;
	bool is_64 = vmcb->efer & 1u << 10 && vmcb->cs.attributes & 0x200;

	/* APM v2 4.5.3 */
	return is_64 && which < VP_FS ? 0 : all[which].base;
}

static unsigned int code_bits(const struct vp *vp)
{
	const struct vmcb *vmcb = vmcb_of(vp);

	if (vmcb->efer & 1u << 10 && vmcb->cs.attributes & 0x200)
		return 64;
	return vmcb->cs.attributes & 0x400 ? 32 : 16;
}

static unsigned int privilege(const struct vp *vp)
{
	return vmcb_of(vp)->cpl;
}

static void raise(struct vp *vp, uint8_t vector, bool has_code, uint32_t code)
{
	vmcb_of(vp)->event = EVENT_VALID | EVENT_EXCEPTION | vector |
		(has_code ? EVENT_HAS_CODE | (uint64_t)code << 32 : 0);
}

static void skipped(struct vp *vp)
{
	struct vmcb *vmcb = vmcb_of(vp);

	/* APM v2 15.21.5: the shadow of an instruction before is over. */
	vmcb->shadow &= ~1ull;
	svm_skip(vp);
	/* The trap that a single step ends in. APM v2 13.1.4 */
	if (vmcb->rflags & RFLAGS_TF && !(vmcb->event & EVENT_VALID)) {
		vmcb->dr6 |= DR6_SINGLE_STEP;
		raise(vp, VECTOR_DB, false, 0);
	}
}

const struct vp_ops svm_ops = {
	.name = "AMD-V",
	.missing = missing,
	.cpu_start = cpu_start,
	.let_in = svm_let_in,
	.wait = svm_wait,
	.partition_init = partition_init,
	.vp_init = vp_init,
	.vp_reset = vp_reset,
	.run = run,
	.get = get,
	.set = set,
	.segment_base = segment_base,
	.code_bits = code_bits,
	.privilege = privilege,
	.raise = raise,
	.nmi = svm_nmi,
	.skipped = skipped,
	.map = npt_map,
	.rights = npt_rights,
	.largest_page = npt_largest_page,
};
