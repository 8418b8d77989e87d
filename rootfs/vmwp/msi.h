/* A message-signalled interrupt, as the bus carries it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_MSI_H
#define VMWP_MSI_H

#include <stdint.h>

/* SDM v3 11.11, Message Signalled Interrupts. */
struct msi {
	uint64_t address;
	uint32_t data;
};

#endif
