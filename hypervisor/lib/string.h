/* The parts of <string.h> that the hypervisor and its compiler need. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);

/* Copies text and always ends it; returns false when it was cut. */
bool string_copy(char *to, size_t room, const char *text);

/* Whether text starts with prefix. */
bool string_starts(const char *text, const char *prefix);

/* Reads a decimal number of at most nine digits that fills text; returns false
 * on anything else. */
bool string_number(const char *text, unsigned long *number);

#endif
