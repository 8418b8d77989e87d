/* The DHCP server of an internal switch: BusyBox's udhcpd. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_DHCPD_H
#define SWITCH_DHCPD_H

#include <stdio.h>

#include "define.h"

/*
 * Starts it, anew when it runs and its settings have changed; ends it when
 * the switch wants none. 0 or -errno.
 */
int dhcpd_apply(const struct vswitch *vswitch);
void dhcpd_end(const char *name);

/* Its settings; resolver: the host's own name servers are in there. */
void dhcpd_settings(FILE *to, const struct vswitch *vswitch, FILE *resolver);

#endif
