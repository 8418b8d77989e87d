/* Interprocessor interrupts of the parent. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_ICR_H
#define CORE_ICR_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* A write to the ICR in the form of the machine's APIC mode (SDM v3 11.6.1,
 * 11.12.9): fixed ones go to the APIC, INIT, start-up and NMI to VPs. False
 * means #GP. */
bool icr_write(struct vp *vp, uint64_t value);

#endif
