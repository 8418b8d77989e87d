/* The start of a VM: what its worker needs is fetched, then it is started. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_LAUNCH_H
#define VMMS_LAUNCH_H

#include "machine.h"

/*
 * One after the other by errands: sockets, driver, firmware, images, taps, then
 * the worker, whose status is asked. done: error 0, and the machine's worker is
 * attached and connected; else a sentence, and what was taken is given back:
 * then there is no worker. It is called once, later. The VM's definition has no
 * problems.
 */
typedef void launch_done(struct machine *machine, int error,
	const char *sentence);

/* NULL: no memory, or the helper is gone; nobody is called. */
struct launch *launch_begin(struct machine *machine, launch_done *done);
/* It is not wanted any more: done() hears of it with -ECANCELED, when what was
 * under way is done and given back. */
void launch_cancel(struct launch *launch);
/* At once, and nobody is called: the errands are gone. */
void launch_free(struct launch *launch);

/* For who has the machine's worker while there is a launch. */
void launch_worker_ended(struct launch *launch);
void launch_worker_lost(struct launch *launch);
/* machine->again: it was lost, and has not ended. */
void launch_still_lost(struct launch *launch);

#endif
