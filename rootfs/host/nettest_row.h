/* A row of the network's test: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_NETTEST_ROW_H
#define HOST_NETTEST_ROW_H

#include <jansson.h>

#include "probe.h"

enum row_result { GOOD, BAD, NONE };

void row_say(json_t *rows, const char *what, enum row_result result,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Why a probe has no answer. */
const char *row_why_not(const struct probe *probe);

#endif
