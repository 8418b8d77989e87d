/* The synthetic MSRs. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_MSR_H
#define CORE_MSR_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* False means #GP. */
bool msr_read(struct vp *vp, uint32_t msr, uint64_t *value);
bool msr_write(struct vp *vp, uint32_t msr, uint64_t value);

#endif
