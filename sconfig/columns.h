/* The columns that text takes on a terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_COLUMNS_H
#define SCONFIG_COLUMNS_H

#include <wchar.h>

/* A text as terminal_put() shows it, in exactly so many columns. Returns the
 * number of characters, most at most. */
int columns_fill(const char *text, int width, wchar_t *wide, int most);

#endif
