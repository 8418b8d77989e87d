/* AML, the byte code of ACPI, written piece by piece. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_AML_H
#define VMWP_AML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AML_DEPTH 8

/* A package's length stands before what it counts and always takes four bytes
 * here (ACPI 20.2.4). full stays true once something had no room. */
struct aml {
	uint8_t *data;
	size_t size, room;
	size_t open[AML_DEPTH];	/* where the lengths of open packages stand */
	unsigned int depth;
	bool full;
};

void aml_byte(struct aml *aml, uint8_t value);
void aml_bytes(struct aml *aml, const void *from, size_t size);
/* Up to four letters, filled up with '_'; with '\' before it from the root. */
void aml_name(struct aml *aml, const char *name);
void aml_integer(struct aml *aml, uint32_t value);
void aml_string(struct aml *aml, const char *value);
void aml_eisa_id(struct aml *aml, const char *id);	/* "PNP0501" */

/* Open packages; each is ended by aml_end(). */
void aml_scope(struct aml *aml, const char *name);
void aml_device(struct aml *aml, const char *name);
void aml_package(struct aml *aml, unsigned int elements);
/* A buffer of resources; aml_end_resources() fills in what is open in it. */
void aml_resources(struct aml *aml);
void aml_end(struct aml *aml);
void aml_end_resources(struct aml *aml);

/* Name (name, what follows). */
void aml_define(struct aml *aml, const char *name);

/* Resources (ACPI 6.4): ports and an ISA interrupt, edge, high. */
void aml_io(struct aml *aml, uint16_t first, uint8_t count);
void aml_irq(struct aml *aml, unsigned int number);
void aml_memory(struct aml *aml, uint32_t first, uint32_t size);
/* Addresses that a bus has for its devices (ACPI 6.4.3.5.2). */
void aml_window(struct aml *aml, uint32_t first, uint32_t size);
/* The same of bus numbers and of ports, to the last one. */
void aml_bus(struct aml *aml, uint8_t first, uint8_t last);
void aml_io_window(struct aml *aml, uint16_t first, uint16_t last);

#endif
