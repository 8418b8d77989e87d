/* An interrupt line: what a device drives, without knowing where it leads. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_LINE_H
#define VMWP_LINE_H

#include <stdbool.h>

/* Given to a device by value at its init; set NULL: it leads nowhere. */
struct line {
	void (*set)(void *context, unsigned int number, bool level);
	void *context;
	unsigned int number;
};

static inline void line_set(const struct line *line, bool level)
{
	if (line->set)
		line->set(line->context, line->number, level);
}

#endif
