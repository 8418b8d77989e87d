/* What is asked of a worker process about its drives. */
/* SPDX-License-Identifier: MIT */
#ifndef CONTROL_STORAGE_H
#define CONTROL_STORAGE_H

#include <stdbool.h>

bool same(const char *a, const char *b);

/* Words: a command, and what belongs to it. False: none of these commands. */
bool storage_run(long file, char **words, long count, bool *good);

#endif
