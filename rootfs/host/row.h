/* A row of a report: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_ROW_H
#define HOST_ROW_H

#include <jansson.h>

enum row_result {
	GOOD,
	BAD,	/* it does not work, or something is lacking */
	NONE,	/* neither: it is so, or there is nothing to look at */
};

/* The word in a row. */
extern const char *const row_words[];

/* Appends {what, result, detail} to an array; instead of what is no UTF-8: "?". */
void row_say(json_t *rows, const char *what, enum row_result result,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
