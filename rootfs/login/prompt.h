/* Asks for one line on the terminal, with or without echo. */
/* SPDX-License-Identifier: MIT */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>

enum prompt_result {
	PROMPT_LINE,
	PROMPT_CANCEL, /* ctrl-C, ctrl-D, or too long a pause */
};

/*
 * Prints prompt and reads a line into text (NUL-terminated, further bytes are
 * dropped). seconds > 0: gives up after a pause of that length. While nothing
 * has been typed, refresh (may be NULL) is called once a second; when it
 * returns true it has printed something, and the prompt is printed anew. A
 * terminal that hangs up ends the program.
 */
enum prompt_result prompt_line(const char *prompt, bool echo, char *text,
	size_t size, int seconds, bool (*refresh)(void));

#endif
