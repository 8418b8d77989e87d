/* Turning the machine off and restarting it. */
/* SPDX-License-Identifier: MIT */
#include "power.h"

#include "../core/machine.h"
#include "../core/panic.h"
#include "../lib/asm.h"
#include "clock.h"

/* ACPI 4.8.3.2.1 */
#define SLP_TYP_SHIFT	10
#define SLP_TYP_MASK	0x1c00
#define SLP_EN		0x2000

#define KEYBOARD	0x64
#define PULSE_RESET	0xfe
#define RESET_CONTROL	0xcf9	/* of PCI south bridges */

static const struct acpi *acpi;

void power_init(const struct acpi *tables)
{
	acpi = tables;
}

void machine_sleep(unsigned int state, uint8_t type_a, uint8_t type_b)
{
	uint16_t a = (uint16_t)(inw(machine.pm1a_port) & ~SLP_TYP_MASK);

	(void)state;
	outw(machine.pm1a_port, (uint16_t)(a | type_a << SLP_TYP_SHIFT |
		SLP_EN));
	if (machine.pm1b_port) {
		uint16_t b = (uint16_t)(inw(machine.pm1b_port) &
			~SLP_TYP_MASK);

		outw(machine.pm1b_port, (uint16_t)(b |
			type_b << SLP_TYP_SHIFT | SLP_EN));
	}
	/* The machine goes off some time after the write. */
	clock_wait_us(2000000);
}

_Noreturn void machine_reset(void)
{
	static const struct { uint16_t limit; uint64_t base; }
		__attribute__((packed)) none = {0, 0};

	if (acpi && acpi->reset_port)
		outb(acpi->reset_port, acpi->reset_value);
	clock_wait_us(50000);
	outb(RESET_CONTROL, 0x02);
	outb(RESET_CONTROL, 0x06);
	clock_wait_us(50000);
	outb(KEYBOARD, PULSE_RESET);
	clock_wait_us(50000);
	/* A triple fault is what is left. */
	__asm__ volatile("lidt %0; ud2" : : "m"(none));
	panic_stop();
}
