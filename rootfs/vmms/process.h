/* Processes whose end is waited for in the event loop, by their pidfds. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_PROCESS_H
#define VMMS_PROCESS_H

#include "vmwp/events.h"

#define PROCESS_UNKNOWN (-1)	/* the status of another's child */

/* Owned by who watches. */
struct process {
	/* Status: as waitpid() has it. It may be freed then. */
	void (*ended)(struct process *process, int status);
	void *context;
	/* The rest is process.c's. */
	struct events *events;
	struct event event;	/* fd: -1, nothing is watched */
};

/* fd: a pidfd, of a child or of anybody's, owned from success on. 0 or -errno. */
int process_watch(struct process *process, struct events *events, int fd);
/* It runs on, and nobody hears of its end. */
void process_forget(struct process *process);

#endif
