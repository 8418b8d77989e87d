/* Turning the machine off and restarting it. */
/* SPDX-License-Identifier: MIT */
#include "power.h"

#include "../core/log.h"
#include "../core/machine.h"
#include "../core/panic.h"
#include "../lib/asm.h"
#include "clock.h"

/* ACPI 4.8.3.2.1 */
#define SLP_TYP_SHIFT	10
#define SLP_TYP_MASK	0x1c00
#define SLP_EN		0x2000
#define SLP_TYP(value)	(((value) & SLP_TYP_MASK) >> SLP_TYP_SHIFT)

#define KEYBOARD	0x64
#define PULSE_RESET	0xfe
#define RESET_CONTROL	0xcf9	/* of PCI south bridges */
#define OFF_PATIENCE	20000000ull	/* 2 s */

static const struct acpi *acpi;

/* S5: what the parent said. In one word, as processors may say it at once:
 * known, types of PM1a and PM1b. */
#define OFF_KNOWN	0x10000u
static uint32_t off;
static uint64_t off_since;	/* atomic: when it was asked for; 0: never */

void power_init(const struct acpi *tables)
{
	acpi = tables;
}

uint16_t power_control(bool is_b)
{
	return is_b ? acpi->pm1b_port : acpi->pm1a_port;
}

bool machine_set_off(uint8_t type_a, uint8_t type_b)
{
	/* One block that is not there has no type to be wrong. */
	if (acpi->off_known && (type_a != acpi->off_a ||
			(acpi->pm1b_port && type_b != acpi->off_b)))
		return false;
	__atomic_store_n(&off, OFF_KNOWN | (uint32_t)type_a << 8 | type_b,
		__ATOMIC_SEQ_CST);
	return true;
}

/* The type of S5 for a block; false when nobody has said it. */
static bool off_type(bool is_b, uint8_t *type)
{
	uint32_t said = __atomic_load_n(&off, __ATOMIC_SEQ_CST);

	*type = (uint8_t)(is_b ? said : said >> 8);
	if (!(said & OFF_KNOWN) && acpi->off_known)
		*type = is_b ? acpi->off_b : acpi->off_a;
	return said & OFF_KNOWN || acpi->off_known;
}

static void enter(bool is_b)
{
	uint16_t port = power_control(is_b);
	uint8_t type;

	if (port && off_type(is_b, &type))
		outw(port, (uint16_t)((inw(port) & ~SLP_TYP_MASK) |
			type << SLP_TYP_SHIFT | SLP_EN));
}

bool machine_off(void)
{
	uint64_t now = machine_time(), first = 0;

	if (!acpi->pm1a_port || !(__atomic_load_n(&off, __ATOMIC_SEQ_CST) &
			OFF_KNOWN))
		return false;
	if (__atomic_compare_exchange_n(&off_since, &first, now, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		log_parent("The parent turns the machine off.");
		enter(false);
		enter(true);
		return true;
	}
	if (now - first < OFF_PATIENCE)
		return true;
	log_parent("The machine did not go off.");
	__atomic_store_n(&off_since, 0, __ATOMIC_SEQ_CST);
	return false;
}

bool power_may_sleep(bool is_b, uint16_t value)
{
	uint8_t type;

	if (!(value & SLP_EN) || (off_type(is_b, &type) &&
			SLP_TYP(value) == type))
		return true;
	log_parent("The parent's sleep type %u is refused: it comes back without us.",
		SLP_TYP(value));
	return false;
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
