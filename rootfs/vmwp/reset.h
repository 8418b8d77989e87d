/* The ways by which a PC's software resets it: 0xcf9, 0x92, 0x64. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_RESET_H
#define VMWP_RESET_H

#include "device.h"

struct reset {
	struct device device;
	struct bus *bus;
	void (*pull)(void *context);
	void *context;
	bool pc;
	uint8_t control;	/* port 0xcf9 */
	uint8_t system;		/* port 0x92 */
};

/* pull(): the guest wants a reset, from within a bus_write(). pc: port 0xcf9
 * belongs to PCI's, who calls the two below; and 0x64 to an i8042. 0 or -errno. */
int reset_init(struct reset *reset, struct bus *ports, bool pc,
	void (*pull)(void *context), void *context);

/* The byte at 0xcf9. */
uint8_t reset_control(const struct reset *reset);
void reset_set_control(struct reset *reset, uint8_t value);

#endif
