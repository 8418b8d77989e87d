/* Interprocessor interrupts that a VP's local APIC sends. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_VLAPIC_ICR_H
#define CORE_VLAPIC_ICR_H

#include "vlapic.h"

/* A fixed interrupt from this APIC to itself. */
void vlapic_send_self(struct vlapic *vlapic, uint8_t vector,
	struct vlapic_effect *effect);

#endif
