/* Results for people: tables of 80 columns, and nothing that a terminal obeys. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_TABLE_H
#define VMMS_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define TABLE_COLUMNS	80
#define TABLE_GAP	2	/* between columns */

/*
 * Objects in an array: a table, a column for each key of the first one that
 * any row has something for. An object: a line for each key that has; or, of
 * "said" alone, its sentences. Anything else: a line. An empty one: nothing.
 */
void table_print(FILE *stream, const json_t *result);
/* Whether it is objects in an array, and those. */
bool table_is(const json_t *value);
void table_rows(FILE *stream, const json_t *rows);
/* A text with no more than so many columns; -1: all. */
void table_text(FILE *stream, const char *text, int columns);

#endif
