/* Children for the tests of what guests find of the hypervisor: what more than
 * one file of them wants. */
/* SPDX-License-Identifier: MIT */
#ifndef CHILDFACE_H
#define CHILDFACE_H

#include "child.h"
#include "trap.h"

#include <stdbool.h>
#include <stdint.h>

/* HV_FEATURE_*: all that are there for guests, without what halts. */
#define FACE_ALL	(0xffffffffffull & ~HV_FEATURE_GUEST_IDLE)
/* What an access that raised #GP answers. */
#define FACE_FAULT	(1ull << 63 | VECTOR_GP)
/* Address in the child's memory where the tests put overlay pages. */
#define AT_OVERLAY	0x9000u

/* A child with HV_FEATURE_* whose VP 0 waits; false, and reported: none. */
bool face_make(struct child *child, uint64_t features, unsigned int vps);

/* WRMSR on VP 0: 0, FACE_FAULT, or how its run ended above 32 bits. */
uint64_t face_write(const struct child *child, uint32_t msr, uint64_t value);

/* RDMSR on VP 0: its value, or as face_write(); no MSR has FACE_FAULT. */
uint64_t face_read(const struct child *child, uint32_t msr);

/* VP 0 runs these four bytes next, with the address in RBX. */
void face_point(struct child *child, const char *code, uint64_t gpa);

/* VP 0 reads 32 bits of its memory: them, or how its run ended above that. */
uint64_t face_word(struct child *child, uint64_t gpa);

/* As child_until() on VP 0 for PORT_DONE, however long it takes. */
uint64_t face_finish(const struct child *child);

#endif
