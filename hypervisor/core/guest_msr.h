/* The synthetic MSRs of children: docs/guests.md. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_GUEST_MSR_H
#define CORE_GUEST_MSR_H

#include "child_msr.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* Whether the MSR is one of the interface that the VP's partition has; what it
 * may do with it is another question. */
bool guest_msr_is_ours(const struct vp *vp, uint32_t msr);

/* RDMSR and WRMSR of the VP's, which this processor runs. */
enum child_msr guest_msr_read(struct vp *vp, uint32_t msr, uint64_t *value);
enum child_msr guest_msr_write(struct vp *vp, uint32_t msr, uint64_t value);

/* For the parent, by the register's name, which needs no privilege and finds
 * nothing locked. False: there is no such register, or not with this value. */
bool guest_register_get(const struct vp *vp, uint32_t name, uint64_t *value);
bool guest_register_set(struct vp *vp, uint32_t name, uint64_t value);

#endif
