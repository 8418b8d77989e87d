/* Words of the command line:
 *   only=TEXT	the tests whose names start so
 *   seed=N	of the storm
 *   storm=N	how many steps it has
 *   crowd=N	how many operations all processors do at once
 *   rounds=N	how often a child is made and ended
 *   odd=N	how often a child's VP gets odd register values
 *   calls=N	how many calls a guest makes while their input changes
 *   late=N	microseconds that a child's timer may be late on average */
/* SPDX-License-Identifier: MIT */
#ifndef OPTION_H
#define OPTION_H

#include <stdint.h>

void option_init(const char *command);

/* What follows the name, up to a space or the end; "" if it is not there. */
const char *option_text(const char *name);

/* A decimal number; other if it is not there. */
uint64_t option_number(const char *name, uint64_t other);

#endif
