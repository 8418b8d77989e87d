/* Screen, keyboard and pointer of a PC whose guest knows VMBus. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_SYNTHETIC_H
#define VMWP_SYNTHETIC_H

#include "display/synthvid.h"
#include "input/synthkbd.h"
#include "input/synthmouse.h"

struct synthetic {
	struct synthvid video;
	struct synthkbd keyboard;
	struct synthmouse mouse;
};

/* Offers them for the VM's life. 0 or -errno. Device lock held, as for exit. */
int synthetic_init(struct synthetic *synthetic, struct vmbus *vmbus,
	struct screen *screen, struct input *input,
	const struct window_host *host, struct bus *mmio);
void synthetic_exit(struct synthetic *synthetic);

#endif
