/* The screen of guests that know VMBus. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_SYNTHVID_H
#define VMWP_DISPLAY_SYNTHVID_H

#include "display/vram.h"
#include "vmbus/pipe.h"

struct synthvid {
	struct pipe pipe;
	struct screen *screen;
	struct vram vram;
	uint32_t version;	/* agreed upon; 0: none yet */
	bool active;		/* the guest shows the mode */
	struct vram_mode mode;	/* good while active */
	struct rectangle dirty;	/* within it; width 0: nothing */
};

/*
 * Offers it for the VM's life. It is what the screen shows while the guest's
 * driver has it open, and its memory lies and shows something. host, mmio: as
 * the guest reaches that memory (0xf8000000 - 0xfbffffff). 0 or -errno. Device
 * lock held, as for exit.
 */
int synthvid_init(struct synthvid *video, struct vmbus *vmbus,
	struct screen *screen, const struct window_host *host,
	struct bus *mmio);
void synthvid_exit(struct synthvid *video);

#endif
