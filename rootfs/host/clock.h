/* The host's clock, set by hand. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <time.h>

#include "trouble.h"

/*
 * The second that text tells: "YYYY-MM-DD HH:MM" or with ":SS", by the clocks
 * of zone, a name of the zone files. -EINVAL: it is none, or no clock of the
 * zone ever shows it (a day that the month has not, the hour that summer time
 * leaves out). Changes the process's zone.
 */
int clock_read(const char *text, const char *zone, time_t *seconds,
	struct trouble *why);

/*
 * words: a time as clock_read() takes it, by the host's zone. The host's clock
 * has it then, and the machine's, which keeps it when the host is off. -EINVAL:
 * it is no time, or before this version was made; -errno: the clock could not
 * be set.
 */
int clock_set(char **words, int count, struct trouble *why);

#endif
