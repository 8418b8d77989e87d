/* A small printf. */
/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

struct target {
	char *text;
	size_t room, used;
};

static void put(struct target *to, char byte)
{
	if (to->used + 1 < to->room)
		to->text[to->used++] = byte;
}

static void put_number(struct target *to, uint64_t value, unsigned int base,
	unsigned int width, char fill)
{
	char digit[20];
	unsigned int count = 0;

	do {
		digit[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > count; width--)
		put(to, fill);
	while (count)
		put(to, digit[--count]);
}

static void put_signed(struct target *to, int64_t value, unsigned int width,
	char fill)
{
	if (value < 0)
		put(to, '-');
	put_number(to, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10,
		width, fill);
}

static void put_text(struct target *to, const char *text, unsigned int width)
{
	unsigned int count = 0;

	for (; *text; text++, count++)
		put(to, *text);
	for (; count < width; count++)
		put(to, ' ');
}

size_t format_list(char *text, size_t room, const char *format, va_list list)
{
	struct target to = {text, room, 0};

	for (; *format; format++) {
		unsigned int width = 0;
		bool wide = false;
		char fill = ' ';

		if (*format != '%') {
			put(&to, *format);
			continue;
		}
		format++;
		if (*format == '0')
			fill = *format++;
		while (*format >= '0' && *format <= '9')
			width = width * 10 + (unsigned int)(*format++ - '0');
		for (; *format == 'l'; format++)
			wide = true;
		switch (*format) {
		case 's':
			put_text(&to, va_arg(list, const char *), width);
			break;
		case 'c':
			put(&to, (char)va_arg(list, int));
			break;
		case 'd':
			put_signed(&to, wide ? va_arg(list, long) :
				va_arg(list, int), width, fill);
			break;
		case 'u':
		case 'x':
			put_number(&to, wide ? va_arg(list, unsigned long) :
				va_arg(list, unsigned int),
				*format == 'x' ? 16 : 10, width, fill);
			break;
		default:
			put(&to, *format);
		}
	}
	if (room)
		text[to.used] = '\0';
	return to.used;
}

size_t format(char *text, size_t room, const char *format, ...)
{
	va_list list;
	size_t used;

	va_start(list, format);
	used = format_list(text, room, format, list);
	va_end(list);
	return used;
}
