/* Screen, keyboard and pointer of a PC whose guest knows VMBus. */
/* SPDX-License-Identifier: MIT */
#include "synthetic.h"

int synthetic_init(struct synthetic *synthetic, struct vmbus *vmbus,
	struct screen *screen, struct input *input,
	const struct window_host *host, struct bus *mmio)
{
	int error = synthvid_init(
		&synthetic->video, vmbus, screen, host, mmio);

	if (!error)
		error = synthkbd_init(&synthetic->keyboard, vmbus, input);
	if (!error)
		error = synthmouse_init(&synthetic->mouse, vmbus, input);
	return error;
}

void synthetic_exit(struct synthetic *synthetic)
{
	synthvid_exit(&synthetic->video);
}
