/* A hypercall's input and output in its caller's memory. TLFS 3.6 */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_PARAMETER_H
#define CORE_PARAMETER_H

#include <stdint.h>

struct vp;

/* Each answers HV_STATUS, or HYPERCALL_AGAIN when the parent has taken a
 * guest's page away: the VP has the intercept for it then, and nothing of the
 * call may be done. */

/* Whether there is a parameter of size bytes; right: MAP_READ or MAP_WRITE. */
uint16_t parameter_check(struct vp *vp, uint64_t gpa, uint32_t size,
	unsigned int right);

/* Copies from and to what parameter_check() let pass. */
uint16_t parameter_in(struct vp *vp, void *to, uint64_t gpa, uint32_t size);
uint16_t parameter_out(struct vp *vp, uint64_t gpa, const void *from,
	uint32_t size);

#endif
