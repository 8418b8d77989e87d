/* What the control socket asks of screen, keyboard and pointer. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_SCREENCOMMAND_H
#define VMWP_DISPLAY_SCREENCOMMAND_H

#include <pthread.h>

#include "control.h"

struct input;
struct screen;

/* The text as UTF-8 in *fd, a line for each row without the blanks at its end;
 * the caller closes it. -1: graphics. The lock is the device lock. screen: NULL
 * where there is none. 0 or -errno; no descriptor then. */
int screencommand(struct screen *screen, pthread_mutex_t *lock,
	struct control_screen *answer, int *fd);

/* -EAGAIN: the guest has not taken so many yet; none of these is pressed.
 * input: NULL where there is none, for both. */
int screencommand_keys(struct input *input, pthread_mutex_t *lock,
	const struct control_keys_request *request);
int screencommand_pointer(struct input *input, pthread_mutex_t *lock,
	const struct control_pointer_request *request);

#endif
