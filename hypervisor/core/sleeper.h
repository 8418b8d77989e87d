/* Blocked VPs of children that a timer is to wake: a list of each processor. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_SLEEPER_H
#define CORE_SLEEPER_H

#include <stdint.h>

struct vp;

/* Puts a VP into the list of this processor, to be woken at a reference time. */
void sleeper_add(struct vp *vp, uint64_t wake);

/* Out of whatever list it is in. */
void sleeper_remove(struct vp *vp);

/* Wakes those of this processor whose time has come; the next time, or 0. */
uint64_t sleeper_run(uint64_t now);

/* The processor stops: its sleepers are woken, to sleep elsewhere. */
void sleeper_flee(void);

#endif
