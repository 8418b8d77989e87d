/* The memory type range registers, as far as they are about our memory. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_MTRR_H
#define X86_MTRR_H

#include <stdbool.h>
#include <stdint.h>

/* What the boot processor has, and the same on another one: not all firmware
 * sees to it, and our memory must be of one type everywhere. */
void mtrr_save(void);
void mtrr_load(void);

/* A variable range's base or mask, or the default type. */
bool mtrr_is_one(uint32_t msr);

/* Whether that value leaves the type of our memory alone. */
bool mtrr_may_write(uint32_t msr, uint64_t value);

#endif
