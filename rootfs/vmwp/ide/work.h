/* An IDE channel's thread: how it gets jobs, stops, and comes back. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_WORK_H
#define VMWP_IDE_WORK_H

#include "ide/channel.h"

/* What channel->transfer says is the thread's. Device lock held, as for
 * work_cancel() and work_drop(). */
void work_begin(struct ide_channel *channel);
/* It shall come back soon, with IDE_CANCELLED if it was not ready before. */
void work_cancel(struct ide_channel *channel);
/* It is forgotten. The thread is stopped. */
void work_drop(struct ide_channel *channel);

/* By the thread: its job has ended, or waits for work_wake(). */
void work_finish(struct ide_channel *channel, enum ide_result result);
void work_keep(struct ide_channel *channel);

/* Something may go on that could not. Any thread. */
void work_wake(void *channel);

/* Until it is let go the thread has nothing in its hands. Calls nest. The
 * device lock may be held. */
void work_stop(struct ide_channel *channel);
void work_go(struct ide_channel *channel);
/* What it had ready has come back. Stopped; device lock held. */
void work_settle(struct ide_channel *channel);

/* Without threads (tests): all that can be done. Without the device lock. */
void work_turn(struct ide_channel *channel);

/* 0 or -errno. */
int work_init(struct ide_channel *channel, bool threads);
/* Without the device lock. */
void work_exit(struct ide_channel *channel);

#endif
