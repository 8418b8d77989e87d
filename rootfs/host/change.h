/* Settings that count at once, and need no trial. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_CHANGE_H
#define HOST_CHANGE_H

#include "trouble.h"

/*
 * words: SECTION KEY=VALUE ...; without a value: the default. Settings in
 * effect and the host's own volume have it then, and it is applied. 0 or
 * -errno.
 */
int change_set(char **words, int count, struct trouble *why);

/* words: SECTION, which goes. */
int change_unset(char **words, int count, struct trouble *why);

/* Says that a change could not be kept, and why: no volume is there for it. */
void change_warn(void);

#endif
