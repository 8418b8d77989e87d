/* MSRs and control registers of a child's VP. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CHILD_MSR_H
#define CORE_CHILD_MSR_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

enum child_msr {
	CHILD_MSR_DONE,
	CHILD_MSR_FAULT,	/* #GP */
	CHILD_MSR_MESSAGE,	/* the parent wants to see it */
};

enum child_msr child_msr_read(struct vp *vp, uint32_t msr, uint64_t *value);
enum child_msr child_msr_write(struct vp *vp, uint32_t msr, uint64_t value);

/* Each false for a value that this child cannot have; nothing changes then. */
bool child_set_efer(struct vp *vp, uint64_t value, bool may_set_lma);
bool child_set_pat(struct vp *vp, uint64_t value);
bool child_set_apic_base(struct vp *vp, uint64_t value);
bool child_set_xcr0(struct vp *vp, uint64_t value);
void child_set_tsc(struct vp *vp, uint64_t value);

/* The parent's: what is nearly another VP's TSC becomes exactly that. */
void child_sync_tsc(struct vp *vp, uint64_t value);

/* The VP's TSC follows the partition's; what its scaled TSC lacks to reference
 * time. */
void child_load_tsc(struct vp *vp);
uint64_t child_time_offset(const struct vp *vp);

/* Bits that the child's CR4 may have. */
uint64_t child_cr4_valid(const struct vp *vp);

/* Whether a MOV may write the value there now. */
bool child_cr4_allowed(const struct vp *vp, uint64_t value);

/* By their names in abi/register.h. */
bool child_mtrr_get(const struct vp *vp, uint32_t name, uint64_t *value);
bool child_mtrr_set(struct vp *vp, uint32_t name, uint64_t value);

/* What an access of the APIC caused: interrupts for other VPs, an EOI. */
struct vlapic_effect;
void child_apic_effect(struct vp *vp, const struct vlapic_effect *effect);

#endif
