/* The list of VMs, for machines.c and machine_files.c. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_MACHINE_LIST_H
#define VMMS_MACHINE_LIST_H

#include "machine_life.h"
#include "machines.h"

/* One that is off and in no list; NULL: no memory. */
struct machine *machines_new(struct machines *machines, const char *name,
	int storage);
void machines_free(struct machine *machine);
void machines_add(struct machine *machine);
void machines_remove(struct machine *machine);

/* Conf, owned from then on, is the VM's. 0; -ENOMEM: the one before is. */
int machines_take(struct machine *machine, struct conf *conf);
/* Which of them have what others have; after each change. */
void machines_compare(struct machines *machines);
void machines_tell(struct machine *machine, const char *event,
	const char *old);

#endif
