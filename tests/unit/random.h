/* Repeatable random numbers, and texts with changes. */
/* SPDX-License-Identifier: MIT */
#ifndef RANDOM_H
#define RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint64_t random_state = 1;

/* xorshift64. */
static inline unsigned int random_below(unsigned int below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned int)((random_state >> 11) % below);
}

/* A byte replaced, a piece cut out or doubled: once to eight times. */
static inline size_t random_change(char *text, size_t size, size_t room)
{
	static const char bytes[] = "[]=#\n\r\t :/.0az$\xff\xc3";
	unsigned int changes = 1 + random_below(8);

	while (changes-- && size) {
		size_t at = random_below(size), length = 1 + random_below(16);
		size_t end = at + length;

		switch (random_below(4)) {
		case 0: text[at] = bytes[random_below(sizeof(bytes))]; break;
		case 1: text[at] = (char)random_below(256); break;
		case 2:
			if (end < size) {
				memmove(text + at, text + end, size - end);
				size -= length;
			}
			break;
		case 3:
			if (end < size && size + length < room) {
				memmove(text + end, text + at, size - at);
				size += length;
			}
			break;
		}
	}
	return size;
}

#endif
