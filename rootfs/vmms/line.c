/* JSON messages, each an object in one line; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct line_limits line_request = { LINE_BYTES, 8, 1024 };
const struct line_limits line_answer = { 4u << 20, 12, 1u << 19 };

/* Where the line's text stands for structure, and where for a string. */
struct scan {
	unsigned int depth, deepest, values;
	bool string, escaped;
};

static void scan_structure(struct scan *scan, char byte)
{
	switch (byte) {
	case '"':
		scan->string = true;
		break;
	case '{':
	case '[':
		scan->values++;
		scan->depth++;
		if (scan->deepest < scan->depth)
			scan->deepest = scan->depth;
		break;
	case '}':
	case ']':
		scan->depth -= scan->depth > 0;
		break;
	case ',':
	case ':':
		scan->values++;
		break;
	}
}

static void scan_string(struct scan *scan, char byte)
{
	if (scan->escaped)
		scan->escaped = false;
	else if (byte == '\\')
		scan->escaped = true;
	else if (byte == '"')
		scan->string = false;
}

/*
 * Before any memory is taken for it. In what the parser would accept strings
 * are where they are here; in what it would not, it stops earlier.
 */
static bool fits(const char *bytes, size_t size,
	const struct line_limits *limits, char *why)
{
	struct scan scan = { 0 };
	size_t i;

	for (i = 0; i < size; i++)
		if (scan.string)
			scan_string(&scan, bytes[i]);
		else
			scan_structure(&scan, bytes[i]);
	if (scan.deepest > limits->depth)
		snprintf(why, LINE_SENTENCE, "the message is more than %u deep",
			limits->depth);
	else if (scan.values > limits->values)
		snprintf(why, LINE_SENTENCE,
			"the message has more than %u values", limits->values);
	return scan.deepest <= limits->depth && scan.values <= limits->values;
}

/* The parser's own words: they may quote what is no text, or half of it. */
static void explain(const json_error_t *error, char *why)
{
	size_t i;

	snprintf(why, LINE_SENTENCE, "the message is not JSON, byte %d: %s",
		error->position, error->text);
	for (i = 0; why[i]; i++)
		if ((unsigned char)why[i] < ' ' || (unsigned char)why[i] > '~')
			why[i] = '?';
}

json_t *line_parse(const char *bytes, size_t size,
	const struct line_limits *limits, char *why)
{
	json_error_t error;
	json_t *object;

	if (size > limits->bytes) {
		snprintf(why, LINE_SENTENCE,
			"the message is longer than %zu bytes", limits->bytes);
		return NULL;
	}
	if (!fits(bytes, size, limits, why))
		return NULL;
	object = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
	if (!object) {
		explain(&error, why);
		return NULL;
	}
	if (json_is_object(object))
		return object;
	json_decref(object);
	snprintf(why, LINE_SENTENCE, "the message is no object");
	return NULL;
}

char *line_print(const json_t *object, size_t *size)
{
	char *text = json_dumps(object, JSON_COMPACT);

	if (!text)
		return NULL;
	*size = strlen(text);
	text[(*size)++] = '\n';
	return text;
}

/* How much of size bytes are whole characters of UTF-8. */
static size_t whole(const char *text, size_t size)
{
	size_t start = size, length;

	while (start && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (!start || (unsigned char)text[start - 1] < 0xc0)
		return size;
	length = (unsigned char)text[start - 1] >= 0xf0 ? 4 :
		(unsigned char)text[start - 1] >= 0xe0 ? 3 : 2;
	return size - (start - 1) < length ? start - 1 : size;
}

json_t *line_sentence(const char *format, va_list list)
{
	char text[512];
	json_t *string;
	size_t size;

	vsnprintf(text, sizeof(text), format, list);
	size = strlen(text);
	string = json_stringn(text, whole(text, size));
	return string ? string : json_string("this cannot be said in UTF-8");
}
