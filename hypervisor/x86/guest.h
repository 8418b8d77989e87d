/* Reading a VP's linear memory: its instructions. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_GUEST_H
#define X86_GUEST_H

#include "../lib/insn.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;

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
