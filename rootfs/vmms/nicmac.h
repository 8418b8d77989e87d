/* MAC addresses of VMs' adapters, made of the VM's id. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_NICMAC_H
#define VMMS_NICMAC_H

#include <stdbool.h>
#include <stdint.h>

#include "id.h"

/*
 * An address of the range in switch/mac.h for the adapter with this number that
 * nobody has, as taken() says: who calls knows all definitions, ports and
 * interfaces. The same one for the same answers. 0 or -EADDRINUSE.
 */
int nicmac_make(const struct id *id, unsigned int nic,
	bool (*taken)(void *context, const uint8_t mac[6]), void *context,
	uint8_t mac[6]);

#endif
