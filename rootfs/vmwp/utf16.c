/* A guest's UTF-16 as text that can be shown. */
/* SPDX-License-Identifier: MIT */
#include "utf16.h"

#include <stdbool.h>
#include <string.h>

struct reader {
	const uint8_t *at;
	size_t units;
};

static uint32_t unit(const struct reader *from)
{
	return from->at[0] | from->at[1] << 8;
}

static void next(struct reader *from)
{
	from->at += 2;
	from->units--;
}

/* Two units for what is above 0xffff; one alone of such a pair is nothing. */
static uint32_t take(struct reader *from)
{
	uint32_t high = unit(from), low;

	next(from);
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || !from->units)
		return '?';
	low = unit(from);
	if (low < 0xdc00 || low > 0xdfff)
		return '?';
	next(from);
	return 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
}

/* Control characters, also those of 0x80 to 0x9f and the ones that change the
 * direction of writing; and what Unicode says is no character. */
static bool harmless(uint32_t letter)
{
	return letter >= 0x20 && !(letter >= 0x7f && letter < 0xa0) &&
		!(letter >= 0x2028 && letter <= 0x202e) &&
		!(letter >= 0x2066 && letter <= 0x2069) &&
		letter != 0xfeff && (letter & 0xfffe) != 0xfffe;
}

static size_t encode(uint32_t letter, char *to)
{
	if (letter < 0x80) {
		to[0] = letter;
		return 1;
	}
	if (letter < 0x800) {
		to[0] = 0xc0 | letter >> 6;
		to[1] = 0x80 | (letter & 0x3f);
		return 2;
	}
	if (letter < 0x10000) {
		to[0] = 0xe0 | letter >> 12;
		to[1] = 0x80 | (letter >> 6 & 0x3f);
		to[2] = 0x80 | (letter & 0x3f);
		return 3;
	}
	to[0] = 0xf0 | letter >> 18;
	to[1] = 0x80 | (letter >> 12 & 0x3f);
	to[2] = 0x80 | (letter >> 6 & 0x3f);
	to[3] = 0x80 | (letter & 0x3f);
	return 4;
}

void utf16_to_text(const uint8_t *from, size_t bytes, char *text, size_t room)
{
	struct reader reader = { from, bytes / 2 };
	char letter[4];
	uint32_t value;
	size_t size;

	while (reader.units && unit(&reader)) {
		value = take(&reader);
		size = encode(harmless(value) ? value : '?', letter);
		if (size >= room)
			break;
		memcpy(text, letter, size);
		text += size;
		room -= size;
	}
	*text = '\0';
}
