/* The I/O APICs: the parent's, but for what would reach us through them. An
 * entry may have any delivery mode, INIT and SMI among them; these are masked.
 * Intel 82093AA, 3.1 and 3.2. */
/* SPDX-License-Identifier: MIT */
#include "ioapic.h"

#include "../core/lock.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "apic.h"

#include <stddef.h>

#define INDEX		0x00
#define WINDOW		0x10
#define END		0x40	/* of a level interrupt; from version 20h on */
#define ENTRIES		0x10	/* index of the first entry's low half */
#define REGISTERS	0x100	/* bytes */

/* Delivery modes as an ICR has them: fixed, lowest priority, NMI, ExtINT. */
#define MODES		(1u << 0 | 1u << 1 | 1u << 4 | 1u << 7)
#define MODE(entry)	((entry) >> 8 & 7)
#define MASKED		0x10000u

#define COUNT_MAX	256

static uint32_t base[COUNT_MAX] SEALED;
static unsigned int count SEALED;

/* The index and what is done at it: of two processors, one after the other. */
static struct lock lock = LOCK_INIT(LOCK_IOAPIC);

void ioapic_add(uint64_t address)
{
	if (count < COUNT_MAX)
		base[count++] = (uint32_t)address;
}

bool ioapic_at(uint64_t gpa)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (gpa >> 12 == base[i] >> 12)
			return true;
	}
	return false;
}

static volatile uint32_t *at(uint64_t address)
{
	return (volatile uint32_t *)address;
}

uint32_t ioapic_read(uint64_t gpa)
{
	return gpa & 3 ? ~0u : *at(gpa);
}

/* The low half of an entry holds the delivery mode. */
static uint32_t checked(uint64_t registers, uint32_t value)
{
	uint32_t index = *at(registers + INDEX) & 0xff;

	if (index < ENTRIES || index & 1 || MODES >> MODE(value) & 1)
		return value;
	if (!(value & MASKED))
		log_parent("The parent's entry %u of the I/O APIC at %lx is masked: %x.",
			(index - ENTRIES) / 2, registers, value);
	return (value & ~LVT_MODE) | MASKED;
}

static void write(uint64_t registers, uint32_t offset, uint32_t value)
{
	/* The commonest one, and nothing of the index in it. */
	if (offset == END) {
		*at(registers + END) = value;
		return;
	}
	lock_take(&lock);
	if (offset == INDEX)
		*at(registers + INDEX) = value;
	else if (offset == WINDOW)
		*at(registers + WINDOW) = checked(registers, value);
	lock_give(&lock);
}

void ioapic_write(uint64_t gpa, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (gpa - base[i] < REGISTERS) {
			write(base[i], (uint32_t)(gpa - base[i]), value);
			return;
		}
	}
}
