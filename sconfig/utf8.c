/* Characters of UTF-8, whatever the locale is. */
/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <stdbool.h>

size_t utf8_size(unsigned int character)
{
	return character < 0x80 ? 1 : character < 0x800 ? 2 :
		character < 0x10000 ? 3 : 4;
}

size_t utf8_put(unsigned int character, char bytes[UTF8_MOST])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t size = utf8_size(character), i;

	for (i = size; i-- > 1; character >>= 6)
		bytes[i] = (char)(0x80 | (character & 0x3f));
	bytes[0] = (char)(first[size] | character);
	return size;
}

static bool is_scalar(unsigned int character)
{
	return character <= 0x10ffff &&
		(character < 0xd800 || character > 0xdfff);
}

unsigned int utf8_get(const char *text, size_t *size)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t more = *byte < 0xc2 ? 0 : *byte < 0xe0 ? 1 : *byte < 0xf0 ? 2 :
		*byte < 0xf5 ? 3 : 0, i;
	unsigned int character = *byte & (0x3f >> more);

	*size = 1;
	if (*byte < 0x80)
		return *byte;
	for (i = 1; i <= more; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return '?';
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (!more || utf8_size(character) != more + 1 || !is_scalar(character))
		return '?';
	*size = more + 1;
	return character;
}
