/* The length of an instruction that exited, for processors that do not tell.
 *
 * It hangs on the bytes at RIP, and these on the tables that translate RIP. The
 * last instructions are remembered with every entry that was read on the way:
 * as long as all have the same values, the answer is the same.
 *
 * Where entries and bytes are in the machine's memory is remembered, too. For a
 * child that is so until its map's generation changes, and that changes with
 * the map's lock held: gpa.c. */
/* SPDX-License-Identifier: MIT */
#include "../../core/access.h"
#include "../../core/child.h"
#include "../../core/gpa.h"
#include "../../core/memory.h"
#include "../../core/partition.h"
#include "../../lib/insn.h"
#include "../../lib/string.h"
#include "../../lib/walk.h"
#include "../guest.h"
#include "svm.h"

#define EFER_LMA	(1ull << 10)
#define CR3_LONG	0x000ffffffffff000ull

struct lesson {
	struct vp *vp;
	struct svm_step *step;
};

/* Where it is in the machine. The parent's own tables it reads in place. */
static bool place(const struct vp *vp, uint64_t gpa, uint64_t *spa)
{
	*spa = gpa;
	return vp->child ? gpa_place(vp->partition, gpa, spa) :
		memory_parent_readable(gpa);
}

static bool record(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry)
{
	struct lesson *lesson = context;
	struct svm_step *step = lesson->step;
	uint64_t at;

	if (!guest_entry(lesson->vp, gpa, size, entry) ||
			!place(lesson->vp, gpa, &at))
		return false;
	if (size == 8 && step->levels < SVM_STEP_LEVELS) {
		step->entry[step->levels] = at;
		step->value[step->levels] = *entry;
	}
	/* Too many, or of another form: not to be remembered. */
	step->levels += size == 8 ? 1 : SVM_STEP_LEVELS + 1;
	return true;
}

/* In another process the first table is another one; what a kernel's own
 * addresses read in it mostly is not. A child's map is locked. */
static bool follow_cr3(const struct vp *vp, struct svm_step *step,
	const struct vmcb *vmcb)
{
	uint64_t table = vmcb->cr3 & CR3_LONG;

	if (step->cr3 == vmcb->cr3)
		return true;
	if (!(vmcb->efer & EFER_LMA) || !step->levels)
		return false;
	if (vp->child ? !gpa_place_locked(vp->partition, table, &table) :
			!memory_parent_readable(table))
		return false;
	step->entry[0] = table | (step->entry[0] & 0xfff);
	step->cr3 = vmcb->cr3;
	return true;
}

static bool is_same(const struct vp *vp, struct svm_step *step)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	unsigned int i;
	bool same;

	if (!follow_cr3(vp, step, vmcb))
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

static uint64_t generation_of(const struct vp *vp)
{
	return __atomic_load_n(&vp->partition->generation, __ATOMIC_SEQ_CST);
}

/* Whether the answer is still the same. */
static bool is_known(const struct vp *vp, struct svm_step *step,
	uint64_t generation)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	bool same;

	if (step->rip != vp->rip || step->generation != generation ||
			!step->length ||
			step->cr0 != vmcb->cr0 || step->cr4 != vmcb->cr4 ||
			step->efer != vmcb->efer || step->cpl != vmcb->cpl ||
			step->cs_base != vmcb->cs.base ||
			step->cs_attributes != vmcb->cs.attributes)
		return false;
	if (!vp->child)
		return is_same(vp, step);
	lock_take(&vp->partition->map_lock);
	same = generation_of(vp) == generation && is_same(vp, step);
	lock_give(&vp->partition->map_lock);
	return same;
}

static bool read_code(const struct vp *vp, uint64_t gpa, uint64_t *bytes)
{
	if (vp->child)
		return gpa_read(vp->partition, gpa, bytes, sizeof(*bytes));
	access_open();
	*bytes = access_read(gpa);
	access_close();
	return true;
}

/* Only what lies in one page and ends within 8 bytes that can be read at once
 * is remembered: all that a kernel uses. */
static bool learn(struct vp *vp, struct svm_step *step, uint64_t generation)
{
	const struct vmcb *vmcb = vmcb_of(vp);
	struct lesson lesson = {vp, step};
	const struct walk_memory memory = {record, NULL, &lesson};
	uint64_t linear = vmcb->rip + vp_segment_base(vp, VP_CS);
	struct walk_mode mode;
	struct walk walk;
	struct insn insn;
	uint64_t bytes;

	step->length = step->levels = 0;
	guest_mode(vp, &mode);
	if ((linear & 0xfff) > 0xff8 || walk_translate(&walk, &mode, &memory,
			linear, WALK_EXECUTE) != WALK_DONE ||
			step->levels > SVM_STEP_LEVELS ||
			!place(vp, walk.gpa, &step->code) ||
			!(vp->child || memory_parent_executable(walk.gpa)))
		return false;
	if (!read_code(vp, walk.gpa, &bytes))
		return false;
	if (!insn_decode(&insn, (const uint8_t *)&bytes, sizeof(bytes),
			vp_code_bits(vp)))
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

/* The one at RIP; its length is 0 when it cannot be remembered. */
static const struct svm_step *step_of(struct vp *vp)
{
	/* Read before the entries: who unmaps a page raises it after that. */
	uint64_t generation = generation_of(vp);
	struct svm_step *step = &svm_of(vp)->step[(vp->rip ^ vp->rip >> 4) %
		SVM_STEPS];

	if (!is_known(vp, step, generation) && !learn(vp, step, generation))
		step->length = 0;
	return step;
}

unsigned int svm_length(struct vp *vp)
{
	return step_of(vp)->length;
}

void svm_know_code(struct vp *vp)
{
	const struct svm_step *step = step_of(vp);

	memcpy(vp->child->code, &step->bytes, sizeof(vp->child->code));
	vp->child->code_length = step->length;
}

void svm_skip(struct vp *vp)
{
	struct svm_vp *svm = svm_of(vp);
	unsigned int length;

	/* A child's is known before it is served. The processor tells 0 at exits
	 * that no instruction asked for, nested faults that are emulated among
	 * them. APM v2 15.7.1 */
	if (vp->child) {
		vp->rip += svm->length;
		return;
	}
	if (svm_features.next_rip && svm->vmcb->next_rip) {
		vp->rip = svm->vmcb->next_rip;
		return;
	}
	length = svm_length(vp);
	if (length)
		vp->rip += length;
	else
		guest_skip(vp);
}
