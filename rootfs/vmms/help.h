/* What `vm --help` says, from the table of verbs. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_HELP_H
#define VMMS_HELP_H

#include <stdio.h>

#include "verb.h"

/* All verbs, a line each. */
void help_all(FILE *stream, const struct verb *verbs);
/* One: usage, arguments, examples. */
void help_verb(FILE *stream, const struct verb *verb);
#define HELP_WORD	96	/* room for an argument as it is typed */
/* As it is typed: NAME, NAME..., KEY=VALUE..., --hard, --size N. */
void help_argument(const struct verb_argument *argument, char *text);
/* The line of usage alone. */
void help_usage(FILE *stream, const struct verb *verb);

#endif
