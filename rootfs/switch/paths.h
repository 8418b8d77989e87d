/* Where switch finds and keeps its files. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_PATHS_H
#define SWITCH_PATHS_H

#define PATH_SETTINGS "/run/socle/socle.conf" /* in effect now */
#define PATH_CONFIG "/config"                 /* the host's own volume */
#define PATH_CONFIG_SETTINGS "/config/socle.conf"
#define PATH_LOCK "/run/socle/switch.lock"
#define PATH_MACS "/run/socle/switch.macs"    /* those given; mac.c */
#define PATH_DHCP "/run/socle/dhcp"           /* and a switch's name */
#define PATH_RESOLVER "/run/socle/resolv.conf"
#define PATH_NETWORK "/lib/socle/network"
#define PATH_UUID "/sys/class/dmi/id/product_uuid"

#endif
