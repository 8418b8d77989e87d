/* All VMs of the host, and what is done to their files. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_MACHINES_H
#define VMMS_MACHINES_H

#include "dialogue.h"
#include "machine.h"
#include "store.h"

struct machines {
	struct events *events;
	struct timers *timers;
	struct dialogue errands;	/* to the helper; errand.h */
	const char *storages[STORE_STORAGES];	/* paths, as image.h has them */
	int storage_count;

	struct machine *first;		/* by name, without regard to case */
	unsigned int count;
	char *odd;			/* what is no VM, in lines; or NULL */
	unsigned int loading;		/* that are not read, or found, yet */
	char boot[HELPER_MARK_MAX + 1];	/* the id of the host's boot */
	bool going_down;		/* the host does: marks stay */

	/*
	 * Something has happened: "state", "created", "changed", "renamed" (the
	 * name before is old), "deleted" (the VM is valid still). May be NULL.
	 */
	void (*tell)(struct machines *machines, const char *event,
		const struct machine *machine, const char *old);
	/* The helper is gone; nothing more can be done. May be NULL. */
	void (*lost)(struct machines *machines);
	void *context;			/* for these */
	const struct machine_times *times;	/* machine_times */
	struct outcome_for loaded;	/* whom of machines_load() */
};

/*
 * helper: the socket to it, owned from success on. storages: paths that live as
 * long as this. 0 or -errno. What happens is told from then on.
 */
int machines_init(struct machines *machines, struct events *events,
	struct timers *timers, int helper, const char *const *storages,
	int count);
/* Workers run on; what is under way is answered to nobody. */
void machines_exit(struct machines *machines);

/*
 * Reads which VMs there are and their definitions, and finds their workers:
 * once. A VM is in the list before its definition is read. Its outcome is bad
 * if the list cannot be read.
 */
void machines_load(struct machines *machines, const struct outcome_for *whom);

/* Without regard to case; NULL: there is none. */
struct machine *machines_find(const struct machines *machines,
	const char *name);
/* The index of a storage folder; -1: it is none. */
int machines_storage(const struct machines *machines, const char *path);

/*
 * These refuse what cannot be (REFUSE_EXISTS, REFUSE_STATE, REFUSE_BUSY) and
 * have the helper do the rest. One at a time for each VM: else REFUSE_BUSY.
 *
 * A new VM from conf, which is owned from then on. After success it is in the
 * list.
 */
void machines_create(struct machines *machines, int storage, const char *name,
	struct conf *conf, const struct outcome_for *whom);
/*
 * Conf, owned from then on, becomes the VM's definition on the medium and here;
 * made by machines_copy() and definition_change(). In any state: who changes
 * what a running worker has sees to that himself.
 */
void machines_save(struct machine *machine, struct conf *conf,
	const struct outcome_for *whom);
/* The VM's conf, to be changed; NULL with errno. */
struct conf *machines_copy(const struct machine *machine);
/* Off. */
void machines_rename(struct machine *machine, const char *name,
	const struct outcome_for *whom);
/* Off. With its disks, if wanted: those that lie in its folder. The outcome's
 * text says what has stayed. */
void machines_delete(struct machine *machine, bool disks,
	const struct outcome_for *whom);

#endif
