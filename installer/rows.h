/* Rows for people: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_ROWS_H
#define INSTALLER_ROWS_H

#include <stdio.h>

#include "row.h"

/* Lines of at most 80 columns; control characters are shown as "?". */
void rows_print(const json_t *rows, FILE *stream);

#endif
