/* Objects for people: a line for each key. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_FIELDS_H
#define VMMS_FIELDS_H

#include <jansson.h>
#include <stdio.h>

/* What is there, within table.h's columns; objects in it are indented, and
 * arrays of objects are tables. */
void fields_print(FILE *stream, const json_t *object, int indent);

#endif
