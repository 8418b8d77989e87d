/* Text that is made of what the service tells, line by line. */
/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <stdarg.h>

#include "rootfs/vmms/cell.h"

enum { LABEL = 16 };

bool lines_begin(struct lines *lines)
{
	*lines = (struct lines){ .text = NULL };
	lines->stream = open_memstream(&lines->text, &lines->size);
	return lines->stream;
}

char *lines_end(struct lines *lines)
{
	fclose(lines->stream);
	return lines->text;
}

void lines_put(struct lines *lines, const char *label, const char *format, ...)
{
	va_list list;

	fprintf(lines->stream, "%-*s  ", LABEL, label);
	va_start(list, format);
	vfprintf(lines->stream, format, list);
	va_end(list);
	fputc('\n', lines->stream);
}

void lines_value(struct lines *lines, const char *label, const json_t *object,
	const char *key)
{
	const json_t *value = json_object_get(object, key);
	char room[CELL_TEXT];

	if (!cell_is_empty(value))
		lines_put(lines, label, "%s", cell_text(key, value, room));
}

const char *lines_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}
