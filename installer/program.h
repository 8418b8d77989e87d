/* What a program prints. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PROGRAM_H
#define INSTALLER_PROGRAM_H

#include <stddef.h>

/*
 * All that command, for the shell, prints on its standard output, of which the
 * caller frees; size is without the NUL behind it. NULL: it could not be run, or
 * prints more than 16 MB. What it exits with is not looked at.
 */
char *program_said(const char *command, size_t *size);

#endif
