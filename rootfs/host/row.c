/* A row of a report: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#include "row.h"

#include <stdarg.h>
#include <stdio.h>

const char *const row_words[] = { "good", "bad", "none" };

static json_t *text(const char *bytes)
{
	json_t *value = json_string(bytes);

	return value ? value : json_string("?");
}

void row_say(json_t *rows, const char *what, enum row_result result,
	const char *format, ...)
{
	char detail[512];
	va_list list;

	va_start(list, format);
	vsnprintf(detail, sizeof(detail), format, list);
	va_end(list);
	json_array_append_new(rows, json_pack("{s:o, s:s, s:o}", "what",
		text(what), "result", row_words[result], "detail",
		text(detail)));
}
