/* The terminal as it was, whatever ends the menu: signals and faults. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_RESCUE_H
#define SCONFIG_RESCUE_H

#include <stdbool.h>

/* Before ncurses changes anything. */
void rescue_keep(void);
/* Signals are caught from now on, until rescue_end(). */
void rescue_begin(void);
void rescue_end(void);
/* While the screen is another program's. */
void rescue_pause(void);
void rescue_resume(void);
/* SIGTERM or SIGHUP came. */
bool rescue_ended(void);
/* SIGWINCH came since the last time. */
bool rescue_resized(void);
/* Readable when a signal has come; who has read it asks the two above. */
int rescue_fd(void);

#endif
