/* host's files, in the folder where its unit test runs. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_PLACES_H
#define HOST_PLACES_H

#define PLACE_TRIAL "trial"
#define PLACE_TRIAL_LAST "trial.last"
#define PLACE_TRIAL_LOCK "trial.lock"
#define PLACE_APPLY "./apply"
#define PLACE_CONF "./conf"
#define PLACE_REPORT "./report"
#define PLACE_SWITCH "./switch"
#define PLACE_INITTAB "inittab"
#define PLACE_RESTART "/bin/false"
#define PLACE_HOST_KEY "config/ssh_host_ed25519_key"
#define PLACE_HWCLOCK "./hwclock"
#define PLACE_VERSION "version"
#define PLACE_COMMAND_LINE "cmdline"
#define PLACE_PARTITIONS "block/*/*[0-9]"
#define PLACE_ROUTES "routes"
#define PLACE_ROUTES6 "routes6"
#define PLACE_NEIGHBOURS "neighbours"
#define PLACE_RESOLVER "resolver"

/* Of volumes. */
#define PLACE_CLASS "class"
#define PLACE_DEV "dev"
#define PLACE_DEVICES "dev"
#define PLACE_MOUNTS "mounts"
#define PLACE_VOLUMES "volumes"
#define PLACE_REASONS "reasons"

/* Servers of the test's own. */
extern int dns_port, ntp_port;
#define PLACE_DNS_PORT dns_port
#define PLACE_NTP_PORT ntp_port

#endif
