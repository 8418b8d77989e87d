/* Turning the machine off and restarting it: machine_sleep, machine_reset. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_POWER_H
#define X86_POWER_H

#include "acpi.h"

/* tables must stay. */
void power_init(const struct acpi *tables);

#endif
