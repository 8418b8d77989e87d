/* Children on several processors: what more than one file of tests wants. */
/* SPDX-License-Identifier: MIT */
#ifndef CHILDSMP_H
#define CHILDSMP_H

#include <stdbool.h>

/* Adds and starts all processors; false when there is only one. */
bool childsmp_start(void);

#endif
