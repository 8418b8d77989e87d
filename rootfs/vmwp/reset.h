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
	uint8_t control;	/* port 0xcf9 */
	uint8_t system;		/* port 0x92 */
};

/* pull(): the guest wants a reset, from within a bus_write(). 0 or -errno. */
int reset_init(struct reset *reset, struct bus *ports,
	void (*pull)(void *context), void *context);

#endif
