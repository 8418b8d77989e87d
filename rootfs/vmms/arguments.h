/* The arguments of each verb, for the table of verbs. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ARGUMENTS_H
#define VMMS_ARGUMENTS_H

#include "verb.h"

/* A VM's name, and nothing else. */
extern const struct verb_argument arguments_vm[];

/* Of VMs: arguments_vm.c. */
extern const struct verb_argument arguments_create[], arguments_set[],
	arguments_delete[], arguments_rename[], arguments_stop[],
	arguments_screen[], arguments_cpu[], arguments_memory[],
	arguments_integration[];

/* Of what a VM has: arguments_parts.c. */
extern const struct verb_argument arguments_disk_add[], arguments_disk_set[],
	arguments_disk_remove[], arguments_disk_create[],
	arguments_iso_insert[], arguments_iso_eject[], arguments_nic_add[],
	arguments_nic_connect[], arguments_nic_place[], arguments_nic_set[];

/* Of switches and the host: arguments_host.c. */
extern const struct verb_argument arguments_switch_create[],
	arguments_switch_list[], arguments_switch_delete[],
	arguments_host_set[], arguments_host_clock[],
	arguments_host_settings[], arguments_host_storage[],
	arguments_host_stick[],
	arguments_host_network[];

#endif
