/* The state of this host, as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_SHOW_H
#define HOST_SHOW_H

#include "trouble.h"

/* One object on standard output. What cannot be read is left out. */
int show(char **words, int count, struct trouble *why);

#endif
