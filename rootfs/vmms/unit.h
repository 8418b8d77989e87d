/* Numbers that are sizes or times, as people read them. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_UNIT_H
#define VMMS_UNIT_H

#include <stdbool.h>
#include <stdint.h>

enum { UNIT_TEXT = 32 };

/* By the name of a result's key: "memory" is in bytes, "uptime" in seconds.
 * False: it is a mere number. */
bool unit_print(const char *key, int64_t value, char text[UNIT_TEXT]);

#endif
