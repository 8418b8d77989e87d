/* What of the APIC the parent may change itself. docs/hypervisor.md. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_PARENT_APIC_H
#define X86_PARENT_APIC_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* What a local vector table entry becomes: fixed interrupts and NMIs, and for
 * LINT0 those of the old controller. An INIT or SMI is masked. */
uint32_t parent_apic_lvt(uint32_t offset, uint32_t value);

/* A register of the xAPIC page, by its offset. */
uint32_t parent_apic_read(uint32_t offset);
void parent_apic_write(struct vp *vp, uint32_t offset, uint32_t value);

#endif
