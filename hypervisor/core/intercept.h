/* Intercepts: what the hypervisor leaves to the worker process or the parent's
 * driver, as a message in the VP's message page. docs/partitions.md */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_INTERCEPT_H
#define CORE_INTERCEPT_H

#include "../abi/message.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* Each writes the message and ends the VP's run. length: of the instruction at
 * RIP, 0 when there is none. */

/* info: HV_IO_*; a string instruction's segment is the source's (OUTS). */
void intercept_io(struct vp *vp, uint16_t port, uint8_t info, bool is_write,
	unsigned int length);

/* access: HV_ACCESS_*. known: the page is in the map without the right. */
void intercept_memory(struct vp *vp, uint64_t gpa, unsigned int access,
	bool known);
void intercept_msr(struct vp *vp, uint32_t msr, bool is_write,
	unsigned int length);
/* The default results: eax, ebx, ecx, edx. */
void intercept_cpuid(struct vp *vp, const uint32_t result[4],
	unsigned int length);
void intercept_exception(struct vp *vp, uint8_t vector, bool has_code,
	uint32_t code, uint64_t parameter);
void intercept_hypercall(struct vp *vp, unsigned int length);
void intercept_eoi(struct vp *vp, uint8_t vector);
void intercept_deliverable(struct vp *vp);
/* Slots of these SINTs are empty. */
void intercept_sints(struct vp *vp, uint16_t sints);
/* Triple fault, or a state that no processor has: the VP runs no more. */
void intercept_dead(struct vp *vp, uint32_t type);

#endif
