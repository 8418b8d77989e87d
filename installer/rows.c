/* What was found, a row each. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <stdarg.h>
#include <string.h>

enum { COLUMNS = 80, DETAIL_AT = 23, DETAIL_MAX = 512 };

static const char *const results[] = { "good", "bad", "none" };

static json_t *text(const char *bytes)
{
	json_t *value = json_string(bytes);

	return value ? value : json_string("?");
}

void rows_say(json_t *rows, enum rows_result result, const char *what,
	const char *format, ...)
{
	char detail[DETAIL_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	json_array_append_new(rows, json_pack("{s:o, s:s, s:o}", "what",
		text(what), "result", results[result], "detail",
		text(detail)));
}

static void put(const char *word, size_t size, FILE *stream)
{
	size_t i;

	for (i = 0; i < size; i++)
		putc((unsigned char)word[i] < ' ' || word[i] == 0x7f ? '?' :
			word[i], stream);
}

/* Columns, if each character takes one. */
static size_t width(const char *word, size_t size)
{
	size_t i, columns = 0;

	for (i = 0; i < size; i++)
		columns += ((unsigned char)word[i] & 0xc0) != 0x80;
	return columns;
}

/* Between blanks; the first stands at DETAIL_AT. */
static void put_words(const char *detail, FILE *stream)
{
	size_t at = DETAIL_AT;

	while (*(detail += strspn(detail, " "))) {
		size_t size = strcspn(detail, " ");
		size_t columns = width(detail, size);

		if (at > DETAIL_AT && at + 1 + columns > COLUMNS) {
			fprintf(stream, "\n%*s", DETAIL_AT, "");
			at = DETAIL_AT;
		} else if (at > DETAIL_AT) {
			putc(' ', stream);
			at++;
		}
		put(detail, size, stream);
		at += columns;
		detail += size;
	}
	putc('\n', stream);
}

void rows_print(const json_t *rows, FILE *stream)
{
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row) {
		const char *what = json_string_value(json_object_get(row,
			"what"));
		const char *result = json_string_value(json_object_get(row,
			"result"));
		size_t columns = width(what, strlen(what));

		put(what, strlen(what), stream);
		if (columns > 16)
			fprintf(stream, "\n%17s", "");
		else
			fprintf(stream, "%*s", (int)(17 - columns), "");
		fprintf(stream, "%-6s", strcmp(result, results[ROWS_NONE]) ?
			result : "");
		put_words(json_string_value(json_object_get(row, "detail")),
			stream);
	}
}
