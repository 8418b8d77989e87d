/* Reading a VP's linear memory, and the accesses that are emulated. */
/* SPDX-License-Identifier: MIT */
#include "guest.h"

#include "../core/access.h"
#include "../core/child.h"
#include "../core/child_msr.h"
#include "../core/gpa.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/memory.h"
#include "../core/once.h"
#include "../core/partition.h"
#include "../core/vp.h"
#include "../lib/string.h"
#include "../lib/walk.h"
#include "apic.h"
#include "ioapic.h"
#include "parent_apic.h"

/* A piece of a child's memory, within a page. */
static bool child_read(const struct vp *vp, uint64_t gpa, void *to,
	unsigned int size)
{
	return gpa_read(vp->partition, gpa, to, size);
}

bool guest_entry(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry)
{
	const struct vp *vp = context;

	*entry = 0;
	if (vp->child)
		return child_read(vp, gpa, entry, size);
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
		.cpl = (uint8_t)vp_ops->get(vp, VP_CPL),
		.physical_bits = (uint8_t)__builtin_ctzll(machine.physical_end),
		.gigabyte_pages = vp_ops->largest_page() == 1ull << 30,
	};
}

static bool read_code(const struct vp *vp, uint64_t gpa, void *to,
	unsigned int size)
{
	if (vp->child)
		return child_read(vp, gpa, to, size);
	if (!memory_parent_executable(gpa))
		return false;
	access_open();
	memcpy(to, access_at(gpa), size);
	access_close();
	return true;
}

/* Where the first byte that could not be read is, in a child's memory; ~0 when
 * there is no such place. */
static unsigned int fetch(struct vp *vp, uint8_t *bytes, unsigned int count,
	uint64_t *missing)
{
	const struct walk_memory memory = {guest_entry, NULL, vp};
	uint64_t linear = vp->rip + vp_segment_base(vp, VP_CS);
	struct walk_mode mode;
	unsigned int got = 0;

	*missing = ~0ull;
	if (vp->child && vp->child->code_length) {
		memcpy(bytes, vp->child->code, vp->child->code_length);
		return vp->child->code_length;
	}
	guest_mode(vp, &mode);
	while (got < count) {
		unsigned int piece = 0x1000 - ((linear + got) & 0xfff);
		enum walk_result result;
		struct walk walk;

		if (piece > count - got)
			piece = count - got;
		result = walk_translate(&walk, &mode, &memory, linear + got,
			WALK_EXECUTE);
		if (result == WALK_NO_READ)
			*missing = walk.entry_gpa;
		if (result != WALK_DONE)
			break;
		if (!read_code(vp, walk.gpa, bytes + got, piece)) {
			*missing = walk.gpa;
			break;
		}
		got += piece;
	}
	return got;
}

unsigned int machine_fetch(struct vp *vp, uint8_t *bytes, unsigned int count)
{
	uint64_t missing;

	return fetch(vp, bytes, count, &missing);
}

static enum walk_exchange exchange(void *context, uint64_t gpa,
	unsigned int size, uint64_t expected, uint64_t value)
{
	const struct vp *vp = context;

	switch (gpa_exchange(vp->partition, gpa, size, expected, value)) {
	case 1:
		return WALK_EXCHANGED;
	case 0:
		return WALK_CHANGED;
	}
	return WALK_INACCESSIBLE;
}

enum walk_result machine_walk(struct vp *vp, struct walk *walk,
	uint64_t linear, unsigned int access)
{
	const struct walk_memory memory = {guest_entry, exchange, vp};
	struct walk_mode mode;

	guest_mode(vp, &mode);
	return walk_translate(walk, &mode, &memory, linear, access);
}

bool guest_length(struct vp *vp, unsigned int *length, uint64_t *missing)
{
	uint8_t bytes[INSN_MAX];
	unsigned int count = fetch(vp, bytes, sizeof(bytes), missing);
	struct insn insn;

	*length = 0;
	if (!insn_decode(&insn, bytes, count, vp_code_bits(vp)))
		return false;
	*length = insn.length;
	return true;
}

bool guest_decode(struct vp *vp, struct insn *insn)
{
	uint8_t bytes[INSN_MAX];
	unsigned int count = machine_fetch(vp, bytes, sizeof(bytes));

	return insn_decode(insn, bytes, count, vp_code_bits(vp));
}

void guest_skip(struct vp *vp)
{
	struct insn insn;

	if (guest_decode(vp, &insn))
		vp->rip += insn.length;
	else
		vp_ops->raise(vp, VECTOR_UD, false, 0);
}

static_assert((int)INSN_ES == VP_ES && (int)INSN_GS == VP_GS, "one order");

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
	if (ioapic_at(gpa) && size == 4)
		return ioapic_read(gpa);
	return mask_of(size);
}

static void write_gpa(struct vp *vp, uint64_t gpa, unsigned int size,
	uint64_t value)
{
	if (is_apic(gpa) && size == 4)
		parent_apic_write(vp, (uint32_t)gpa & 0xfff, (uint32_t)value);
	else if (ioapic_at(gpa) && size == 4)
		ioapic_write(gpa, (uint32_t)value);
}

/* An access to the APIC's page as the decoder knows it. */
bool guest_child_apic(struct vp *vp, uint64_t gpa, unsigned int *length,
	struct vlapic_effect *effect)
{
	struct vlapic *lapic = &vp->child->lapic;
	uint64_t now = partition_time(vp->partition);
	uint32_t offset = (uint32_t)gpa & 0xfff, old = 0;
	struct insn insn;

	vp->gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	if (!guest_decode(vp, &insn) || insn.kind == INSN_OTHER ||
			insn.size != 4)
		return false;
	if (insn.kind != INSN_STORE)
		vlapic_read(lapic, offset, now, &old);
	if (insn.kind != INSN_LOAD)
		vlapic_write(lapic, offset, (uint32_t)read_register(vp, &insn),
			now, effect);
	if (insn.kind != INSN_STORE)
		write_register(vp, &insn, old);
	*length = insn.length;
	return true;
}

bool machine_operand(struct vp *vp, const uint8_t *bytes, unsigned int count,
	uint64_t gpa, uint64_t *linear)
{
	struct insn insn;

	if (!insn_decode(&insn, bytes, count, vp_code_bits(vp)) ||
			insn.kind == INSN_OTHER)
		return false;
	vp->gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	*linear = insn_address(&insn, vp->gpr, vp->rip + insn.length,
		vp_segment_base(vp, (enum vp_segment)insn.segment));
	return !((*linear ^ gpa) & 0xfff) &&
		(gpa & 0xfff) + insn.size <= 0x1000;
}

/* The tables may lead the write to another page than the one that faulted, as
 * when the fault is in the tables themselves: that is their owner's matter. */
bool guest_child_write(struct vp *vp, uint64_t gpa, struct guest_write *write,
	uint64_t *missing)
{
	uint8_t bytes[INSN_MAX];
	unsigned int count = fetch(vp, bytes, sizeof(bytes), missing);
	uint64_t linear;
	struct insn insn;

	vp->gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	if (!insn_decode(&insn, bytes, count, vp_code_bits(vp)))
		return false;
	*missing = ~0ull;
	if (insn.kind != INSN_STORE)
		return false;
	linear = insn_address(&insn, vp->gpr, vp->rip + insn.length,
		vp_segment_base(vp, (enum vp_segment)insn.segment));
	if ((linear ^ gpa) & 0xfff || (gpa & 0xfff) + insn.size > 0x1000)
		return false;
	*write = (struct guest_write){insn.length, insn.size,
		read_register(vp, &insn) & mask_of(insn.size)};
	return true;
}

static void log_once(uint64_t gpa)
{
	static struct once touched;

	if (is_apic(gpa) || ioapic_at(gpa) || !once(&touched, (gpa >> 21) + 1))
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
		log_parent("It did so at %lx in a way that is not emulated.",
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
