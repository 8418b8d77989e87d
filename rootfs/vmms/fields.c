/* Objects for people: a line for each key. */
/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <string.h>

#include "cell.h"
#include "table.h"

/* At blanks, so that it ends within the columns; what comes is indented. */
static void print_wrapped(FILE *stream, const char *text, int column)
{
	int indent = column, width;
	const char *end;
	char word[CELL_TEXT];

	for (; *text; text = end) {
		end = text + strcspn(text + 1, " ") + 1;
		snprintf(word, sizeof(word), "%.*s", (int)(end - text), text);
		width = cell_columns(word);
		if (column + width > TABLE_COLUMNS && column > indent) {
			fprintf(stream, "\n%*s", indent, "");
			column = indent;
			text += *text == ' ';
			snprintf(word, sizeof(word), "%.*s",
				(int)(end - text), text);
			width = cell_columns(word);
		}
		table_text(stream, word, -1);
		column += width;
	}
	fputc('\n', stream);
}

static bool is_sentences(const json_t *list)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		if (text && strchr(text, ' '))
			return true;
	}
	return false;
}

static void print_sentences(FILE *stream, const json_t *list)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		fprintf(stream, "%*s", TABLE_GAP, "");
		print_wrapped(stream, text ? text : "...", TABLE_GAP);
	}
}

static int widest_key(const json_t *object)
{
	const char *key;
	json_t *value;
	int widest = 0;

	json_object_foreach((json_t *)object, key, value)
		if (widest < cell_columns(key))
			widest = cell_columns(key);
	return widest;
}

void fields_print(FILE *stream, const json_t *object, int indent)
{
	int widest = widest_key(object);
	char room[CELL_TEXT];
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		if (cell_is_empty(value))
			continue;
		fprintf(stream, "%*s", indent, "");
		table_text(stream, key, -1);
		if (table_is(value)) {
			fputc('\n', stream);
			table_rows(stream, value);
		} else if (json_object_size(value) && indent < 4 * TABLE_GAP) {
			fputc('\n', stream);
			fields_print(stream, value, indent + TABLE_GAP);
		} else if (is_sentences(value)) {
			fputc('\n', stream);
			print_sentences(stream, value);
		} else {
			fprintf(stream, "%*s", widest - cell_columns(key) + TABLE_GAP,
				"");
			print_wrapped(stream, cell_text(key, value, room),
				indent + widest + TABLE_GAP);
		}
	}
}
