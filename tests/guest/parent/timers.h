/* Synthetic timers of this processor. */
/* SPDX-License-Identifier: MIT */
#ifndef TIMERS_H
#define TIMERS_H

#include <stdbool.h>

void timers_off(void);

/* Whether a timer of this processor expires and interrupts it. */
bool timers_work(void);

#endif
