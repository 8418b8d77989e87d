/* Adapters and bonds, as the host tells of them and the settings have them. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_NETWORK_ROWS_H
#define SCONFIG_NETWORK_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "form.h"

/*
 * Of `host show` a row for each adapter and bond:
 *
 *	name, kind, mac, link, speed, driver	as the host says
 *	section		"nic MAC" or "bond NAME", as it stands in the settings
 *	set		whether the settings have it
 *	part		"bond0", "switch lan", or ""
 *	addresses	its own, those of its VLANs, and of its switch
 *	address, gateway, address6, gateway6, vlan, mtu, mode
 *			what the settings say, "" where they say nothing
 *	mode4, mode6	"", dhcp, auto, none or static
 *	ip4, ip6	the address, if it is static
 *	nic1 to nic4, more	a bond's adapters: MAC addresses
 */
json_t *network_rows(const json_t *host);

/* Those that a bond may have; those that may be a switch's. */
void network_adapters(const json_t *host, struct form_options *options);
void network_uplinks(const json_t *host, struct form_options *options);

/* A bond's name that is free. */
void network_free_bond(const json_t *host, char *name, size_t size);
/* Adapters that lose their addresses when another one is the first in the
 * settings: their names; "": none. */
void network_losers(const json_t *host, const char *section, char *text,
	size_t size);
/* The addresses of an interface and its VLANs, by its name: for a line. */
void network_addresses(const json_t *host, const char *name, char *text,
	size_t size);

#endif
