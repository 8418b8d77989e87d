/* Dates: from seconds since 1970 to a calendar and back. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DATE_H
#define VMWP_DATE_H

#include <stdint.h>

struct date {
	int64_t year;
	int month, day;		/* from 1 */
	int hour, minute, second;
	int weekday;		/* 0: Sunday */
};

/* seconds: +-2^50 or less. */
struct date date_of(int64_t seconds);

/* Fields may have any value of +-2^20 and count on: month 13 is the next
 * year's first. weekday is not looked at. */
int64_t date_seconds(const struct date *date);

#endif
