/* A result's value as a piece of text that fits into a line. */
/* SPDX-License-Identifier: MIT */
#include "cell.h"

#include <stdio.h>

#include "table.h"
#include "unit.h"

/* A guest or another administrator may have said it. C1 controls, U+0080 to
 * U+009F, are 0xc2 and a byte below 0xa0. */
static bool is_control(const char *at)
{
	const unsigned char *byte = (const unsigned char *)at;

	return byte[0] < ' ' || byte[0] == 0x7f ||
		(byte[0] == 0xc2 && byte[1] < 0xa0);
}

static size_t length(const char *at)
{
	size_t size = 1;

	while (((unsigned char)at[size] & 0xc0) == 0x80)
		size++;
	return size;
}

int cell_columns(const char *text)
{
	int columns = 0;

	for (; *text; text += length(text))
		columns++;
	return columns;
}

void table_text(FILE *stream, const char *text, int columns)
{
	bool cut = columns >= 0 && cell_columns(text) > columns;
	int left = cut ? columns - 1 : columns;

	for (; *text && left; text += length(text), left -= left > 0)
		if (is_control(text))
			fputc('?', stream);
		else
			fwrite(text, 1, length(text), stream);
	if (cut)
		fputc('~', stream);
}

static void join(const json_t *list, char *text)
{
	size_t i, used = 0;
	const char *item;

	*text = '\0';
	for (i = 0; i < json_array_size(list) && used < CELL_TEXT - 1; i++) {
		item = json_string_value(json_array_get(list, i));
		used += snprintf(text + used, CELL_TEXT - used, "%s%s",
			used ? " " : "", item ? item : "...");
	}
}

const char *cell_text(const char *key, const json_t *value, char *room)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		if (unit_print(key, json_integer_value(value), room))
			return room;
		snprintf(room, CELL_TEXT, "%lld",
			(long long)json_integer_value(value));
		return room;
	case JSON_REAL:
		snprintf(room, CELL_TEXT, "%.2f", json_real_value(value));
		return room;
	case JSON_TRUE:
		return "yes";
	case JSON_FALSE:
		return "no";
	case JSON_ARRAY:
		join(value, room);
		return room;
	case JSON_OBJECT:
		return "...";
	default:
		return "-";
	}
}

bool cell_is_empty(const json_t *value)
{
	return !value || json_is_null(value) ||
		(json_is_array(value) && !json_array_size(value)) ||
		(json_is_string(value) && !*json_string_value(value));
}
