/* Reading a VP's linear memory: its instructions. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_GUEST_H
#define X86_GUEST_H

#include "../lib/insn.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;
struct walk_mode;

/* How the VP's tables are walked now. */
void guest_mode(struct vp *vp, struct walk_mode *mode);

/* struct walk_memory's read: an entry in the memory of the VP that context
 * is. */
bool guest_entry(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry);

/* The instruction at RIP, fetched once. False when there is none: a page is
 * not there, or the bytes are no instruction. */
bool guest_decode(struct vp *vp, struct insn *insn);

/* Moves RIP behind the instruction, for processors that do not tell. Raises
 * #UD when the bytes are no instruction (any more). */
void guest_skip(struct vp *vp);

/* The length of the instruction at RIP. False when there is none: for a child
 * missing is then the address in its memory that could not be read, or ~0. */
bool guest_length(struct vp *vp, unsigned int *length, uint64_t *missing);

/* A child's access to its APIC's page, done but for the effect, which starts
 * as zeros. False when it is none that is emulated. */
struct vlapic_effect;
bool guest_child_apic(struct vp *vp, uint64_t gpa, unsigned int *length,
	struct vlapic_effect *effect);

/* The write at RIP of a child to that address, when it is a plain one within a
 * page. False when it is none; missing is as above. */
struct guest_write {
	unsigned int length;	/* of the instruction */
	unsigned int size;
	uint64_t value;
};
bool guest_child_write(struct vp *vp, uint64_t gpa, struct guest_write *write,
	uint64_t *missing);

/* An access to a page that is not simply memory: the APIC's registers, or our
 * own memory, which reads as ones and drops what is written. */
void guest_emulate(struct vp *vp, uint64_t gpa);

#endif
