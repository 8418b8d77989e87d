/* Files that a command names, as what is in them. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CONTENTS_H
#define VMMS_CONTENTS_H

#include <jansson.h>
#include <stdbool.h>

#include "verb.h"

/*
 * Puts what is in it in the place of each path among args (VERB_FILE), "-" being
 * the standard input. Waits: a file on a disk and nothing else is taken, neither
 * the standard input nor a pipe, by who must not wait. False: why, of LINE_SENTENCE
 * bytes, says what is wrong.
 */
bool contents_read(const struct verb *verb, json_t *args, bool waits,
	char *why);

#endif
