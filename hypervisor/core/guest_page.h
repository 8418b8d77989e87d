/* The pages and registers that all VPs of a guest share, and the pages that
 * each has. docs/guests.md */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_GUEST_PAGE_H
#define CORE_GUEST_PAGE_H

#include <stdbool.h>
#include <stdint.h>

struct partition;
struct vp;

/* The pages that the partition's first VP needs, and those of each VP; false
 * when the pool has too few. With the partition's lock. */
bool guest_make(struct partition *partition);
bool guest_make_vp(struct vp *vp);
void guest_free(struct partition *partition);
void guest_free_vp(struct vp *vp);

/* The MSRs GUEST_OS_ID, HYPERCALL and REFERENCE_TSC; false means #GP. */
void guest_set_os_id(struct partition *partition, uint64_t value);
bool guest_write_hypercall(struct partition *partition, uint64_t value);
bool guest_write_tsc(struct partition *partition, uint64_t value);

/* HYPERCALL by the parent, for which it is never locked: a saved VM's page may
 * come back before its identity. */
bool guest_restore_hypercall(struct partition *partition, uint64_t value);

/* What the reference TSC page says follows the TSCs of the VPs. With the
 * partition's lock. */
void guest_update_tsc(struct partition *partition);

#endif
