/* A small printf: %s %c %d %u %x %%; numbers with l, width and 0. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Writes into text, always ended, never past room; returns the length. */
size_t format_list(char *text, size_t room, const char *format, va_list list);

__attribute__((format(printf, 3, 4)))
size_t format(char *text, size_t room, const char *format, ...);

#endif
