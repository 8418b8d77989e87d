/* A VM as lines for people. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_VM_TEXT_H
#define SCONFIG_VM_TEXT_H

#include <jansson.h>

enum { VM_TEXT_LABEL = 13 };	/* columns before what a label is for */

/* Of a `show`'s result; from malloc(), or NULL. No line has a character in it
 * that does not belong in one. */
char *vm_text(const json_t *result);

#endif
