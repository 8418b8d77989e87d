/* The length of an instruction that exited, for processors that do not tell.
 *
 * It hangs on the bytes at RIP, and these on the tables that translate RIP. The
 * last instructions are remembered with every entry that was read on the way:
 * as long as all have the same values, the answer is the same. */
/* SPDX-License-Identifier: MIT */
#include "../../core/access.h"
#include "../../core/memory.h"
#include "../../core/partition.h"
#include "../../lib/insn.h"
#include "../../lib/walk.h"
#include "../guest.h"
#include "svm.h"

#define EFER_LMA	(1ull << 10)
#define CR3_LONG	0x000ffffffffff000ull

static bool record(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry)
{
	struct svm_step *step = context;

	if (!guest_entry(NULL, gpa, size, entry))
		return false;
	if (size == 8 && step->levels < SVM_STEP_LEVELS) {
		step->entry[step->levels] = gpa;
		step->value[step->levels] = *entry;
	}
	/* Too many, or of another form: not to be remembered. */
	step->levels += size == 8 ? 1 : SVM_STEP_LEVELS + 1;
	return true;
}

/* In another process the first table is another one; what a kernel's own
 * addresses read in it mostly is not. */
static bool follow_cr3(struct svm_step *step, const struct vmcb *vmcb)
{
	uint64_t table = vmcb->cr3 & CR3_LONG;

	if (step->cr3 == vmcb->cr3)
		return true;
	if (!(vmcb->efer & EFER_LMA) || !step->levels ||
			!memory_parent_readable(table))
		return false;
	step->entry[0] = table | (step->entry[0] & 0xfff);
	step->cr3 = vmcb->cr3;
	return true;
}

static bool is_same(struct svm_step *step, const struct vmcb *vmcb,
	uint64_t generation)
{
	unsigned int i;
	bool same;

	if (step->rip != vmcb->rip || step->generation != generation ||
			step->cr0 != vmcb->cr0 || step->cr4 != vmcb->cr4 ||
			step->efer != vmcb->efer || step->cpl != vmcb->cpl ||
			step->cs_base != vmcb->cs.base ||
			step->cs_attributes != vmcb->cs.attributes ||
			!follow_cr3(step, vmcb))
		return false;
	access_open();
	for (i = 0; i < step->levels && access_read(step->entry[i]) ==
			step->value[i]; i++)
		;
	same = i == step->levels &&
		(access_read(step->code) & step->mask) == step->bytes;
	access_close();
	return same;
}

/* Only what lies in one page and ends within 8 bytes that can be read at once
 * is remembered: all that a kernel uses. */
static bool learn(struct vp *vp, struct svm_step *step, uint64_t generation)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	const struct walk_memory memory = {record, NULL, step};
	uint64_t linear = vmcb->rip + vp_ops->segment_base(vp, VP_CS);
	struct walk_mode mode;
	struct walk walk;
	struct insn insn;
	uint64_t bytes;

	step->length = step->levels = 0;
	guest_mode(vp, &mode);
	if ((linear & 0xfff) > 0xff8 || walk_translate(&walk, &mode, &memory,
			linear, WALK_EXECUTE) != WALK_DONE ||
			step->levels > SVM_STEP_LEVELS ||
			!memory_parent_executable(walk.gpa))
		return false;
	step->code = walk.gpa;
	access_open();
	bytes = access_read(step->code);
	access_close();
	if (!insn_decode(&insn, (const uint8_t *)&bytes, sizeof(bytes),
			vp_ops->code_bits(vp)))
		return false;
	step->mask = insn.length == 8 ? ~0ull :
		(1ull << insn.length * 8) - 1;
	step->bytes = bytes & step->mask;
	step->rip = vmcb->rip;
	step->cr0 = vmcb->cr0;
	step->cr3 = vmcb->cr3;
	step->cr4 = vmcb->cr4;
	step->efer = vmcb->efer;
	step->cpl = vmcb->cpl;
	step->cs_base = vmcb->cs.base;
	step->cs_attributes = vmcb->cs.attributes;
	step->generation = generation;
	step->length = insn.length;
	return true;
}

void svm_skip(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);
	/* Read before the entries: who unmaps a page raises it after that. */
	uint64_t generation = __atomic_load_n(&vp->partition->generation,
		__ATOMIC_SEQ_CST);
	struct svm_step *step = &svm->step[(vp->rip ^ vp->rip >> 4) %
		SVM_STEPS];

	if (svm_features.next_rip)
		vp->rip = svm->vmcb->next_rip;
	else if ((step->length && is_same(step, svm->vmcb, generation)) ||
			learn(vp, step, generation))
		vp->rip += step->length;
	else
		guest_skip(vp);
}
