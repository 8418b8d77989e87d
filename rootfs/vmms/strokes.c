/* Text and names of keys, as what a keyboard sends. */
/* SPDX-License-Identifier: MIT */
#include "strokes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmwp/display/keysym.h"

#define KEY_UP	0x8000u		/* control.h */
#define SHIFT	0x2au		/* scan code set 1 */
#define CTRL	0x1du
#define ALT	0x38u

static const struct {
	const char *name;
	uint32_t symbol;	/* X11/keysymdef.h */
} names[] = {
	{ "enter", 0xff0d }, { "esc", 0xff1b }, { "tab", 0xff09 },
	{ "backspace", 0xff08 }, { "delete", 0xffff }, { "del", 0xffff },
	{ "insert", 0xff63 }, { "home", 0xff50 }, { "end", 0xff57 },
	{ "up", 0xff52 }, { "down", 0xff54 }, { "left", 0xff51 },
	{ "right", 0xff53 }, { "pageup", 0xff55 }, { "pagedown", 0xff56 },
	{ "space", ' ' }, { "lt", '<' },
};

static const struct {
	const char *name;
	uint16_t key;
} held[] = {
	{ "ctrl-", CTRL }, { "alt-", ALT }, { "shift-", SHIFT },
};

static uint32_t symbol_of(const char *name, size_t size)
{
	unsigned int number;
	char text[4];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == size &&
		    !strncasecmp(names[i].name, name, size))
			return names[i].symbol;
	if (size == 1)
		return (unsigned char)*name;
	if ((*name != 'f' && *name != 'F') || size > 3)
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)size - 1, name + 1);
	number = (unsigned int)atoi(text);
	return number >= 1 && number <= 12 ? 0xffbe + number - 1 : 0;
}

/* Down in their order, up the other way round. */
static bool press(struct stroke *stroke, const uint16_t *before,
	unsigned int count, uint32_t symbol)
{
	struct keysym key;
	bool shifted = false;
	unsigned int i;

	if (!symbol || !keysym_find(symbol, &key))
		return false;
	for (i = 0; i < count; i++) {
		stroke->key[stroke->count++] = before[i];
		shifted = shifted || before[i] == SHIFT;
	}
	shifted = !shifted && key.shift == KEYSYM_SHIFTED;
	if (shifted)
		stroke->key[stroke->count++] = SHIFT;
	stroke->key[stroke->count++] = key.key;
	for (i = stroke->count; i--;)
		stroke->key[stroke->count++] = stroke->key[i] | KEY_UP;
	return true;
}

static bool named(const char *name, size_t size, struct stroke *stroke)
{
	uint16_t before[3];
	unsigned int count = 0, i = 0;
	size_t length;

	while (i < 3 && count < 3) {
		length = strlen(held[i].name);
		if (size > length &&
		    !strncasecmp(name, held[i].name, length)) {
			before[count++] = held[i].key;
			name += length;
			size -= length;
			i = 0;
		} else {
			i++;
		}
	}
	return press(stroke, before, count, symbol_of(name, size));
}

bool strokes_next(const char **text, struct stroke *stroke)
{
	const char *end = **text == '<' ? strchr(*text, '>') : NULL;
	unsigned char letter = (unsigned char)**text;

	stroke->count = 0;
	if (**text == '<') {
		if (!end || !named(*text + 1, (size_t)(end - *text - 1),
			stroke))
			return false;
		*text = end + 1;
		return true;
	}
	if (letter >= 0x7f || !press(stroke, NULL, 0, letter))
		return false;
	(*text)++;
	return true;
}
