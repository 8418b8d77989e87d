/* MAC addresses of VMs' adapters, made of the VM's id. */
/* SPDX-License-Identifier: MIT */
#include "nicmac.h"

#include <errno.h>

#include "mac.h"

/* The id is random, and so no other host's: no seed is needed. */
static const char seed[] = "";

enum { ATTEMPTS = 1000 };

int nicmac_make(const struct id *id, unsigned int nic,
	bool (*taken)(void *context, const uint8_t mac[6]), void *context,
	uint8_t mac[6])
{
	unsigned int attempt;
	char owner[ID_TEXT];

	id_print(id, owner);
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		mac_candidate(seed, owner, nic, attempt, mac);
		if (!taken(context, mac))
			return 0;
	}
	return -EADDRINUSE;
}
