/* Where switch finds and keeps its files. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_PATHS_H
#define SWITCH_PATHS_H

#define PATH_SETTINGS "/run/socle/socle.conf" /* in effect now */
#define PATH_MACS "/run/socle/switch.macs"    /* those given; mac.c */
#define PATH_PORTS "/run/socle/ports"         /* of VMs that run; liveport.h */
#define PATH_DHCP "/run/socle/dhcp"           /* and a switch's name */
#define PATH_DHCPD "/lib/socle/dhcpd"
#define PATH_RESOLVER "/run/socle/resolv.conf"
#define PATH_NETWORK "/lib/socle/network"
#define PATH_UUID "/sys/class/dmi/id/product_uuid"

#endif
