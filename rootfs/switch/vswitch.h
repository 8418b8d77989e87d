/* Switches in the kernel: bridges with VLAN filtering. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_VSWITCH_H
#define SWITCH_VSWITCH_H

#include "define.h"
#include "maker.h"

/*
 * Makes the bridge with its uplink, addresses and DHCP server; ports and
 * rules are made by others. 0 or -errno and nothing is left.
 */
int vswitch_make(struct maker *maker, const struct vswitch *vswitch);

/* The way back; what the host had on it goes to its uplink. */
int vswitch_unmake(struct maker *maker, const struct vswitch *vswitch);

/* MTU, addresses and DHCP server change from one to the other. */
int vswitch_change(struct maker *maker, const struct vswitch *from,
	const struct vswitch *to);

/*
 * The uplink came later, or the host's VLAN on it is another. 0 too when the
 * switch wants none.
 */
int vswitch_plug(struct maker *maker, const struct vswitch *vswitch);

#endif
