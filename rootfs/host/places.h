/* Where host finds and keeps its files. Unit tests have their own header. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_PLACES_H
#define HOST_PLACES_H

#define PLACE_TRIAL "/run/socle/trial"
#define PLACE_TRIAL_LAST "/run/socle/trial.last"
#define PLACE_TRIAL_LOCK "/run/socle/trial.lock"
#define PLACE_APPLY "/lib/socle/apply"
#define PLACE_CONF "/sbin/conf"
#define PLACE_REPORT "/lib/socle/report"
#define PLACE_INSTALLER "/sbin/installer"
#define PLACE_SWITCH "/sbin/switch"
#define PLACE_INITTAB "/run/inittab"
#define PLACE_RESTART "/sbin/reboot"
#define PLACE_STOP "/sbin/poweroff"
#define PLACE_HOST_KEY "/config/ssh_host_ed25519_key"
#define PLACE_HWCLOCK "/sbin/hwclock"
#define PLACE_VERSION "/etc/socle-version"
#define PLACE_COMMAND_LINE "/proc/cmdline"
#define PLACE_PARTITIONS "/sys/block/*/*[0-9]"
#define PLACE_ROUTES "/proc/net/route"
#define PLACE_ROUTES6 "/proc/net/ipv6_route"
#define PLACE_NEIGHBOURS "/proc/net/arp"
#define PLACE_RESOLVER "/etc/resolv.conf"
#define PLACE_DNS_PORT 53
#define PLACE_NTP_PORT 123

#endif
