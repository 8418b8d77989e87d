/* Dates: from seconds since 1970 to a calendar and back. */
/* SPDX-License-Identifier: MIT */
#include "date.h"

#define DAY		86400
#define CYCLE		146097	/* days of 400 years */
#define EPOCH		719468	/* days from 1 March of year 0 to 1970 */

static int64_t divide(int64_t number, int64_t by)
{
	return number / by - (number % by < 0);
}

static int64_t remain(int64_t number, int64_t by)
{
	return number - divide(number, by) * by;
}

/* With years from March on, a leap day is a year's last. month: 0 is March.
 * The first day of a month is (153 month + 2) / 5, as five months have 153. */
static int64_t days_of(int64_t year, int month)
{
	int64_t of_cycle = remain(year, 400);

	return divide(year, 400) * CYCLE + of_cycle * 365 + of_cycle / 4 -
		of_cycle / 100 + (153 * month + 2) / 5 - EPOCH;
}

struct date date_of(int64_t seconds)
{
	int64_t days = divide(seconds, DAY), year, of_year;
	int time = remain(seconds, DAY), month = 0;
	struct date date;

	/* Never too late a guess; one year too early at most. */
	year = divide((days + EPOCH) * 400, CYCLE);
	while (days_of(year, 0) > days)
		year--;
	while (days_of(year + 1, 0) <= days)
		year++;
	of_year = days - days_of(year, 0);
	while (month < 11 && (153 * (month + 1) + 2) / 5 <= of_year)
		month++;
	date.day = of_year - (153 * month + 2) / 5 + 1;
	date.month = month < 10 ? month + 3 : month - 9;
	date.year = year + (month >= 10);
	date.hour = time / 3600;
	date.minute = time / 60 % 60;
	date.second = time % 60;
	date.weekday = remain(days + 4, 7);	/* 1970 began on a Thursday */
	return date;
}

int64_t date_seconds(const struct date *date)
{
	int64_t months = date->year * 12 + date->month - 3;
	int64_t days = days_of(divide(months, 12), remain(months, 12)) +
		date->day - 1;

	return days * DAY + date->hour * 3600ll + date->minute * 60ll +
		date->second;
}
