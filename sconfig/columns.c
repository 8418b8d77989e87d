/* The columns that text takes on a terminal. */
/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "terminal.h"

int terminal_character(unsigned int character)
{
	return character < ' ' ? -1 : wcwidth((wchar_t)character);
}

bool terminal_is_good(unsigned int character)
{
	return terminal_character(character) >= 0;
}

/* The next character, or '?'; its bytes. */
static wchar_t decode(const char *text, size_t *size)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t length = mbrtowc(&character, text, strnlen(text, MB_CUR_MAX),
		&state);

	*size = length < (size_t)-2 && length ? length : 1;
	return length < (size_t)-2 && terminal_is_good(character) ?
		character : '?';
}

int terminal_fitting(const char *text, int width)
{
	const char *at = text;
	size_t size;

	for (; *at; at += size) {
		width -= terminal_character(decode(at, &size));
		if (width < 0)
			break;
	}
	return at - text;
}

int terminal_width(const char *text)
{
	int width = 0;
	size_t size;

	for (; *text; text += size)
		width += terminal_character(decode(text, &size));
	return width;
}

int columns_fill(const char *text, int width, wchar_t *wide, int most)
{
	bool cut = terminal_width(text) > width;
	int left = cut ? width - 1 : width, count = 0, columns;
	size_t size;

	for (; *text && count < most - 1; text += size) {
		wide[count] = decode(text, &size);
		columns = terminal_character((unsigned int)wide[count]);
		if (columns > left)
			break;
		left -= columns;
		count++;
	}
	if (cut)
		wide[count++] = '~';
	while (left-- > 0 && count < most)
		wide[count++] = ' ';
	return count;
}
