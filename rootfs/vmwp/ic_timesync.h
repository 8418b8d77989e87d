/* The time service: the guest learns the parent's time. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IC_TIMESYNC_H
#define VMWP_IC_TIMESYNC_H

#include "ic.h"

/* Both at one moment: ns since 1970, and the guest's reference time in units
 * of 100 ns. false: that cannot be read. */
typedef bool timesync_source(void *context, int64_t *wall, uint64_t *guest);

struct ic_timesync {
	struct ic ic;
	timesync_source *source;
	void *context;
	bool set;		/* the next message sets the guest's clock */
	uint64_t sent;		/* messages */
};

int ic_timesync_init(struct ic_timesync *timesync, struct vmbus *vmbus,
	struct clock *clock, timesync_source *source, void *context);

/* The guest has stood still: its clock is behind. */
void ic_timesync_set(struct ic_timesync *timesync);

#endif
