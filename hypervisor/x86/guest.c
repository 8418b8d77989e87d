/* Reading a VP's linear memory, and the accesses that are emulated. */
/* SPDX-License-Identifier: MIT */
#include "guest.h"

#include "../core/access.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/memory.h"
#include "../core/vp.h"
#include "../lib/string.h"
#include "../lib/walk.h"
#include "apic.h"
#include "parent_apic.h"

bool guest_entry(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry)
{
	(void)context;
	if (!memory_parent_readable(gpa))
		return false;
	access_open();
	*entry = size == 8 ? access_read(gpa) :
		*(const volatile uint32_t *)access_at(gpa);
	access_close();
	return true;
}

void guest_mode(struct vp *vp, struct walk_mode *mode)
{
	*mode = (struct walk_mode){
		.cr0 = vp_ops->get(vp, VP_CR0),
		.cr3 = vp_ops->get(vp, VP_CR3),
		.cr4 = vp_ops->get(vp, VP_CR4),
		.efer = vp_ops->get(vp, VP_EFER),
		.rflags_ac = vp_ops->get(vp, VP_RFLAGS) & 1u << 18,
		.cpl = (uint8_t)vp_ops->privilege(vp),
		.physical_bits = (uint8_t)__builtin_ctzll(machine.physical_end),
		.gigabyte_pages = vp_ops->largest_page() == 1ull << 30,
	};
}

/* Up to count bytes of code; how many there were. */
static unsigned int fetch(struct vp *vp, uint8_t *bytes, unsigned int count)
{
	static const struct walk_memory memory = {guest_entry, NULL, NULL};
	uint64_t linear = vp->rip + vp_ops->segment_base(vp, VP_CS);
	struct walk_mode mode;
	unsigned int got = 0;

	guest_mode(vp, &mode);
	while (got < count) {
		unsigned int piece = 0x1000 - ((linear + got) & 0xfff);
		struct walk walk;

		if (piece > count - got)
			piece = count - got;
		if (walk_translate(&walk, &mode, &memory, linear + got,
				WALK_EXECUTE) != WALK_DONE ||
				!memory_parent_executable(walk.gpa))
			break;
		access_open();
		memcpy(bytes + got, access_at(walk.gpa), piece);
		access_close();
		got += piece;
	}
	return got;
}

bool guest_decode(struct vp *vp, struct insn *insn)
{
	uint8_t bytes[INSN_MAX];
	unsigned int count = fetch(vp, bytes, sizeof(bytes));

	return insn_decode(insn, bytes, count, vp_ops->code_bits(vp));
}

void guest_skip(struct vp *vp)
{
	struct insn insn;

	if (guest_decode(vp, &insn))
		vp->rip += insn.length;
	else
		vp_ops->raise(vp, VECTOR_UD, false, 0);
}

static uint64_t mask_of(unsigned int size)
{
	return size == 8 ? ~0ull : (1ull << size * 8) - 1;
}

static uint64_t read_register(const struct vp *vp, const struct insn *insn)
{
	if (insn->has_immediate)
		return (uint64_t)insn->immediate;
	return vp->gpr[insn->data] >> (insn->high ? 8 : 0);
}

/* APM v1 3.1.2.3: four bytes clear the upper half, fewer leave the rest. */
static void write_register(struct vp *vp, const struct insn *insn,
	uint64_t value)
{
	uint64_t *to = &vp->gpr[insn->data];
	unsigned int shift = insn->high ? 8 : 0;
	uint64_t mask = mask_of(insn->width) << shift;

	if (insn->sign && value >> (insn->size * 8 - 1) & 1)
		value |= ~mask_of(insn->size);
	value = value << shift & mask;
	*to = insn->width == 4 ? value : (*to & ~mask) | value;
	if (insn->data == GPR_RSP)
		vp_ops->set(vp, VP_RSP, *to);
}

static bool is_apic(uint64_t gpa)
{
	return !machine.x2apic && gpa >> 12 == APIC_BASE >> 12;
}

static uint64_t read_gpa(uint64_t gpa, unsigned int size)
{
	if (is_apic(gpa) && size == 4)
		return parent_apic_read((uint32_t)gpa & 0xfff);
	return mask_of(size);
}

static void write_gpa(struct vp *vp, uint64_t gpa, unsigned int size,
	uint64_t value)
{
	if (is_apic(gpa) && size == 4)
		parent_apic_write(vp, (uint32_t)gpa & 0xfff, (uint32_t)value);
}

static void log_once(uint64_t gpa)
{
	static uint64_t last;	/* the log need not be exact */

	if (is_apic(gpa) || __atomic_exchange_n(&last, gpa >> 21,
			__ATOMIC_RELAXED) == gpa >> 21)
		return;
	log_line("The parent touched address %lx, which is not its own.", gpa);
}

void guest_emulate(struct vp *vp, uint64_t gpa)
{
	struct insn insn;
	uint64_t old;

	log_once(gpa);
	vp->gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	if (!guest_decode(vp, &insn) || insn.kind == INSN_OTHER) {
		log_line("It did so at %lx in a way that is not emulated.",
			vp->rip);
		vp_ops->raise(vp, VECTOR_GP, true, 0);
		return;
	}
	if (insn.kind == INSN_LOAD) {
		write_register(vp, &insn, read_gpa(gpa, insn.size));
	} else if (insn.kind == INSN_STORE) {
		write_gpa(vp, gpa, insn.size, read_register(vp, &insn) &
			mask_of(insn.size));
	} else {
		old = read_gpa(gpa, insn.size);
		write_gpa(vp, gpa, insn.size, read_register(vp, &insn) &
			mask_of(insn.size));
		write_register(vp, &insn, old);
	}
	vp_ops->skipped(vp);
}
