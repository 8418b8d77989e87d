/* What went wrong, as a sentence for who asked. */
/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include <stdarg.h>
#include <stdio.h>

int trouble(struct trouble *trouble, int error, const char *format, ...)
{
	va_list arguments;

	if (!trouble || trouble->text[0])
		return error;
	va_start(arguments, format);
	vsnprintf(trouble->text, sizeof(trouble->text), format, arguments);
	va_end(arguments);
	return error;
}
