/* ACPI's fixed hardware: power button, sleep, timer (as in Intel's PIIX4). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_ACPI_PM_H
#define VMWP_ACPI_PM_H

#include "device.h"

/* For the FADT and the DSDT. SMI_CMD must be 0 there: there is no legacy mode
 * (ACPI 4.7.2.5), and SCI_EN is always set. */
#define ACPI_PM_EVENT	0x600	/* 4 bytes: status, enable */
#define ACPI_PM_CONTROL	0x604	/* 2 bytes */
#define ACPI_PM_TIMER	0x608	/* 4 bytes */
#define ACPI_PM_GPE0	0x620	/* 4 bytes: status, enable; no event yet */
#define ACPI_PM_SCI	9	/* level, active high */
#define ACPI_PM_S5	0	/* SLP_TYPa of \_S5, PIIX4's */

struct acpi_pm {
	struct device device;
	struct bus *bus;
	struct clock *clock;
	struct timer timer;	/* overflow, while it interrupts */
	struct line sci;
	void (*off)(void *context);
	void *context;
	bool wide;		/* 32 bits of timer: TMR_VAL_EXT; else 24 */
	uint16_t status, enable, control;
	uint16_t gpe_enable;
	uint64_t base;		/* the timer's value at the clock's 0 */
	uint64_t seen;		/* changes of its top bit */
};

/* off(): the guest has entered S5, from within a bus_write(). 0 or -errno. */
int acpi_pm_init(struct acpi_pm *pm, struct bus *ports, struct clock *clock,
	struct line sci, bool wide, void (*off)(void *context), void *context);

/* The button, pressed shortly. */
void acpi_pm_press(struct acpi_pm *pm);

#endif
