/* Other programs that the installer runs. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_RUN_H
#define INSTALLER_RUN_H

#include "trouble.h"

/*
 * Runs a program, arguments ending with NULL, with input (NULL: nothing) on its
 * standard input, and waits for its end. 0, or -EIO after the sentence "what:" and
 * the last line that it has printed.
 */
int run(const char *const *arguments, const char *input, const char *what,
	struct trouble *why);

#endif
