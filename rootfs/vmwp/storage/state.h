/* Saved states of the controller's channels. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_STATE_H
#define VMWP_STORAGE_STATE_H

#include "stream.h"
#include "vmbus/channel.h"

/* What a channel has; the first one also what the controller has. Requests with
 * the kernel have come back from there before. Which image is at a LUN is
 * not in it. */
void state_save(const struct channel *channel, struct stream *to);
int state_load(struct channel *channel, struct stream *from);

#endif
