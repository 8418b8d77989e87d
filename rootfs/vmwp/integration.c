/* The integration services of a VM, put together. */
/* SPDX-License-Identifier: MIT */
#include "integration.h"

int integration_init(struct integration *integration, struct vmbus *vmbus,
	struct clock *clock, timesync_source *source, void *context)
{
	int error;

	integration->vmbus = vmbus;
	error = ic_heartbeat_init(&integration->heartbeat, vmbus, clock);
	if (!error)
		error = ic_shutdown_init(
			&integration->shutdown, vmbus, clock);
	if (!error)
		error = ic_timesync_init(&integration->timesync, vmbus, clock,
			source, context);
	if (!error)
		error = ic_kvp_init(&integration->kvp, vmbus, clock);
	return error;
}

void integration_exit(struct integration *integration)
{
	ic_exit(&integration->heartbeat.ic);
	ic_exit(&integration->shutdown.ic);
	ic_exit(&integration->timesync.ic);
	ic_kvp_exit(&integration->kvp);
}
