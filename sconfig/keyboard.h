/* From a terminal's bytes to keys. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_KEYBOARD_H
#define SCONFIG_KEYBOARD_H

#include <stdbool.h>

/*
 * The next key (terminal.h) of those that are there; PRESSED_NONE: none is.
 * ncurses knows the keys that the terminal's description has; here are those
 * that others send, too, so a wrong TERM does no harm. Sequences that nobody
 * knows are passed over as a whole. Raw: control characters stand for themselves.
 */
int keyboard_key(bool raw);

#endif
