/* Text that is made of what the service tells, line by line. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_LINES_H
#define SCONFIG_LINES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct lines {
	FILE *stream;
	char *text;
	size_t size;
};

/* False: no memory. */
bool lines_begin(struct lines *lines);
/* From malloc(). */
char *lines_end(struct lines *lines);

/* "Label           value": what does not fit is wrapped when it is shown. */
void lines_put(struct lines *lines, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A value as `vm` shows it: by its key, of an object; nothing if it has none. */
void lines_value(struct lines *lines, const char *label, const json_t *object,
	const char *key);
/* The text of an object's key; "" if there is none. */
const char *lines_text(const json_t *object, const char *key);

#endif
