/* What is asked of a worker process about screen, keyboard and pointer. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONTROL_CONSOLE_H
#define TESTS_CONTROL_CONSOLE_H

#include <stdbool.h>

/*
 * screen: what kind it is and its size, then the text.
 * keys NAME...: each is pressed and let go; names with - between are held
 * together (ctrl-alt-del).
 * type TEXT: as on an American keyboard.
 * pointer X Y [BUTTONS [WHEEL]]: 0 to 32767 over the screen; a wheel of 128 and
 * more turns down.
 * false: it is no such command.
 */
bool console_run(long file, char **words, long count, bool *good);

#endif
