/* AMD-V: the waist's operations, and what its files share. APM v2 ch. 15. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_SVM_SVM_H
#define X86_SVM_SVM_H

#include "../../core/vp.h"
#include "vmcb.h"

extern const struct vp_ops svm_ops;

/* An instruction whose length is known: skip.c. */
#define SVM_STEPS		16
#define SVM_STEP_LEVELS		5
struct svm_step {
	uint64_t rip, cr0, cr3, cr4, efer, cs_base, generation;
	uint16_t cs_attributes;
	uint8_t cpl;
	uint8_t length;		/* 0: nothing is remembered here */
	unsigned int levels;
	uint64_t entry[SVM_STEP_LEVELS];	/* of the page tables: spa */
	uint64_t value[SVM_STEP_LEVELS];	/* what they were */
	uint64_t code, mask, bytes;
};

/* A VP's, one page: vp->vendor. */
struct svm_vp {
	struct vmcb *vmcb;
	bool nmi_masked;	/* from an injected NMI to its IRET */
	bool nmi_pending;	/* one more waits for that IRET */
	bool external;		/* the event is offered as V_IRQ */
	uint64_t flushed;	/* the map's generation that its TLB has */
	/* A child's: on which processor its ASID is good, in which round. */
	const struct cpu *cpu;
	uint64_t round;
	unsigned int length;	/* of the instruction that exited */
	struct svm_step step[SVM_STEPS];
};

/* A processor's: cpu->vendor. */
struct svm_cpu {
	uint64_t host;		/* where VMSAVE keeps what is ours */
	uint32_t next_asid;
	uint64_t round;		/* of handing out ASIDs, from 1 on */
};

struct svm_features {
	uint32_t asids;
	bool next_rip, flush_by_asid, decode_assist;
	bool giant_pages;	/* 1 GB: the parent can change what CPUID says */
};
extern struct svm_features svm_features;

static inline struct svm_vp *svm_of(const struct vp *vp)
{
	return vp->vendor;
}

static inline struct vmcb *vmcb_of(const struct vp *vp)
{
	return svm_of(vp)->vmcb;
}

/* run.S: enters the VP; back at the next exit. Both physical; host is what
 * VMSAVE kept of ours. */
void svm_enter(uint64_t *gpr, uint64_t vmcb, uint64_t host);

/* child.c: VPs of children. */
void svm_child_init(void);	/* once */
void svm_child_control(struct vp *vp);	/* the control area, at the start */
void svm_child_prepare(struct vp *vp);	/* before each entry */
enum stats_kind svm_child_exit(struct vp *vp);

/* exit.c: serves the exit that the VMCB tells of. */
enum stats_kind svm_exit(struct vp *vp);
/* Whether QEMU has left our own state where the VP's should be, which is gone:
 * docs/hypervisor.md, "QEMU with several processors". */
bool svm_is_lost(const struct vp *vp);

/* nmi.c */
void svm_nmi(struct vp *vp);
void svm_nmi_done(struct vp *vp);	/* IRET */
void svm_nmi_window(struct vp *vp);	/* VINTR */
/* An exit, VINTR, as soon as the VP takes interrupts. */
void svm_window(struct vp *vp);

/* child.c: an interrupt for a child's VP; 0: none. */
void svm_interrupt(struct vp *vp, uint8_t vector);

/* An instruction is done whose end rip has been set to. */
void svm_stepped(struct vp *vp);

/* skip.c: rip behind the instruction that exited; and that one's length, 0 when
 * it must be found another way. */
void svm_skip(struct vp *vp);
unsigned int svm_length(struct vp *vp);
/* The bytes of a child's, for machine_fetch() and others, if they are known. */
void svm_know_code(struct vp *vp);

/* maps.c: which MSRs and ports of the parent exit. */
extern uint8_t *svm_msrpm, *svm_iopm;
void svm_maps_init(void);

/* io.c: IN, OUT, INS and OUTS. */
void svm_io(struct vp *vp);

/* npt.c: nested page tables. */
bool npt_init(struct partition *partition);
bool npt_map(struct partition *partition, uint64_t gpa, uint64_t spa,
	uint64_t size, unsigned int rights, void **replaced);
unsigned int npt_look(struct partition *partition, uint64_t gpa,
	struct mapping *mapping);
unsigned int npt_age(struct partition *partition, uint64_t gpa,
	unsigned int clear, unsigned int set);
void npt_merge(struct partition *partition, uint64_t gpa);
bool npt_strip(struct partition *partition, void *table,
	void (*gone)(uint64_t spa, uint64_t size));
uint64_t npt_largest_page(void);

#endif
