/* Characters of UTF-8, whatever the locale is. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_UTF8_H
#define SCONFIG_UTF8_H

#include <stddef.h>

enum { UTF8_MOST = 4 };

/* The first one of a text that has one; a byte that begins none: '?'. */
unsigned int utf8_get(const char *text, size_t *size);
/* Its bytes, without a zero behind them. */
size_t utf8_put(unsigned int character, char bytes[UTF8_MOST]);
size_t utf8_size(unsigned int character);

#endif
