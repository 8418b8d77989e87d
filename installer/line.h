/* Questions and answers, a line each: on a screen as on a serial port. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_LINE_H
#define INSTALLER_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE_MAX_BYTES = 1024 }; /* of an answer, with its NUL */

/*
 * Asks "question [preset]: " until there is an answer; an empty line takes preset
 * (NULL: there is none, "": an empty answer is one). "?" prints help. False: the
 * input has ended, or is "!", by which one leaves.
 */
bool line_ask(const char *question, const char *preset, const char *help,
	char text[LINE_MAX_BYTES]);

/* The same of what is not shown while it is typed; an empty one is an answer. */
bool line_secret(const char *question, char text[LINE_MAX_BYTES]);

#endif
