/* Workers that run already: of an earlier service, or lost for a while. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ADOPT_H
#define VMMS_ADOPT_H

#include "machine.h"

enum adopted {
	ADOPT_NONE,	/* there is no worker */
	ADOPT_RUNNING, ADOPT_PAUSED,	/* it is attached, and answers */
	ADOPT_SILENT,	/* it is attached, and does not answer */
	ADOPT_UNKNOWN,	/* it cannot be found out */
};

#define ADOPT_PATIENCE	(5 * TIMERS_SECOND)	/* for an answer */

/* Asks the helper for the machine's worker, and that for its state: one at a
 * time, machine->adopting. What comes of it is told to machine_found(), later.
 * 0, or -errno and it is not told. */
int adopt_begin(struct machine *machine);

#endif
