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
	uint64_t entry[SVM_STEP_LEVELS];	/* of the page tables: gpa */
	uint64_t value[SVM_STEP_LEVELS];	/* what they were */
	uint64_t code, mask, bytes;
};

/* A VP's, one page: vp->vendor. */
struct svm_vp {
	struct vmcb *vmcb;
	bool nmi_masked;	/* from an injected NMI to its IRET */
	bool nmi_pending;	/* one more waits for that IRET */
	uint64_t flushed;	/* the map's generation that its TLB has */
	struct svm_step step[SVM_STEPS];
};

struct svm_features {
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

/* run.S: enters the VP; back at the next exit. host is cpu->vendor, what VMSAVE
 * kept of ours. */
void svm_enter(uint64_t *gpr, struct vmcb *vmcb, struct vmcb *host);

/* exit.c: serves the exit that the VMCB tells of. */
enum stats_kind svm_exit(struct vp *vp);

/* nmi.c */
void svm_nmi(struct vp *vp);
void svm_nmi_done(struct vp *vp);	/* IRET */
void svm_nmi_window(struct vp *vp);	/* VINTR */

/* skip.c: rip behind the instruction that exited. */
void svm_skip(struct vp *vp);

/* npt.c: nested page tables. */
void npt_init(struct partition *partition);
bool npt_map(struct partition *partition, uint64_t gpa, uint64_t spa,
	uint64_t size, unsigned int rights);
unsigned int npt_rights(struct partition *partition, uint64_t gpa);
uint64_t npt_largest_page(void);

#endif
