/* One line of text that is edited. */
/* SPDX-License-Identifier: MIT */
#include "field.h"

#include <string.h>

#include "terminal.h"
#include "utf8.h"

static bool takes(const struct field *field, unsigned int character)
{
	if (character < ' ' || character == 0x7f || character > 0x10ffff ||
	    !terminal_is_good(character))
		return false;
	return !field->only ||
		(character < 0x80 && strchr(field->only, (int)character));
}

static bool fits(const struct field *field, unsigned int character)
{
	return field->length < FIELD_CHARACTERS &&
		utf8_size(character) <= field->most - field->bytes;
}

static void insert(struct field *field, unsigned int character)
{
	memmove(field->text + field->cursor + 1, field->text + field->cursor,
		(size_t)(field->length - field->cursor) *
		sizeof(*field->text));
	field->text[field->cursor++] = character;
	field->length++;
	field->bytes += utf8_size(character);
}

/* So many characters from one on. */
static enum field_said cut(struct field *field, int from, int count)
{
	int i;

	if (from < 0 || count <= 0 || from + count > field->length)
		return FIELD_MOVED;
	for (i = from; i < from + count; i++)
		field->bytes -= utf8_size(field->text[i]);
	memmove(field->text + from, field->text + from + count,
		(size_t)(field->length - from - count) *
		sizeof(*field->text));
	field->length -= count;
	field->cursor = from;
	return FIELD_CHANGED;
}

void field_set(struct field *field, const char *text, size_t most)
{
	unsigned int character;
	size_t size;

	field->length = field->cursor = field->first = 0;
	field->bytes = 0;
	field->most = most;
	for (; *text; text += size) {
		character = utf8_get(text, &size);
		if (!fits(field, character))
			break;
		insert(field, character);
	}
}

void field_get(const struct field *field, char *text, size_t size)
{
	char bytes[UTF8_MOST];
	size_t used = 0, length;
	int i;

	for (i = 0; i < field->length; i++) {
		length = utf8_put(field->text[i], bytes);
		if (length >= size - used)
			break;
		memcpy(text + used, bytes, length);
		used += length;
	}
	text[used] = '\0';
}

static enum field_said go(struct field *field, int to)
{
	field->cursor = to < 0 ? 0 : to > field->length ? field->length : to;
	return FIELD_MOVED;
}

static enum field_said type(struct field *field, int key)
{
	if (key >= PRESSED_UP)
		return FIELD_OTHER;
	if (!takes(field, (unsigned int)key))
		return FIELD_REFUSED;
	if (!fits(field, (unsigned int)key))
		return FIELD_FULL;
	insert(field, (unsigned int)key);
	return FIELD_CHANGED;
}

enum field_said field_key(struct field *field, int key)
{
	switch (key) {
	case PRESSED_NONE:
	case PRESSED_TAB:
	case PRESSED_ENTER:
	case PRESSED_ESCAPE:
		return FIELD_OTHER;
	case PRESSED_LEFT:
		return go(field, field->cursor - 1);
	case PRESSED_RIGHT:
		return go(field, field->cursor + 1);
	case PRESSED_HOME:
		return go(field, 0);
	case PRESSED_END:
		return go(field, field->length);
	case PRESSED_BACKSPACE:
		return cut(field, field->cursor - 1, 1);
	case PRESSED_DELETE:
		return cut(field, field->cursor, 1);
	case 'U' & 0x1f:
		return cut(field, 0, field->length);
	case 'K' & 0x1f:
		return cut(field, field->cursor,
			field->length - field->cursor);
	default:
		return type(field, key);
	}
}

/* Columns of the characters from one to before another. */
static int columns(const struct field *field, int from, int to)
{
	int sum = 0, width;

	for (; from < to; from++) {
		width = terminal_character(field->text[from]);
		sum += width < 0 ? 1 : width;
	}
	return sum;
}

/* The last two columns are for the cursor and the mark of what is cut. */
static void scroll(struct field *field, int width)
{
	if (field->first > field->cursor)
		field->first = field->cursor;
	while (columns(field, field->first, field->cursor) > width - 2)
		field->first++;
	/* What was cut at the left comes back when there is room for all. */
	while (field->first &&
		columns(field, field->first - 1, field->length) < width - 1)
		field->first--;
}

void field_draw(struct field *field, int row, int column, int width,
	bool chosen)
{
	struct field shown;
	char text[FIELD_BYTES];
	bool cut_off;

	scroll(field, width - 1);
	shown.length = field->length - field->first;
	memcpy(shown.text, field->text + field->first,
		(size_t)shown.length * sizeof(*shown.text));
	field_get(&shown, text, sizeof(text));
	cut_off = field->first > 0;
	terminal_put(row, column, 1, cut_off ? "<" : " ", STYLE_PLAIN);
	terminal_put(row, column + 1, width - 1, text, STYLE_INPUT);
	if (chosen)
		terminal_cursor(row, column + 1 +
			columns(field, field->first, field->cursor));
}
