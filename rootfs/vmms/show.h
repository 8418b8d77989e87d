/* Answers that are no tables: a VM's screen, its picture, its serial port. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_SHOW_H
#define VMMS_SHOW_H

#include <jansson.h>

#include "words.h"

/* The screen's rows; or, as --png says, its picture in a file. 0, or -errno
 * after a sentence on standard error. */
int show_screen(const json_t *result, const struct words *words);
/*
 * The serial port that the answer names, on this terminal, of this machine or
 * of -H's; with --stdio on standard input and output alone. As above.
 */
int show_console(const json_t *result, const struct words *words);

#endif
