/* The manual page of `vm`, from the table of verbs, in mdoc(7). */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_MANUAL_H
#define VMMS_MANUAL_H

#include <stdio.h>

#include "verb.h"

void manual_print(FILE *stream, const struct verb *verbs);

#endif
