/* Names of keys, and where characters are on an American keyboard. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONTROL_KEYS_H
#define TESTS_CONTROL_KEYS_H

#include <stdbool.h>

#define KEY_SHIFT	0x2au

/* Codes are those of input/input.h. The key whose name begins there, which goes
 * on behind it and a -; 0: none. */
unsigned int key_named(const char **name);
/* 0: there is no such key. */
unsigned int key_of(char character, bool *shift);

#endif
