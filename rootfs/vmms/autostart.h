/* VMs that are started with the host, one after the other. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_AUTOSTART_H
#define VMMS_AUTOSTART_H

#include "machines.h"

#define AUTOSTART_HEARTBEAT (300 * TIMERS_SECOND)	/* at most */

/* One of them. */
struct autostart_vm {
	char name[NAME_SIZE];
	unsigned int order, delay;	/* delay: seconds */
	bool wait;			/* for its heartbeat */
};

struct autostart {
	struct machines *machines;
	struct outcome_for whom;
	struct autostart_vm *vms;	/* in order */
	unsigned int count, next;
	struct timer timer;
	uint64_t until;			/* the heartbeat is waited for */
};

/*
 * Which ones: those that are off and whose definition says always, or
 * if-running, and they ran when the host went down. A sentence about each as
 * progress; the outcome when the last one's turn is over. What fails to start
 * keeps nobody. The VMs are loaded. -ENOMEM, and whom does not hear of it.
 */
int autostart_begin(struct autostart *autostart, struct machines *machines,
	const struct outcome_for *whom);
/* Also one that is all zeros, or done. */
void autostart_exit(struct autostart *autostart);

#endif
