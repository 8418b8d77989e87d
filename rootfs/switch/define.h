/* Switches and ports as the settings describe them. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_DEFINE_H
#define SWITCH_DEFINE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "vlans.h"

enum { PORT_ADDRESSES = 16, ADDRESS_TEXT = 46 };

enum switch_type { SWITCH_EXTERNAL, SWITCH_INTERNAL, SWITCH_PRIVATE };

struct vswitch {
	char name[IFNAMSIZ];
	enum switch_type type;
	char nic[18];             /* a MAC address or a bond's name */
	bool host, nat;
	uint32_t mtu;
	char address[ADDRESS_TEXT + 4], address6[ADDRESS_TEXT + 4];
	char dhcp[2 * ADDRESS_TEXT];
};

enum { GUARD_MAC = 1, GUARD_DHCP = 2, GUARD_ROUTER = 4 };

struct port {
	char name[IFNAMSIZ], of[IFNAMSIZ];
	uint8_t mac[6];           /* all zero: none yet */
	bool trunk;
	uint16_t native;          /* without tag; 0: a trunk without one */
	struct vlans tagged;      /* of a trunk */
	unsigned int guards;
	int addresses;
	char address[PORT_ADDRESSES][ADDRESS_TEXT];
};

/* By name; false: there is no such section, or its type is missing. */
bool define_switch(const struct conf *conf, const char *name,
	struct vswitch *vswitch);
bool define_port(const struct conf *conf, const char *name,
	struct port *port);

/*
 * What a section says with the keys of a port, without the port's name; a
 * switch may be missing. For tables that have these keys, too.
 */
void define_port_keys(const struct conf *conf, const char *section,
	struct port *port);

/* The index-th of them that is whole; false: no more. */
bool define_switch_at(const struct conf *conf, int index,
	struct vswitch *vswitch);
bool define_port_at(const struct conf *conf, int index, struct port *port);

/* "external" and so on. */
const char *define_type_name(enum switch_type type);

/* "02:53:..." to bytes; what the settings accept is always good. */
void define_mac(const char *text, uint8_t mac[6]);
void define_mac_text(const uint8_t mac[6], char text[18]);

/* The VLAN that the settings give the host on an external switch, or 0. */
uint16_t define_host_vlan(const struct conf *conf,
	const struct vswitch *vswitch);

#endif
