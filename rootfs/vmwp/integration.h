/* The integration services of a VM, put together. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INTEGRATION_H
#define VMWP_INTEGRATION_H

#include "ic_heartbeat.h"
#include "ic_kvp.h"
#include "ic_shutdown.h"
#include "ic_timesync.h"

struct integration {
	struct vmbus *vmbus;
	struct ic_heartbeat heartbeat;
	struct ic_shutdown shutdown;
	struct ic_timesync timesync;
	struct ic_kvp kvp;
};

/* 0 or -errno. source: for the time service. */
int integration_init(struct integration *integration, struct vmbus *vmbus,
	struct clock *clock, timesync_source *source, void *context);
void integration_exit(struct integration *integration);

#endif
