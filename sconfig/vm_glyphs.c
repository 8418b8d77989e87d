/* A line of a VM's screen, as this terminal can show it. */
/* SPDX-License-Identifier: MIT */
#include "vm_glyphs.h"

#include <stdlib.h>
#include <string.h>

#include "terminal.h"
#include "utf8.h"

/* Lines and blocks of Unicode: U+2500 to U+259F. */
static char plain(unsigned int character)
{
	switch (character) {
	case 0x2500: case 0x2501: case 0x2550:
		return '-';
	case 0x2502: case 0x2503: case 0x2551:
		return '|';
	default:
		return character >= 0x2503 && character < 0x2580 ? '+' :
			character >= 0x2580 && character < 0x25a0 ? '#' : '?';
	}
}

static bool can_show(unsigned int character)
{
	return MB_CUR_MAX > 1 && terminal_character(character) == 1;
}

void vm_glyphs(const char *line, int from, char *shown, size_t size)
{
	unsigned int character;
	size_t used = 0, length;
	int column = 0;

	for (; *line && used + UTF8_MOST < size; line += length, column++) {
		character = utf8_get(line, &length);
		if (column < from)
			continue;
		if (character < 0x80) {
			shown[used++] = character < ' ' || character == 0x7f ?
				'?' : (char)character;
		} else if (can_show(character)) {
			memcpy(shown + used, line, length);
			used += length;
		} else {
			shown[used++] = plain(character);
		}
	}
	shown[used] = '\0';
}
