/* What is to be installed, and where. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PLAN_H
#define INSTALLER_PLAN_H

#include <stdbool.h>
#include <stdio.h>

#include "conf.h"
#include "disks.h"
#include "kept.h"
#include "trouble.h"

struct plan {
	struct conf *conf;	/* the settings of the host that is to be */
	struct disk disk;
	bool stick;		/* nothing but the system: no volume for VMs */
	bool spare;		/* it is to start this host: its SSH key, too */
	struct kept kept;	/* what the settings are kept as */
};

enum plan_after { PLAN_STAY, PLAN_RESTART, PLAN_STOP };

/*
 * Reads a socle.conf with [install], and checks all of it: each line, and that one
 * disk is what it says. Problems are printed on log, each a line. [install] is not
 * in plan->conf any more. 0, or -errno after the last sentence; plan_free() in any
 * case.
 */
int plan_read(struct plan *plan, const char *path, enum plan_after *after,
	FILE *log, struct trouble *why);
/*
 * A stick that starts this host as it is set up now: name is the disk, with content
 * only if erase. The same.
 */
int plan_spare(struct plan *plan, const char *name, bool erase,
	struct trouble *why);
void plan_free(struct plan *plan);

/* A kind of disk that a host with VMs on it is not to have: USB, SD. */
bool plan_is_stick(const struct disk *disk);

/* Prints what will be done: lines of at most 80 columns. */
void plan_print(const struct plan *plan, FILE *stream);

#endif
