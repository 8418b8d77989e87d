/* Interprocessor interrupts: what more than one file of tests wants. */
/* SPDX-License-Identifier: MIT */
#ifndef IPIS_H
#define IPIS_H

/* Gives this processor a logical address, where the APIC has none itself. */
void ipi_set_logical(void);

/* Expects that the other processor, if there is one, has its index and a timer
 * that interrupts it. */
void ipi_other_works(void);

#endif
