/* The gateways that this host uses now. */
/* SPDX-License-Identifier: MIT */
#include "gateways.h"

#include <arpa/inet.h>
#include <net/route.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "places.h"

static void add(struct gateway *gateways, int *count, bool v6,
	const void *address, const char *interface)
{
	struct gateway *gateway = &gateways[*count];
	int i;

	if (*count == GATEWAYS)
		return;
	*gateway = (struct gateway){ .v6 = v6 };
	inet_ntop(v6 ? AF_INET6 : AF_INET, address, gateway->address,
		sizeof(gateway->address));
	snprintf(gateway->interface, sizeof(gateway->interface), "%s",
		interface);
	for (i = 0; i < *count; i++)
		if (!memcmp(&gateways[i], gateway, sizeof(*gateway)))
			return;
	++*count;
}

/* Interface, target, gateway, flags, 3 numbers, mask: hexadecimal. */
static void read_v4(struct gateway *gateways, int *count)
{
	FILE *file = fopen(PLACE_ROUTES, "re");
	unsigned int target, gateway, flags, mask;
	char line[256], interface[IFNAMSIZ];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%15s %x %x %x %*d %*d %*d %x", interface,
			&target, &gateway, &flags, &mask) == 5 &&
		    !target && !mask && flags & RTF_GATEWAY)
			add(gateways, count, false, &gateway, interface);
	if (file)
		fclose(file);
}

static void read_address(const char *text, uint8_t address[16])
{
	unsigned int byte;
	int i;

	for (i = 0; i < 16; i++) {
		byte = 0;
		sscanf(text + 2 * i, "%2x", &byte);
		address[i] = (uint8_t)byte;
	}
}

/* Target, its length, source, its length, gateway, 3 numbers, flags, name. */
static void read_v6(struct gateway *gateways, int *count)
{
	FILE *file = fopen(PLACE_ROUTES6, "re");
	char line[256], interface[IFNAMSIZ], gateway[33];
	unsigned int length, flags;
	uint8_t address[16];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*32s %x %*32s %*x %32s %*x %*x %*x %x %15s",
			&length, gateway, &flags, interface) == 4 &&
		    !length && flags & RTF_GATEWAY && strlen(gateway) == 32) {
			read_address(gateway, address);
			add(gateways, count, true, address, interface);
		}
	if (file)
		fclose(file);
}

int gateways_read(struct gateway gateways[GATEWAYS])
{
	int count = 0;

	read_v4(gateways, &count);
	read_v6(gateways, &count);
	return count;
}

/* Address, type, flags, MAC address, mask, interface. */
bool gateway_is_seen(const struct gateway *gateway, char mac[18])
{
	FILE *file = gateway->v6 ? NULL : fopen(PLACE_NEIGHBOURS, "re");
	char line[256], address[GATEWAY_TEXT], interface[IFNAMSIZ];
	unsigned int flags;
	bool seen = false;

	while (file && !seen && fgets(line, sizeof(line), file))
		seen = sscanf(line, "%45s %*x %x %17s %*s %15s", address,
			&flags, mac, interface) == 4 && flags & 2 &&
			!strcmp(address, gateway->address) &&
			!strcmp(interface, gateway->interface);
	if (file)
		fclose(file);
	return seen;
}
