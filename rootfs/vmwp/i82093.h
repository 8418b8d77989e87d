/* The I/O APIC of a PC (Intel 82093AA, with version 0x20's EOI register). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_I82093_H
#define VMWP_I82093_H

#include "device.h"
#include "msi.h"

#define I82093_ADDRESS	0xfec00000ull
#define I82093_SIZE	0x1000ull
#define I82093_PINS	24

struct i82093 {
	struct device device;
	struct bus *memory;
	void (*deliver)(void *context, const struct msi *msi);
	void *context;
	uint8_t select, id;
	uint32_t inputs;	/* wires that are high */
	uint64_t entry[I82093_PINS];
};

/* 0 or -errno. deliver() may be called from within every other call. */
int i82093_init(struct i82093 *ioapic, struct bus *memory,
	void (*deliver)(void *context, const struct msi *msi), void *context);

/* For struct line: pins 0-23, the level of the wire. */
void i82093_set(void *context, unsigned int number, bool level);

/* A processor has ended a level-triggered interrupt. */
void i82093_eoi(struct i82093 *ioapic, uint8_t vector);

/* The message of a pin, for an irqfd's route; false: it is masked. */
bool i82093_message(
	const struct i82093 *ioapic, unsigned int pin, struct msi *msi);

#endif
