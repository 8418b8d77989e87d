/* The heartbeat service: does the guest live? */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IC_HEARTBEAT_H
#define VMWP_IC_HEARTBEAT_H

#include "ic.h"

enum heartbeat_state {
	HEARTBEAT_NONE,		/* the guest has no such service */
	HEARTBEAT_GOOD,
	HEARTBEAT_LOST,		/* it had, and does not answer */
	HEARTBEAT_STATES,
};

struct ic_heartbeat {
	struct ic ic;
	enum heartbeat_state state;
	uint32_t missed;	/* periods without an answer */
	uint64_t sequence;
};

int ic_heartbeat_init(struct ic_heartbeat *heartbeat, struct vmbus *vmbus,
	struct clock *clock);

#endif
