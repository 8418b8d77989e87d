/* A guest's UTF-16 as text that can be shown. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_UTF16_H
#define VMWP_UTF16_H

#include <stddef.h>
#include <stdint.h>

/* Of so many bytes (little-endian) up to the first zero, if there is one. The
 * text in room bytes, always with a zero: UTF-8; what is no letter, or does
 * something to a terminal, is a question mark. */
void utf16_to_text(const uint8_t *from, size_t bytes, char *text, size_t room);

/* Bytes that make room for any of so many bytes of UTF-16. */
#define UTF16_ROOM(bytes)	((bytes) / 2 * 3 + 1)

#endif
