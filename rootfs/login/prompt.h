/* Asks for one line on the terminal, with or without echo. */
/* SPDX-License-Identifier: MIT */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>

enum prompt_result {
	PROMPT_LINE,
	PROMPT_CANCEL, /* ctrl-C, ctrl-D, a long pause, PROMPT_STOP */
};

/* What refresh() did: nothing, it printed something, or the wait is over. */
enum prompt_refresh {
	PROMPT_SAME,
	PROMPT_PRINTED,
	PROMPT_STOP,
};

/*
 * Prints prompt and reads a line into text (NUL-terminated, further bytes are
 * dropped). seconds > 0: gives up after a pause of that length. While nothing
 * has been typed, refresh (may be NULL) is called once a second; after
 * PROMPT_PRINTED the prompt is printed anew, PROMPT_STOP cancels. A terminal
 * that hangs up ends the program.
 */
enum prompt_result prompt_line(const char *prompt, bool echo, char *text,
	size_t size, int seconds, enum prompt_refresh (*refresh)(void));

#endif
