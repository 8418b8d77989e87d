/* The shutdown service: the guest's own power-off, asked for from outside. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IC_SHUTDOWN_H
#define VMWP_IC_SHUTDOWN_H

#include "ic.h"

struct ic_shutdown {
	struct ic ic;
	bool answered;
	uint32_t status;	/* of the last answer */
};

int ic_shutdown_init(struct ic_shutdown *shutdown, struct vmbus *vmbus,
	struct clock *clock);

enum shutdown_kind { SHUTDOWN_OFF, SHUTDOWN_RESTART };

/* Sends the request: 0; -ENOTCONN: the guest has no such service, or not yet;
 * -EBUSY: it has not answered the last one. */
int ic_shutdown_ask(struct ic_shutdown *shutdown, enum shutdown_kind kind);

#endif
