/* Adapters, bonds, switches and what stands on them, as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_SHOW_NETWORK_H
#define HOST_SHOW_NETWORK_H

#include <jansson.h>

/* An array of objects, one for each interface but loopback and VMs' taps. */
json_t *show_network(void);

#endif
