/* Jobs of an IDE channel's thread: data between image, buffer and guest. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_JOB_H
#define VMWP_IDE_JOB_H

#include "ide/channel.h"

/* The next piece of what channel->transfer says: it has finished then, is
 * kept, or goes on with another one. By the thread, without the device lock. */
void job_step(struct ide_channel *channel);

#endif
