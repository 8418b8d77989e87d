/* The gateways that this host uses now. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_GATEWAYS_H
#define HOST_GATEWAYS_H

#include <net/if.h>
#include <stdbool.h>

enum { GATEWAYS = 8, GATEWAY_TEXT = 46 };

struct gateway {
	bool v6;
	char address[GATEWAY_TEXT], interface[IFNAMSIZ];
};

/* Of default routes, each once; returns how many. */
int gateways_read(struct gateway gateways[GATEWAYS]);

/* Whether its address is known on the link (IPv4 alone): then mac has it. */
bool gateway_is_seen(const struct gateway *gateway, char mac[18]);

#endif
