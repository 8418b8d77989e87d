/* What went wrong, as a sentence for who asked. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_TROUBLE_H
#define SWITCH_TROUBLE_H

struct trouble {
	char text[256]; /* empty: nothing was said; printable UTF-8 */
};

/* Keeps the first sentence, returns error. trouble may be NULL. */
int trouble(struct trouble *trouble, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What a command exits with, of 0, -errno, or the status of another such
 * command: 0; 1: refused; 2: not possible. */
int trouble_status(int result);

#endif
