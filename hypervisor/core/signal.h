/* Signals to the parent's scheduler: a child's VP that was blocked is to be
 * dispatched again. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_SIGNAL_H
#define CORE_SIGNAL_H

struct vp;

/* For a child's VP whose 'blocked' the caller has cleared. To this processor's
 * VP of the parent. */
void signal_send(struct vp *vp);

/* The parent's VP of this processor takes no messages any more: its first VP
 * takes over what waits here, and who sleeps here. */
void signal_flee(struct vp *from);

/* The first VP takes over. */
void signal_adopt(struct vp *to);

/* The parent's VP of this processor has room for a message, perhaps. */
void signal_next(struct vp *to);

/* All processors drop the signals of partitions that end. */
void signal_forget(void);

#endif
