/* What bash needs to complete `vm`'s words, from the table of verbs. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_COMPLETION_H
#define VMMS_COMPLETION_H

#include <stdio.h>

#include "verb.h"

/* A script that bash reads at its start. */
void completion_print(FILE *stream, const struct verb *verbs);

#endif
