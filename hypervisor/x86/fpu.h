/* What the processor carries for a child during a dispatch: FPU, XCR0, debug
 * registers, TSC_AUX. The operations are core/machine.h's. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_FPU_H
#define X86_FPU_H

#include <stdint.h>

struct cpu;

/* Once, before the processors' areas are made. */
void fpu_init(void);

/* Bytes of heap for one processor. */
uint64_t fpu_room(void);

/* The processor's area. */
void fpu_make(struct cpu *cpu);

#endif
