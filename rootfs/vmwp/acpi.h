/* ACPI tables of a VM, written into its memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_ACPI_H
#define VMWP_ACPI_H

#include <stdbool.h>
#include <stdint.h>

#include "ram.h"

/* The machine that they describe (docs/vmwp.md). */
#define ACPI_PM1_EVENT		0x600
#define ACPI_PM1_CONTROL	0x604
#define ACPI_PM_TIMER		0x608
#define ACPI_GPE0		0x620
#define ACPI_SCI		9
#define ACPI_S5_TYPE		0	/* SLP_TYP that powers off */
#define ACPI_RESET_PORT		0xcf9
#define ACPI_RESET_VALUE	0x06

#define ACPI_IOAPIC		0xfec00000u
#define ACPI_LAPIC		0xfee00000u

#define ACPI_SIZE		0x20000u	/* room for all of them */
#define ACPI_RSDP		36u		/* bytes of the RSDP */

/* start: of ACPI_SIZE bytes of RAM. pc: with PCI, keyboard, mouse and screen.
 * Where the RSDP lies; 0 when the tables do not fit (too many VPs). */
uint64_t acpi_write(const struct ram *ram, uint64_t start, unsigned int vps,
	bool pc);

#endif
