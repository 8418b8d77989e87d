/* The menu's entries, each of which is in a file of its own. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_ENTRIES_H
#define SCONFIG_ENTRIES_H

#include "entry.h"

extern const struct entry entry_name, entry_administrators;
extern const struct entry entry_network, entry_switches, entry_storage;
extern const struct entry entry_vms;
extern const struct entry entry_remote, entry_time, entry_health;
extern const struct entry entry_backup, entry_reset;
/* later.c */
extern const struct entry entry_updates, entry_cluster;
/* leave.c */
extern const struct entry entry_log_off, entry_restart, entry_shut_down,
	entry_shell;

extern const struct entry entry_install;

#endif
