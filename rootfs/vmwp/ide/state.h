/* Saved states of an IDE channel. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_STATE_H
#define VMWP_IDE_STATE_H

#include "ide/channel.h"
#include "stream.h"

/* Its thread is stopped, and what it had ready has come back. Which drives
 * there are is not in it. */
void ide_state_save(const struct ide_channel *channel, struct stream *to);
/* 0, or -EINVAL for what a channel cannot have: a reset is due then. */
int ide_state_load(struct ide_channel *channel, struct stream *from);

#endif
