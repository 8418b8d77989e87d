/* What the tests say on the serial port. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/format.h"
#include "option.h"

#include <stdarg.h>

#define COM1		0x3f8
#define LINE_STATUS	(COM1 + 5)
#define EMPTY		0x20
/* Lines for one test: a table may fail in every row. */
#define LINES_MAX	8

static const char *current;
static unsigned int failed_lines, passed, failed;
static char about[160];

void report_init(void)
{
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x80);
	outb(COM1, 1);
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x03);
	outb(COM1 + 2, 0x07);
	outb(COM1 + 4, 0x03);
}

static void print(const char *text)
{
	for (; *text; text++) {
		while (!(inb(LINE_STATUS) & EMPTY))
			;
		outb(COM1, (uint8_t)*text);
	}
}

static void print_line(const char *text, va_list arguments)
{
	static char line[400];

	format_list(line, sizeof(line), text, arguments);
	print(line);
	print("\n");
}

void report_note(const char *text, ...)
{
	va_list arguments;

	va_start(arguments, text);
	print_line(text, arguments);
	va_end(arguments);
}

void report_about(const char *text, ...)
{
	va_list arguments;

	va_start(arguments, text);
	format_list(about, sizeof(about), text, arguments);
	va_end(arguments);
}

_Noreturn void report_stop(const char *text, ...)
{
	va_list arguments;

	report_note("not ok %s (%s)", current ? current : "start", about);
	va_start(arguments, text);
	print_line(text, arguments);
	va_end(arguments);
	report_note("stopped");
	for (;;)
		__asm__ volatile("cli; hlt");
}

static bool may_print(void)
{
	return ++failed_lines <= LINES_MAX;
}

bool report_expect(const char *file, unsigned int line, uint64_t got,
	uint64_t want)
{
	if (got == want)
		return true;
	if (may_print())
		report_note("not ok %s %s:%u: got 0x%lx, want 0x%lx (%s)",
			current, file, line, got, want, about);
	return false;
}

bool report_between(const char *file, unsigned int line, uint64_t got,
	uint64_t least, uint64_t most)
{
	if (got >= least && got <= most)
		return true;
	if (may_print())
		report_note("not ok %s %s:%u: got %lu, want %lu to %lu (%s)",
			current, file, line, got, least, most, about);
	return false;
}

/* Those that start with the option only=, in which _ is any character. */
static bool is_wanted(const char *name)
{
	const char *only = option_text("only=");

	while (*only > ' ' && (*only == *name || *only == '_')) {
		only++;
		name++;
	}
	return *only <= ' ';
}

void report_run(const struct test *tests)
{
	for (; tests->name; tests++) {
		if (!is_wanted(tests->name))
			continue;
		current = tests->name;
		failed_lines = 0;
		about[0] = '\0';
		tests->run();
		if (failed_lines) {
			failed++;
			continue;
		}
		passed++;
		report_note("ok %s", current);
	}
}

unsigned int report_failures(void)
{
	return failed;
}

void report_end(void)
{
	report_note("done: %u passed, %u failed", passed, failed);
}
