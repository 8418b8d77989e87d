/* A result's value as a piece of text that fits into a line. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CELL_H
#define VMMS_CELL_H

#include <jansson.h>
#include <stdbool.h>

#define CELL_TEXT	1024	/* room for one that is no string */

/* The value's text; it may lie in room. Key: what it is, for unit.h, or NULL. */
const char *cell_text(const char *key, const json_t *value, char *room);
/* There is nothing to show. */
bool cell_is_empty(const json_t *value);
/* One for each character: a rough measure, but nothing is lost by it. */
int cell_columns(const char *text);

#endif
