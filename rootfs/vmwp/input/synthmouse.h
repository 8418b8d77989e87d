/* The pointer of guests that know VMBus: a HID device, absolute. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_SYNTHMOUSE_H
#define VMWP_INPUT_SYNTHMOUSE_H

#include "input/input.h"
#include "vmbus/pipe.h"

enum synthmouse_state {
	SYNTHMOUSE_CLOSED,
	SYNTHMOUSE_DESCRIBED,	/* the guest owes a word about that */
	SYNTHMOUSE_READY,
	SYNTHMOUSE_STATES,
};

struct synthmouse {
	struct pipe pipe;
	struct input *input;
	enum synthmouse_state state;
};

/* Offers it for the VM's life; it takes positions while the guest's driver has
 * it open. 0 or -errno. Device lock held. */
int synthmouse_init(
	struct synthmouse *mouse, struct vmbus *vmbus, struct input *input);

#endif
