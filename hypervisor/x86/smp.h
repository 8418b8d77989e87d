/* All processors. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_SMP_H
#define X86_SMP_H

/* Makes the table of processors from the firmware's list: this one is 0. */
void smp_count(void);

/* Starts the others with the trampoline at page (below 1 MB, free RAM); they
 * wait then. NULL, or what went wrong. */
const char *smp_start(unsigned long page);

/* Puts the others back to where the firmware left them. */
void smp_withdraw(void);

/* Lets the others run the parent's VPs. */
void smp_release(void);

#endif
