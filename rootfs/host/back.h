/* A change of the network is taken back. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_BACK_H
#define HOST_BACK_H

#include "trial.h"

/*
 * Settings in effect and kernel are as before; the trial is over, and freed.
 * The caller has its lock. 0, or -errno and something is not as it was.
 */
int back(struct trial *trial);

/* The same when its time is over: the log says so. */
void back_in_time(struct trial *trial);

#endif
