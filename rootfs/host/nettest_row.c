/* A row of the network's test: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#include "nettest_row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void row_say(json_t *rows, const char *what, enum row_result result,
	const char *format, ...)
{
	static const char *const words[] = { "good", "bad", "none" };
	char detail[512];
	va_list list;

	va_start(list, format);
	vsnprintf(detail, sizeof(detail), format, list);
	va_end(list);
	json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "what", what,
		"result", words[result], "detail", detail));
}

const char *row_why_not(const struct probe *probe)
{
	return probe->error ? strerror(probe->error) : "it does not answer";
}
