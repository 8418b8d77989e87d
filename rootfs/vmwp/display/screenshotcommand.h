/* What the control socket asks of the picture. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_SCREENSHOTCOMMAND_H
#define VMWP_DISPLAY_SCREENSHOTCOMMAND_H

#include <pthread.h>

#include "control.h"

struct screen;

/* The picture as it is now, as PNG in *fd, which the caller closes. The lock is
 * the device lock: it is held for a copy only. screen: NULL where there is none.
 * 0 or -errno; no descriptor then. */
int screenshotcommand(struct screen *screen, pthread_mutex_t *lock,
	struct control_screenshot *answer, int *fd);

#endif
