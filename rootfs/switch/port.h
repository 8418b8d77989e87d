/* Ports of switches in the kernel: taps. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_PORT_H
#define SWITCH_PORT_H

#include "define.h"
#include "maker.h"

/* 0 or -errno, and then nothing is left. Its rules are made by others. */
int port_make(struct maker *maker, const struct port *port);
int port_unmake(struct maker *maker, const struct port *port);
/* The same of a tap that is there already, and that stays. */
int port_plug(struct maker *maker, const struct port *port);
int port_unplug(struct maker *maker, const struct port *port);
/* -EBUSY: its tap is open, as it is in a VM that runs; or 0. */
int port_unused(struct maker *maker, const struct port *port);
/* Its VLANs become those of the definition, and its tap's alias the MAC address:
 * there who opens the tap finds it. */
int port_set(struct maker *maker, const struct port *port);
/* The uplink of a switch lets pass what its ports use, and no more. */
int port_uplink(struct maker *maker, const char *vswitch);

#endif
