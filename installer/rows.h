/* What was found, a row each: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_ROWS_H
#define INSTALLER_ROWS_H

#include <jansson.h>
#include <stdio.h>

enum rows_result {
	ROWS_GOOD,
	ROWS_BAD,	/* something that an installation or VMs lack */
	ROWS_NONE,	/* neither: it is so */
};

/* Appends {what, result, detail} to an array. What is no UTF-8 is left out. */
void rows_say(json_t *rows, enum rows_result result, const char *what,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Lines of at most 80 columns; control characters are shown as "?". */
void rows_print(const json_t *rows, FILE *stream);

#endif
