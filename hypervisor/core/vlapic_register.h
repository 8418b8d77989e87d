/* Registers of a VP's local APIC, for the files of vlapic. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_VLAPIC_REGISTER_H
#define CORE_VLAPIC_REGISTER_H

#include "vlapic.h"

/* As they read in the APIC's mode. */
uint32_t vlapic_id(const struct vlapic *vlapic);
uint32_t vlapic_ldr(const struct vlapic *vlapic);

/* The registers of both modes, by their offset in the page. False: none that
 * can be read, or written. Effects are added to effect. */
bool vlapic_register_get(const struct vlapic *vlapic, uint32_t offset,
	uint64_t now, uint32_t *value);
bool vlapic_register_set(struct vlapic *vlapic, uint32_t offset,
	uint32_t value, uint64_t now, struct vlapic_effect *effect);

/* The bits of an LVT entry that can be written. */
uint32_t vlapic_lvt_bits(unsigned int index);

#endif
