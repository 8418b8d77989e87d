/* What is asked of a worker process about its picture. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONTROL_SCREENSHOT_H
#define TESTS_CONTROL_SCREENSHOT_H

#include <stdbool.h>

/* screenshot FILE: the PNG is written there. false: it is no such command. */
bool screenshot_run(long file, char **words, long count, bool *good);

#endif
