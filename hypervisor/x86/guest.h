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

/* struct walk_memory's read: an entry in the parent's memory. */
bool guest_entry(void *context, uint64_t gpa, unsigned int size,
	uint64_t *entry);

/* The instruction at RIP, fetched once. False when there is none: a page is
 * not there, or the bytes are no instruction. */
bool guest_decode(struct vp *vp, struct insn *insn);

/* Moves RIP behind the instruction, for processors that do not tell. Raises
 * #UD when the bytes are no instruction (any more). */
void guest_skip(struct vp *vp);

/* An access to a page that is not simply memory: the APIC's registers, or our
 * own memory, which reads as ones and drops what is written. */
void guest_emulate(struct vp *vp, uint64_t gpa);

#endif
