/* Names of keys, and where characters are on an American keyboard. */
/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <stddef.h>

#define E0	0x100u
#define COUNT(array)	(sizeof(array) / sizeof(array[0]))

static const struct { const char *name; unsigned int key; } named[] = {
	{ "esc", 0x01 }, { "backspace", 0x0e }, { "tab", 0x0f },
	{ "enter", 0x1c }, { "ctrl", 0x1d }, { "shift", KEY_SHIFT },
	{ "alt", 0x38 }, { "space", 0x39 }, { "caps", 0x3a },
	{ "minus", 0x0c },
	{ "f1", 0x3b }, { "f2", 0x3c }, { "f3", 0x3d }, { "f4", 0x3e },
	{ "f5", 0x3f }, { "f6", 0x40 }, { "f7", 0x41 }, { "f8", 0x42 },
	{ "f9", 0x43 }, { "f10", 0x44 }, { "f11", 0x57 }, { "f12", 0x58 },
	{ "num", 0x45 }, { "scroll", 0x46 },
	{ "print", E0 | 0x37 }, { "pause", 0x200 },
	{ "home", E0 | 0x47 }, { "up", E0 | 0x48 }, { "pageup", E0 | 0x49 },
	{ "left", E0 | 0x4b }, { "right", E0 | 0x4d }, { "end", E0 | 0x4f },
	{ "down", E0 | 0x50 }, { "pagedown", E0 | 0x51 },
	{ "insert", E0 | 0x52 }, { "del", E0 | 0x53 },
	{ "altgr", E0 | 0x38 }, { "win", E0 | 0x5b }, { "menu", E0 | 0x5d },
};

/* Rows of keys from a code on, without and with shift. */
static const struct {
	unsigned int key;
	const char *plain, *shifted;
} rows[] = {
	{ 0x02, "1234567890-=", "!@#$%^&*()_+" },
	{ 0x10, "qwertyuiop[]\n", "QWERTYUIOP{}" },
	{ 0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 0x39, " ", "" },
	{ 0x0f, "\t", "" },
};

static unsigned int place(const char *row, char character)
{
	unsigned int i;

	for (i = 0; row[i]; i++)
		if (row[i] == character)
			return i + 1;
	return 0;
}

unsigned int key_of(char character, bool *shift)
{
	unsigned int i, at;

	for (i = 0; i < COUNT(rows); i++) {
		*shift = false;
		at = place(rows[i].plain, character);
		if (!at) {
			*shift = true;
			at = place(rows[i].shifted, character);
		}
		if (at)
			return rows[i].key + at - 1;
	}
	return 0;
}

/* Characters that both have, up to the end of the name or a -. */
static size_t match(const char *name, const char *text)
{
	size_t i = 0;

	while (name[i] && name[i] == text[i])
		i++;
	return !name[i] && (!text[i] || text[i] == '-') ? i : 0;
}

unsigned int key_named(const char **name)
{
	size_t i, length = 0;
	unsigned int key = 0;
	bool shift;

	for (i = 0; i < COUNT(named) && !length; i++) {
		length = match(named[i].name, *name);
		key = named[i].key;
	}
	if (!length && ((*name)[1] == 0 || (*name)[1] == '-')) {
		key = key_of(**name, &shift);
		length = 1;
	}
	if (!length)
		return 0;
	*name += length;
	*name += **name == '-';
	return key;
}
