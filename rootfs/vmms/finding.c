/* What is found in a definition, as sentences that name the key. */
/* SPDX-License-Identifier: MIT */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>

void finding(struct findings *findings, const char *section, const char *key,
	const char *format, ...)
{
	char sentence[512], text[640];
	va_list arguments;

	findings->count++;
	if (!findings->report)
		return;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	snprintf(text, sizeof(text), "[%s] %s%s%s", section, key ? key : "",
		key ? ": " : "", sentence);
	conf_printable(text);
	findings->report(findings->context,
		conf_line(findings->conf, section, key), text);
}
