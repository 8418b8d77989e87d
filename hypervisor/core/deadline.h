/* The vector of the hypervisor's own deadlines while the parent runs. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_DEADLINE_H
#define CORE_DEADLINE_H

/* Linux as root partition reserves 0x29, 0x2C and 0x2D for the hypervisor
 * (hv_reserve_irq_vectors() in arch/x86/kernel/cpu/mshyperv.c) and gives them
 * no IDT gate. */
#define DEADLINE_VECTOR 0x2d

#endif
