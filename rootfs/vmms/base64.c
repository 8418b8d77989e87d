/* Bytes as letters, for JSON (RFC 4648, section 4). */
/* SPDX-License-Identifier: MIT */
#include "base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_print(const void *bytes, size_t size)
{
	const uint8_t *from = bytes;
	char *text = malloc((size + 2) / 3 * 4 + 1), *to = text;
	uint32_t group;
	size_t i, at;

	if (!text)
		return NULL;
	for (at = 0; at < size; at += 3) {
		group = 0;
		for (i = 0; i < 3; i++)
			group = group << 8 | (at + i < size ? from[at + i] :
				0);
		for (i = 0; i < 4; i++)
			*to++ = at + i > size ? '=' :
				letters[group >> (18 - 6 * i) & 63];
	}
	*to = '\0';
	return text;
}

/* Of four letters: how many bytes; -1: it is none. */
static int read_group(const char *text, uint8_t *to)
{
	const char *letter;
	uint32_t group = 0;
	int i, count = 3;

	for (i = 0; i < 4; i++) {
		letter = text[i] ? strchr(letters, text[i]) : NULL;
		if (text[i] == '=' && i >= 2)
			count--;
		else if (!letter || count < 3)
			return -1;
		group = group << 6 | (letter ? letter - letters : 0);
	}
	for (i = 0; i < count; i++)
		to[i] = group >> (16 - 8 * i);
	return count;
}

void *base64_read(const char *text, size_t *size)
{
	size_t length = strlen(text), at;
	uint8_t *bytes = length % 4 ? NULL : malloc(length / 4 * 3 + 1);
	int count = 3;

	*size = 0;
	for (at = 0; bytes && at < length; at += 4) {
		count = count == 3 ? read_group(text + at, bytes + *size) :
			-1;
		if (count < 0) {
			free(bytes);
			return NULL;
		}
		*size += (size_t)count;
	}
	return bytes;
}
