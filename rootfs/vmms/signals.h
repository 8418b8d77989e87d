/* Signals as events of the loop. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_SIGNALS_H
#define VMMS_SIGNALS_H

#include <signal.h>

#include "vmwp/events.h"

struct signals {
	void (*came)(struct signals *signals, int signal);
	void *context;
	/* The rest is signals.c's. */
	struct events *events;
	struct event event;
};

/* Those of the set are blocked from now on, and come here. 0 or -errno. */
int signals_init(struct signals *signals, struct events *events,
	const sigset_t *set);
/* They stay blocked. */
void signals_exit(struct signals *signals);

#endif
