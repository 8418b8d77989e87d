/* Sets of a child's VPs, as its calls name them. TLFS 7.8.7.3 */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_VPSET_H
#define CORE_VPSET_H

#include "partition.h"

#include <stdint.h>

struct hv_vp_set;

#define VPSET_BANKS (PARTITION_VPS / 64)

struct vpset {
	uint64_t bank[VPSET_BANKS];
};

void vpset_all(struct vpset *set);
void vpset_mask(struct vpset *set, uint64_t mask);

/* A set in a call's input, with so many banks behind it: HV_STATUS. VPs that
 * cannot be are left out. */
uint16_t vpset_sparse(struct vpset *set, const struct hv_vp_set *from,
	uint32_t banks);

/* The next VP of the set that has been made, from index on, which is moved
 * behind it; NULL at the end. */
struct vp *vpset_next(const struct vpset *set, struct partition *partition,
	uint32_t *index);

#endif
