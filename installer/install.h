/* An installation: a disk from what it was to one that starts. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_INSTALL_H
#define INSTALLER_INSTALL_H

#include "plan.h"

/* Unmounts what an installation that was killed has left. Nobody else is at work:
 * the caller has the lock. */
void install_clear(void);

/*
 * Does what plan says, and tells each step on standard output. Until its last
 * write the disk says, when a machine starts from it, that its installation was
 * interrupted. What was told, and notes before it, is kept as install.log on the
 * host's own volume. 0 or -errno after a sentence.
 */
int install(struct plan *plan, const char *notes, struct trouble *why);

#endif
