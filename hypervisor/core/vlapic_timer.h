/* The timer of a VP's local APIC, for the files of vlapic. SDM v3 11.5.4 */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_VLAPIC_TIMER_H
#define CORE_VLAPIC_TIMER_H

#include "vlapic.h"

/* Writes to the timer's registers. What expired before is served first. True
 * as for vlapic_accept(). */
bool vlapic_timer_set_lvt(struct vlapic *vlapic, uint32_t value, uint64_t now);
bool vlapic_timer_set_initial(struct vlapic *vlapic, uint32_t value,
	uint64_t now);
bool vlapic_timer_set_divide(struct vlapic *vlapic, uint8_t value,
	uint64_t now);
bool vlapic_timer_set_deadline(struct vlapic *vlapic, uint64_t tsc,
	uint64_t now);

/* The current count. */
uint32_t vlapic_timer_count(const struct vlapic *vlapic, uint64_t now);

/* Goes on from a count that was saved, with LVT, initial count and divide
 * configuration in place. */
void vlapic_timer_restore(struct vlapic *vlapic, uint32_t count, uint64_t now);

#endif
