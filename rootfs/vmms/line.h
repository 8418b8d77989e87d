/* JSON messages, each an object in one line; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_LINE_H
#define VMMS_LINE_H

#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>

#define LINE_BYTES	65536u	/* of a request, without the line's end */
#define LINE_SENTENCE	256u	/* room for one that says what is wrong */

/* How much a message may be; what is more is not even parsed. */
struct line_limits {
	size_t bytes;
	unsigned int depth;	/* of objects and arrays in each other */
	unsigned int values;
};
extern const struct line_limits line_request, line_answer;

/*
 * The object in a line without its end: UTF-8, no key twice in an object, no
 * NUL in a string. The caller owns it. NULL: it is none; why, of LINE_SENTENCE
 * bytes, says it.
 */
json_t *line_parse(const char *bytes, size_t size,
	const struct line_limits *limits, char *why);
/* The object and a line's end, from malloc(); NULL: no memory. */
char *line_print(const json_t *object, size_t *size);
/* A string; one that is too long ends with a whole character. */
json_t *line_sentence(const char *format, va_list list);

#endif
