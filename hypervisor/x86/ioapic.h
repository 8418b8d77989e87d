/* The I/O APICs: the parent's, but for what would reach us through them. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_IOAPIC_H
#define X86_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

/* One at that address; its page is in machine.guarded. Boot only. */
void ioapic_add(uint64_t address);

/* Whether a guarded page there is that of an I/O APIC. */
bool ioapic_at(uint64_t gpa);

/* The parent's accesses of four bytes to such a page. */
uint32_t ioapic_read(uint64_t gpa);
void ioapic_write(uint64_t gpa, uint32_t value);

#endif
