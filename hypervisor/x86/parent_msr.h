/* The machine's MSRs as the parent may use them. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_PARENT_MSR_H
#define X86_PARENT_MSR_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* Whether reads, writes go to the processor without an exit. */
bool parent_msr_may_read(uint32_t msr);
bool parent_msr_may_write(uint32_t msr);

/* False means #GP. */
bool parent_msr_read(struct vp *vp, uint32_t msr, uint64_t *value);
bool parent_msr_write(struct vp *vp, uint32_t msr, uint64_t value);

#endif
