/* What is asked of a worker process about its network adapters. */
/* SPDX-License-Identifier: MIT */
#ifndef CONTROL_NETWORK_H
#define CONTROL_NETWORK_H

#include <stdbool.h>

/* Words: a command, and what belongs to it. False: none of these commands. */
bool network_run(long file, char **words, long count, bool *good);

#endif
