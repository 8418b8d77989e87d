/* The host's clock, set by hand. */
/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys.h"
#include "paths.h"
#include "places.h"

enum { SHORT = sizeof("2026-01-02 10:15") - 1,
	LONG = sizeof("2026-01-02 10:15:30") - 1 };

/* Each figure in its place: sscanf() would take signs and blanks. */
static bool has_form(const char *text)
{
	static const char form[] = "0000-00-00 00:00:00";
	size_t size = strlen(text), i;

	if (size != SHORT && size != LONG)
		return false;
	for (i = 0; i < size; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)text[i]) :
		    text[i] != form[i])
			return false;
	return true;
}

/* mktime() makes 3 March of 31 February. */
static bool is_same(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon &&
		a->tm_mday == b->tm_mday && a->tm_hour == b->tm_hour &&
		a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

int clock_read(const char *text, const char *zone, time_t *seconds,
	struct trouble *why)
{
	struct tm asked = { .tm_isdst = -1 }, found;

	if (!has_form(text))
		return trouble(why, -EINVAL, "\"%.40s\" is no time as "
			"2026-01-31 14:05", text);
	sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d", &asked.tm_year, &asked.tm_mon,
		&asked.tm_mday, &asked.tm_hour, &asked.tm_min, &asked.tm_sec);
	asked.tm_year -= 1900;
	asked.tm_mon--;
	setenv("TZ", zone, 1);
	tzset();
	found = asked;
	*seconds = mktime(&found);
	if (!is_same(&asked, &found))
		return trouble(why, -EINVAL, "no clock of %s ever shows %s",
			zone, text);
	return 0;
}

/* What keeps the time when the host is off; not every machine has it. */
static bool keep(void)
{
	char *const words[] = { PLACE_HWCLOCK, "-w", "-u", NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t child;
	bool done;

	if (posix_spawn_file_actions_init(&quiet))
		return false;
	done = !posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO,
			"/dev/null", O_WRONLY, 0) &&
		!posix_spawn(&child, PLACE_HWCLOCK, &quiet, NULL, words,
			environment) &&
		waitpid(child, &status, 0) == child && WIFEXITED(status) &&
		!WEXITSTATUS(status);
	posix_spawn_file_actions_destroy(&quiet);
	return done;
}

/* A clock before that is taken for one without battery when the host starts. */
static bool is_too_early(time_t seconds)
{
	struct stat version;

	return !stat(PLACE_VERSION, &version) && seconds < version.st_mtime;
}

static int set(const char *text, const char *zone, struct trouble *why)
{
	struct timespec now = { .tv_nsec = 0 };
	int error = clock_read(text, zone, &now.tv_sec, why);

	if (error)
		return error;
	if (is_too_early(now.tv_sec))
		return trouble(why, -EINVAL, "%s was before this version of "
			"the system was made", text);
	if (clock_settime(CLOCK_REALTIME, &now))
		return trouble(why, -errno, "the clock could not be set: %s",
			strerror(errno));
	printf("the clock says %s, %s%s\n", text, zone, keep() ? "" :
		"; the machine's own clock could not be set");
	return 0;
}

int clock_set(char **words, int count, struct trouble *why)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	const char *zone = conf ? conf_value(conf, "host", "timezone", 0) :
		NULL;
	int error = set(words[0], zone ? zone : "UTC", why);

	(void)count;
	conf_free(conf);
	return error;
}
