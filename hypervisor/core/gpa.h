/* A child's guest-physical memory: pages that the parent lends it. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_GPA_H
#define CORE_GPA_H

#include <stdbool.h>
#include <stdint.h>

struct partition;

/* Copies from or to memory of the child, within one page; false when the
 * page lacks the right (MAP_READ, MAP_WRITE) now. */
bool gpa_read(struct partition *child, uint64_t gpa, void *to, uint32_t size);
bool gpa_write(struct partition *child, uint64_t gpa, const void *from,
	uint32_t size);

/* Where readable memory of the child's is in the machine: so until the
 * generation changes, which who has the map's lock sees. */
bool gpa_place(struct partition *child, uint64_t gpa, uint64_t *spa);
bool gpa_place_locked(struct partition *child, uint64_t gpa, uint64_t *spa);

/* What the child may do there now, MAP_KNOWN among it. */
unsigned int gpa_rights(struct partition *child, uint64_t gpa);

/* Whether an overlay page is there. */
bool gpa_is_overlay(struct partition *child, uint64_t gpa);

/* A page table entry that the hypervisor marks as accessed: one exchange of 4
 * or 8 bytes. 1: done, 0: it was another value, -1: no such memory. */
int gpa_exchange(struct partition *child, uint64_t gpa, unsigned int size,
	uint64_t expected, uint64_t value);

/* Ends the map piece by piece; false when all is gone. */
bool gpa_strip(struct partition *child);

#endif
