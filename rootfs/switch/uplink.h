/* The adapter or bond of an external switch. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_UPLINK_H
#define SWITCH_UPLINK_H

#include "define.h"
#include "maker.h"
#include "rtnl.h"

/* By MAC address or a bond's name, or -ENODEV. */
int uplink_find(int socket, const struct vswitch *vswitch, struct link *link);

/*
 * Makes it a port of the switch's bridge, which is up; the host's addresses
 * go with it, or, when the host is not on the switch, are taken from it.
 * 0 or -errno; all is as before then.
 */
int uplink_attach(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink);
/* The way back. 0 or -errno; all is as before then. */
int uplink_detach(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge);

/* The VLANs that ports and host use pass, and with fresh no others. */
int uplink_vlans(struct maker *maker, const struct vswitch *vswitch,
	const struct link *uplink, bool fresh);
/* The same, and the host's VLAN on the bridge: the settings have changed. */
int uplink_host(struct maker *maker, const struct vswitch *vswitch,
	const struct link *bridge, const struct link *uplink);

#endif
