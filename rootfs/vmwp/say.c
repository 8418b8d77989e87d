/* Sentences for whoever started the worker, on standard error. */
/* SPDX-License-Identifier: MIT */
#include "say.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#define LIMIT 32	/* lines that a guest can cause */

static const char *vm_name;
static atomic_uint said;

void say_name(const char *name)
{
	vm_name = name;
}

/* One write for a line: threads do not mix theirs. */
static void say_list(const char *format, va_list list)
{
	char line[512];
	int used;

	used = snprintf(line, sizeof(line), "vmwp%s%s: ", vm_name ? " " : "",
		vm_name ? vm_name : "");
	if (used >= 0 && used < (int)sizeof(line))
		vsnprintf(line + used, sizeof(line) - used, format, list);
	fprintf(stderr, "%s\n", line);
}

void say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say_list(format, list);
	va_end(list);
}

void say_limited(const char *format, ...)
{
	unsigned int number = atomic_fetch_add(&said, 1);
	va_list list;

	if (number > LIMIT) {
		atomic_fetch_sub(&said, 1);
		return;
	}
	if (number == LIMIT) {
		say("no more lines about what the guest does");
		return;
	}
	va_start(list, format);
	say_list(format, list);
	va_end(list);
}
