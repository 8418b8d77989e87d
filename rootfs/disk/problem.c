/* What is wrong with an image, in sentences. */
/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <stdarg.h>
#include <stdio.h>

int problem(struct problems *problems, int error, const char *format, ...)
{
	char sentence[sizeof(problems->error->text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	if (problems->error && !problems->count)
		snprintf(problems->error->text, sizeof(problems->error->text),
			"%s", sentence);
	if (problems->say)
		problems->say(problems->context, sentence);
	problems->count++;
	return error;
}
