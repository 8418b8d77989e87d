/* The little that is read of ACPI's programs. ACPI 6.5, chapter 20. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_AML_H
#define LIB_AML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first two elements of the package \_Sx: what PM1a and PM1b control want
 * for sleep state 'state', 0 to 7 each. False when the bytes have no such name
 * with constants, or contradict themselves: two names with other values. */
bool aml_sleep_types(const uint8_t *bytes, size_t size, unsigned int state,
	uint8_t *type_a, uint8_t *type_b);

#endif
