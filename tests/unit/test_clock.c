/* The host's clock by hand: what a time is, and a clock that cannot be set. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "paths.h"
#include "places.h"

static time_t was_set;
static int refusal;

int __wrap_clock_settime(clockid_t id, const struct timespec *time);

int __wrap_clock_settime(clockid_t id, const struct timespec *time)
{
	CHECK(id == CLOCK_REALTIME && !time->tv_nsec);
	if (refusal) {
		errno = refusal;
		return -1;
	}
	was_set = time->tv_sec;
	return 0;
}

static void reads(const char *text, const char *zone, time_t expected)
{
	struct trouble why = { "" };
	time_t seconds = 0;

	CHECK(!clock_read(text, zone, &seconds, &why));
	CHECK(seconds == expected);
}

static void refused(const char *text, const char *zone, const char *sentence)
{
	struct trouble why = { "" };
	time_t seconds;

	CHECK(clock_read(text, zone, &seconds, &why) == -EINVAL);
	CHECK_STRING(sentence, why.text);
}

static void test_times(void)
{
	reads("1970-01-01 00:00", "UTC", 0);
	reads("2026-01-31 14:05", "UTC", 1769868300);
	reads("2026-01-31 14:05:07", "Europe/Berlin", 1769864707);
	reads("2026-07-31 14:05", "Europe/Berlin", 1785499500);
	reads("2028-02-29 23:59:59", "UTC", 1835481599);
	reads("2106-02-07 06:28:16", "UTC", (time_t)1 << 32);
}

static void test_nonsense(void)
{
	static const char *const texts[] = { "", "now", "2026-1-31 14:05",
		"2026-01-31", "2026-01-31T14:05", "2026-01-31 14:05 ",
		"2026-01-31 +4:05", "2026-01-31 14:05:", "-026-01-31 14:05",
		"2026-01-31 14:05:07.5" };
	char sentence[128];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		snprintf(sentence, sizeof(sentence),
			"\"%s\" is no time as 2026-01-31 14:05", texts[i]);
		refused(texts[i], "UTC", sentence);
	}
	refused("2026-02-29 10:00", "UTC",
		"no clock of UTC ever shows 2026-02-29 10:00");
	refused("2026-00-10 10:00", "UTC",
		"no clock of UTC ever shows 2026-00-10 10:00");
	refused("2026-01-31 24:00", "UTC",
		"no clock of UTC ever shows 2026-01-31 24:00");
	refused("2026-01-31 10:00:60", "UTC",
		"no clock of UTC ever shows 2026-01-31 10:00:60");
	refused("2026-03-29 02:30", "Europe/Berlin",
		"no clock of Europe/Berlin ever shows 2026-03-29 02:30");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
	CHECK(!chmod(path, 0755));
}

static int sets(const char *text, struct trouble *why)
{
	char copy[64], *words[] = { copy, NULL };

	snprintf(copy, sizeof(copy), "%s", text);
	CHECK(freopen("clock.out", "w", stdout));
	return clock_set(words, 1, why);
}

static void said(const char *sentence)
{
	char line[256] = "";
	FILE *file;

	CHECK(!fflush(stdout));
	file = fopen("clock.out", "r");
	CHECK(file && fgets(line, sizeof(line), file) && !fclose(file));
	CHECK_STRING(sentence, line);
}

static void test_setting(void)
{
	struct trouble why = { "" };

	write_file(PATH_SETTINGS, "[host]\ntimezone = Europe/Berlin\n");
	write_file(PLACE_HWCLOCK, "#!/bin/sh\necho \"$@\" > hwclock.words\n");
	write_file(PLACE_VERSION, "x\n");
	CHECK(!sets("2099-01-31 14:05", &why) && was_set == 4073547900);
	said("the clock says 2099-01-31 14:05, Europe/Berlin\n");
	CHECK(!access("hwclock.words", F_OK));
	write_file(PLACE_HWCLOCK, "#!/bin/sh\nexit 1\n");
	CHECK(!sets("2099-01-31 14:05", &why));
	said("the clock says 2099-01-31 14:05, Europe/Berlin; the machine's own "
		"clock could not be set\n");
	CHECK(sets("2001-01-31 14:05", &why) == -EINVAL);
	CHECK_STRING("2001-01-31 14:05 was before this version of the system "
		"was made", why.text);
	why.text[0] = '\0';
	refusal = EPERM;
	CHECK(sets("2099-01-31 14:05", &why) == -EPERM);
	CHECK_STRING("the clock could not be set: Operation not permitted",
		why.text);
	refusal = 0;
	CHECK(!unlink(PATH_SETTINGS));
	CHECK(!sets("2099-01-31 14:05", &why) && was_set == 4073551500);
}

int main(void)
{
	test_times();
	test_nonsense();
	test_setting();
	fprintf(stderr, "test_clock: passed\n");
	return 0;
}
