/* Exits of IN, OUT, INS and OUTS. One element of a string at a time: the
 * instruction comes again for the next, and interrupts come in between. */
/* SPDX-License-Identifier: MIT */
#include "../../core/memory.h"
#include "../../lib/insn.h"
#include "../../lib/walk.h"
#include "../guest.h"
#include "../parent_io.h"
#include "svm.h"

/* EXITINFO1. APM v2 15.10.2 */
#define IS_IN		0x1u
#define IS_STRING	0x4u
#define IS_REPEATED	0x8u
#define SIZE(info)	((info) >> 4 & 7)
#define PORT(info)	((uint16_t)((info) >> 16))

#define RFLAGS_DF	(1ull << 10)

static uint64_t mask_of(unsigned int size)
{
	return size == 8 ? ~0ull : (1ull << size * 8) - 1;
}

/* What a register counts in an address size: the rest stays, or is cleared as
 * 32 bits do in 64-bit mode. */
static void step_register(uint64_t *to, unsigned int size, uint64_t step)
{
	uint64_t value = (*to + step) & mask_of(size);

	*to = size == 2 ? (*to & ~0xffffull) | value : value;
}

/* Where the string's element is; false after the exception that it has. */
static bool find(struct vp *vp, uint64_t linear, unsigned int size,
	bool is_write, uint64_t *gpa)
{
	const struct walk_memory memory = {guest_entry, NULL, vp};
	struct walk_mode mode;
	struct walk walk;
	enum walk_result result;

	guest_mode(vp, &mode);
	result = walk_translate(&walk, &mode, &memory, linear,
		is_write ? WALK_WRITE : WALK_READ);
	if (result == WALK_FAULT) {
		vmcb_of(vp)->cr2 = linear;
		vp_ops->raise(vp, VECTOR_PF, true, walk.error);
		return false;
	}
	/* Over the end of a page nobody does it at these ports. */
	if (result != WALK_DONE || (linear & 0xfff) + size > 0x1000) {
		vp_ops->raise(vp, VECTOR_GP, true, 0);
		return false;
	}
	*gpa = walk.gpa;
	return true;
}

static bool transfer(uint64_t gpa, uint32_t info)
{
	uint16_t port = PORT(info);
	unsigned int size = SIZE(info);
	uint32_t value = 0;

	if (!(info & IS_IN)) {
		if (!memory_copy_in(&value, gpa, size))
			return false;
		parent_io_write(port, size, value);
		return true;
	}
	/* Not read for nothing. */
	if (!memory_parent_owns(gpa, size))
		return false;
	value = parent_io_read(port, size);
	return memory_copy_out(gpa, &value, size);
}

static void string_io(struct vp *vp, uint32_t info)
{
	bool is_in = info & IS_IN, is_down;
	uint64_t *index = &vp->gpr[is_in ? GPR_RDI : GPR_RSI], linear, gpa;
	uint64_t *count = &vp->gpr[GPR_RCX];
	struct insn insn;

	if (!guest_decode(vp, &insn)) {
		vp_ops->raise(vp, VECTOR_UD, false, 0);
		return;
	}
	if (info & IS_REPEATED && !(*count & mask_of(insn.address_size))) {
		vp_ops->skipped(vp);
		return;
	}
	linear = vp_segment_base(vp, is_in ? VP_ES :
		(enum vp_segment)insn.segment);
	linear += *index & mask_of(insn.address_size);
	if (!find(vp, linear, SIZE(info), is_in, &gpa))
		return;
	if (!transfer(gpa, info)) {
		vp_ops->raise(vp, VECTOR_GP, true, 0);
		return;
	}
	is_down = vp_ops->get(vp, VP_RFLAGS) & RFLAGS_DF;
	step_register(index, insn.address_size, is_down ?
		-(uint64_t)SIZE(info) : SIZE(info));
	if (info & IS_REPEATED)
		step_register(count, insn.address_size, ~0ull);
	if (!(info & IS_REPEATED) || !(*count & mask_of(insn.address_size)))
		vp_ops->skipped(vp);
}

void svm_io(struct vp *vp)
{
	uint32_t info = (uint32_t)vmcb_of(vp)->exit_info1;
	unsigned int size = SIZE(info);
	uint64_t *rax = &vp->gpr[GPR_RAX];

	if (info & IS_STRING) {
		string_io(vp, info);
		return;
	}
	if (info & IS_IN) {
		uint64_t value = parent_io_read(PORT(info), size);

		*rax = size == 4 ? value : (*rax & ~mask_of(size)) | value;
	} else {
		parent_io_write(PORT(info), size, (uint32_t)*rax);
	}
	/* The processor says where the next instruction is. */
	vp->rip = vmcb_of(vp)->exit_info2;
	svm_stepped(vp);
}
