/* Settings files: what is said of lines. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(const struct reporter *reporter, const char *format,
	va_list arguments)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, arguments);
	conf_printable(text);
	if (reporter->keep && !reporter->keep->complaint)
		reporter->keep->complaint = strdup(text);
	if (reporter->report)
		reporter->report(reporter->context, reporter->line, text);
}

void conf_complain(const struct reporter *reporter, const char *format, ...)
{
	va_list arguments;

	if (reporter->keep)
		reporter->keep->wrong = true;
	va_start(arguments, format);
	say(reporter, format, arguments);
	va_end(arguments);
}

void conf_remark(const struct reporter *reporter, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(reporter, format, arguments);
	va_end(arguments);
}

int conf_complaints(const struct conf *conf, bool wrong, conf_report *report,
	void *context)
{
	int count = 0;
	int i;

	for (i = 0; i < conf->count; i++) {
		const struct line *line = &conf->lines[i];

		if (line->wrong != wrong || (!wrong && !line->complaint))
			continue;
		count++;
		if (report)
			report(context, i + 1, line->complaint ?
				line->complaint : "there is no memory");
	}
	return count;
}
