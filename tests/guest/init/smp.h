/* What the guest looks at: its processors together. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_SMP_H
#define INIT_SMP_H

/* Flushes and interrupts between processors, wake-ups, timers of each. */
void check_smp(void);
/* From now on all processors work, and flush each other. */
void smp_load(void);

#endif
