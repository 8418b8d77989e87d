/* How what was asked for has ended. */
/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum { SENTENCE = 512 };

void outcome_good(const struct outcome_for *whom, const char *text)
{
	const struct outcome outcome = { REFUSALS, text, NULL };

	if (whom->done)
		whom->done(whom->context, &outcome);
}

void outcome_bad(const struct outcome_for *whom, enum refusal refusal,
	const char *hint, const char *format, ...)
{
	char text[SENTENCE];
	const struct outcome outcome = { refusal, text, hint };
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (whom->done)
		whom->done(whom->context, &outcome);
}

void outcome_say(const struct outcome_for *whom, const char *format, ...)
{
	char text[SENTENCE];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (whom->progress)
		whom->progress(whom->context, text);
}

enum refusal outcome_refusal(int error)
{
	switch (error) {
	case -EEXIST: return REFUSE_EXISTS;
	case -ENOENT: return REFUSE_ABSENT;
	case -EBUSY: return REFUSE_BUSY;
	case -EINVAL: return REFUSE_ARGUMENT;
	default: return REFUSE_FAILED;
	}
}
