/* What the service does for each verb. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_FUNCTIONS_H
#define VMMS_FUNCTIONS_H

#include "request.h"
#include "verbs.h"

extern verb_run *const functions[ASKS];

/* A VM's life: functions_life.c. */
verb_run run_start, run_stop, run_reboot, run_reset, run_pause, run_resume,
	run_going_down;
/* What is to be seen of VMs: functions_list.c, functions_show.c,
 * functions_screen.c. */
verb_run run_list, run_show, run_console, run_screen;
/* Definitions: functions_create.c, functions_set.c, functions_delete.c. */
verb_run run_create, run_set, run_delete, run_rename, run_cpu, run_memory,
	run_integration;
/* What a VM has: functions_disk.c, functions_iso.c, functions_nic.c. */
verb_run run_disk_add, run_disk_set, run_disk_remove, run_disk_create,
	run_iso_insert, run_iso_eject, run_iso_list, run_nic_add,
	run_nic_connect, run_nic_disconnect, run_nic_set, run_nic_remove;
/* The host: functions_host.c. */
verb_run run_switch_create, run_switch_list, run_switch_set,
	run_switch_delete, run_host_show, run_host_set, run_host_report,
	run_host_clock, run_host_settings, run_host_storage, run_host_stick, run_host_network,
	run_host_restart, run_host_stop;

#endif
