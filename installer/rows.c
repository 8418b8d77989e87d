/* Rows for people. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <string.h>

enum { COLUMNS = 80, DETAIL_AT = 23 };

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
		fprintf(stream, "%-6s", strcmp(result, row_words[NONE]) ?
			result : "");
		put_words(json_string_value(json_object_get(row, "detail")),
			stream);
	}
}
