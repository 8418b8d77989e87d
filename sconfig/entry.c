/* The menu's entries: numbers, texts, what stands beside them, what they do. */
/* SPDX-License-Identifier: MIT */
#include "entry.h"

#include "entries.h"

const struct entry *const entries[] = {
	&entry_name, &entry_administrators, &entry_network, &entry_switches,
	&entry_storage, &entry_vms, &entry_remote, &entry_updates, &entry_time,
	&entry_cluster, &entry_backup, &entry_health, &entry_reset,
	&entry_log_off, &entry_restart, &entry_shut_down, &entry_shell,
	&entry_install,
	NULL,
};

int entry_index(int number)
{
	int index;

	for (index = 0; entries[index]; index++)
		if (entries[index]->number == number)
			return index;
	return -1;
}
