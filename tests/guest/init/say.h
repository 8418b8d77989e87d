/* Lines on the guest's console. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_SAY_H
#define INIT_SAY_H

#include <stdbool.h>

/* One line in one write: "guest: ", then the strings up to NULL. */
void say(const char *first, ...) __attribute__((sentinel));
/* In decimal, in one of a few buffers that are used in turn. */
const char *number(unsigned long value);
/* "ok: what" or "not ok: what". */
void check(bool good, const char *what, const char *detail);

#endif
