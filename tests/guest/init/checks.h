/* What the guest looks at. Each says one line. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_CHECKS_H
#define INIT_CHECKS_H

void check_sleep(void);
void check_clock(void);
void check_registers(void);
/* Needs /proc. */
void check_high_memory(void);
/* For ever: fills three quarters of free memory, reads it, a line a round. */
void check_memory(void);

#endif
