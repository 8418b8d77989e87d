/* The heartbeat service: does the guest live? */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IC_HEARTBEAT_H
#define VMWP_IC_HEARTBEAT_H

#include "control.h"
#include "ic.h"

struct ic_heartbeat {
	struct ic ic;
	enum heartbeat_state state;
	uint32_t missed;	/* periods without an answer */
	uint64_t sequence;
};

int ic_heartbeat_init(struct ic_heartbeat *heartbeat, struct vmbus *vmbus,
	struct clock *clock);

#endif
