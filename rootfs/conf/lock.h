/* Who changes the settings of this host: one at a time. */
/* SPDX-License-Identifier: MIT */
#ifndef LOCK_H
#define LOCK_H

/*
 * Waits for others. Taken before the settings are read and kept until they are
 * written: else what another has changed in between would be lost. Returns a
 * descriptor, which the caller closes, or -errno: on what is no host of ours
 * there is no place for it, and nobody to wait for.
 */
int lock_settings(void);

#endif
