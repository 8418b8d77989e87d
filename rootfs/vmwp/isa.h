/* Devices eight bits wide: a wider access is bytes, from the lowest up. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_ISA_H
#define VMWP_ISA_H

#include "bus.h"

/* With the port's number as the guest knows it. NULL read: ones. */
struct isa_ops {
	uint8_t (*read)(void *context, unsigned int port);
	void (*write)(void *context, unsigned int port, uint8_t value);
};

/* In the device's struct, as the bus points to it. */
struct isa_ports {
	unsigned int start, count;
	const struct isa_ops *ops;
	void *context;
};

/* All or none; 0 or what bus_add() says. */
int isa_add(struct bus *bus, struct isa_ports *ports, unsigned int count);
void isa_remove(
	struct bus *bus, const struct isa_ports *ports, unsigned int count);

#endif
