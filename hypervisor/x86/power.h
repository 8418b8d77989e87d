/* Turning the machine off and restarting it: core/machine.h has the rest. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_POWER_H
#define X86_POWER_H

#include "acpi.h"

/* tables must stay. */
void power_init(const struct acpi *tables);

/* The port of PM1a's or PM1b's control register, two bytes; 0: none. */
uint16_t power_control(bool is_b);

/* Whether the parent may write that value there: it asks for no sleep state, or
 * for S5. Says so in the log when not. */
bool power_may_sleep(bool is_b, uint16_t value);

#endif
