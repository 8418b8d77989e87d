/* The guest's clock, for who compares it with another. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_CLOCK_H
#define INIT_CLOCK_H

/* For ever, some lines a second: "clock N", the microseconds that its clock
 * read when the line before ended. */
void clock_tell(void);

#endif
