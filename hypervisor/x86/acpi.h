/* The ACPI tables that the hypervisor reads itself. ACPI 6.5, chapter 5. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_ACPI_H
#define X86_ACPI_H

#include <stdbool.h>
#include <stdint.h>

struct acpi {
	uint64_t rsdp;
	uint16_t pm_timer_port;		/* 0: none */
	uint16_t pm1a_port, pm1b_port;
	/* The reset register, when it is an I/O port. */
	uint16_t reset_port;		/* 0: none */
	uint8_t reset_value;
	/* What PM1 control wants for S5; DSDT's, where it tells plainly. */
	bool off_known;
	uint8_t off_a, off_b;
};

/* False when there are no tables. Must come before page 0 is unmapped. */
bool acpi_init(struct acpi *acpi);

/* The APIC ids of the enabled processors, in the firmware's order: calls
 * found(id) for each; the number of them. */
unsigned int acpi_processors(void (*found)(uint32_t apic_id));

/* The addresses of the I/O APICs: calls found() for each. */
void acpi_ioapics(void (*found)(uint32_t address));

/* Renames the tables that tell of IOMMUs: until the hypervisor drives them,
 * the parent must not (docs/hypervisor.md, "IOMMU"). */
void acpi_hide_iommus(void);

#endif
