/* The machine's MSRs as the parent may use them. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_PARENT_MSR_H
#define X86_PARENT_MSR_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* Those that exit; all others are the parent's. The list ends with msr 0. */
struct parent_msr {
	uint32_t msr;
	bool read, write;
};
extern const struct parent_msr parent_msrs[];

/* False means #GP. */
bool parent_msr_read(struct vp *vp, uint32_t msr, uint64_t *value);
bool parent_msr_write(struct vp *vp, uint32_t msr, uint64_t value);

#endif
