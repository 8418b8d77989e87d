/* The keyboard of guests that know VMBus. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_SYNTHKBD_H
#define VMWP_INPUT_SYNTHKBD_H

#include "input/input.h"
#include "vmbus/pipe.h"

struct synthkbd {
	struct pipe pipe;
	struct input *input;
	bool ready;		/* a version was agreed upon */
};

/* Offers it for the VM's life; it takes keys while the guest's driver has it
 * open. 0 or -errno. Device lock held. */
int synthkbd_init(
	struct synthkbd *keyboard, struct vmbus *vmbus, struct input *input);

#endif
