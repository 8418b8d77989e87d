/* What went wrong, as a sentence for who asked. */
/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "conf.h"

int trouble(struct trouble *trouble, int error, const char *format, ...)
{
	va_list arguments;

	if (!trouble || trouble->text[0])
		return error;
	va_start(arguments, format);
	vsnprintf(trouble->text, sizeof(trouble->text), format, arguments);
	va_end(arguments);
	conf_printable(trouble->text);
	return error;
}

enum { GOOD, REFUSED, NOT_POSSIBLE };

int trouble_status(int result)
{
	switch (result) {
	case 0:
		return GOOD;
	case REFUSED:
	case -EINVAL:
	case -EEXIST:
	case -EBUSY:
	case -ENOENT:
	case -ENODEV:
		return REFUSED;
	default:
		return NOT_POSSIBLE;
	}
}
