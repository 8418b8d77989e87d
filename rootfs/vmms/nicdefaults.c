/* A new network adapter of a VM. */
/* SPDX-License-Identifier: MIT */
#include "nicdefaults.h"

#include <stdio.h>

#include "cable.h"
#include "nicmac.h"

static bool mac_taken(void *context, const uint8_t mac[6])
{
	return cable_mac_taken(context, mac, NULL, 0);
}

void nicdefaults_add(struct machines *machines, const struct id *id,
	unsigned int number, const char *vswitch, struct sets *sets)
{
	char section[sizeof("nic 0")], text[18];
	uint8_t mac[6];

	snprintf(section, sizeof(section), "nic %u", number % 10);
	if (nicmac_make(id, number, mac_taken, machines, mac)) {
		sets->failed = true;
		return;
	}
	define_mac_text(mac, text);
	sets_add(sets, section, "mac", text);
	if (vswitch)
		sets_add(sets, section, "switch", vswitch);
}
