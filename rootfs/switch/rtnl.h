/* Interfaces, bridges and their VLANs, by rtnetlink(7). */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_RTNL_H
#define SWITCH_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "vlans.h"

struct link {
	int index, master, below; /* interface numbers; 0: none */
	char name[IFNAMSIZ], kind[16];
	uint8_t mac[6], permanent[6];
	bool up, has_permanent;
	bool carrier; /* of a tap: somebody has it open */
	uint32_t mtu;
	uint16_t vlan; /* of an interface of kind "vlan" */
};

/* A socket for all below, or -errno. */
int rtnl_open(void);

/* All interfaces; returns how many, the caller frees *links. Or -errno. */
int rtnl_links(int socket, struct link **links);
/* One by its name, or -ENODEV. */
int rtnl_link(int socket, const char *name, struct link *link);

/*
 * A bridge with VLAN filtering, without spanning tree, without delay, down.
 * mac NULL: the kernel chooses, and keeps it.
 */
int rtnl_bridge_add(int socket, const char *name, const uint8_t *mac);
/* An interface on a VLAN of another, down. */
int rtnl_vlan_add(int socket, const char *name, int below, uint16_t id);
int rtnl_delete(int socket, int index);
int rtnl_set_mtu(int socket, int index, uint32_t mtu);
int rtnl_set_mac(int socket, int index, const uint8_t mac[6]);
int rtnl_set_up(int socket, int index, bool up);
int rtnl_set_alias(int socket, int index, const char *alias);
/* master 0: none. */
int rtnl_set_master(int socket, int index, int master);
/* No link-local address comes by itself. */
int rtnl_no_address(int socket, int index);

/*
 * VLANs of a bridge's port, or of the bridge's own (self). native: frames
 * without tag are of this id, and leave without tag.
 */
int rtnl_vlans_add(int socket, int index, bool self,
	const struct vlans *vlans, bool native);
/* Those that are not there are passed over. */
int rtnl_vlans_delete(int socket, int index, bool self,
	const struct vlans *vlans);

#endif
