/* Settings that somebody brings, in place of the host's own; and none at all. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_IMPORT_H
#define HOST_IMPORT_H

#include "trouble.h"

/*
 * words: a socle.conf as one text. All of it has to be good. It is what the next
 * start has; a password that it leaves out stays as it is. [install] is not taken.
 * Refused as well is what host set and host storage would not do: an administrator
 * who cannot come in, a volume that is the host's own. 0, -EINVAL or -EBUSY when
 * it is refused, or -errno.
 */
int import_settings(char **words, int count, struct trouble *why);
/* The same, and nothing is kept. */
int import_check(char **words, int count, struct trouble *why);

/*
 * The factory's state: forgets settings and SSH host key, everywhere where they are
 * kept, and restarts the host. VMs and volumes stay on their disks. 0 or -errno.
 */
int import_nothing(char **words, int count, struct trouble *why);

#endif
