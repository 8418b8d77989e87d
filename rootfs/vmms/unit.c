/* Numbers that are sizes or times, as people read them. */
/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "512", "1.5K", "20G". */
static void print_bytes(uint64_t value, char text[UNIT_TEXT])
{
	static const char units[] = "KMGTPE";
	unsigned int unit = 0;
	uint64_t one;

	if (value < 1024) {
		snprintf(text, UNIT_TEXT, "%" PRIu64, value);
		return;
	}
	while (units[unit + 1] && value >> (10 * unit + 20))
		unit++;
	one = 1ull << (10 * unit + 10);
	/* "1536M" is nearer to what was typed than "1.5G". */
	if (value % one && unit && !(value % (one >> 10)))
		snprintf(text, UNIT_TEXT, "%" PRIu64 "%c",
			value / (one >> 10), units[unit - 1]);
	else if (value % one)
		snprintf(text, UNIT_TEXT, "%.1f%c",
			(double)value / (double)one, units[unit]);
	else
		snprintf(text, UNIT_TEXT, "%" PRIu64 "%c", value / one,
			units[unit]);
}

/* "0:05", "2:03:04", "12d 03:04". */
static void print_seconds(uint64_t value, char text[UNIT_TEXT])
{
	unsigned int second = value % 60, minute = value / 60 % 60;
	unsigned int hour = value / 3600 % 24;
	uint64_t day = value / 86400;

	if (day)
		snprintf(text, UNIT_TEXT, "%" PRIu64 "d %02u:%02u", day, hour,
			minute);
	else if (hour)
		snprintf(text, UNIT_TEXT, "%u:%02u:%02u", hour, minute,
			second);
	else
		snprintf(text, UNIT_TEXT, "%u:%02u", minute, second);
}

static bool one_of(const char *const *keys, const char *key)
{
	for (; *keys; keys++)
		if (!strcmp(*keys, key))
			return true;
	return false;
}

bool unit_print(const char *key, int64_t value, char text[UNIT_TEXT])
{
	static const char *const bytes[] = { "memory", "size", "used", "free",
		"total", "available", "bytes", "written", NULL };
	static const char *const seconds[] = { "uptime", "left", NULL };

	if (!key || value < 0)
		return false;
	if (one_of(bytes, key))
		print_bytes((uint64_t)value, text);
	else if (one_of(seconds, key))
		print_seconds((uint64_t)value, text);
	else
		return false;
	return true;
}
