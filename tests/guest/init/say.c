/* Lines on the guest's console. */
/* SPDX-License-Identifier: MIT */
#include "say.h"

#include <stdarg.h>

#include "call.h"

#define LINE 1000	/* a count of each of 64 processors */

static size_t append(char *line, size_t used, const char *text)
{
	while (*text && used < LINE - 1)
		line[used++] = *text++;
	return used;
}

void say(const char *first, ...)
{
	char line[LINE];
	size_t used = append(line, 0, "guest: ");
	const char *text;
	va_list list;

	va_start(list, first);
	for (text = first; text; text = va_arg(list, const char *))
		used = append(line, used, text);
	va_end(list);
	line[used++] = '\n';
	call(CALL_WRITE, 1, (long)line, used, 0, 0);
}

const char *number(unsigned long value)
{
	static char buffers[4][24];
	static unsigned int next;
	char *at = buffers[next++ % 4] + 23;

	*at = 0;
	do
		*--at = '0' + value % 10;
	while (value /= 10);
	return at;
}

void check(bool good, const char *what, const char *detail)
{
	say(good ? "ok: " : "not ok: ", what, ": ", detail, NULL);
}
