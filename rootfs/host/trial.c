/* A change of the settings that is on trial: what it was before, until when. */
/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keys.h"
#include "lockfile.h"
#include "places.h"
#include "settings.h"

#define NEW PLACE_TRIAL ".new"
#define OLD PLACE_TRIAL ".old"

static const char *const files[] = { "before", "sections", "watch" };

enum { FILES = sizeof(files) / sizeof(*files) };

int trial_lock(void)
{
	return lockfile_take(PLACE_TRIAL_LOCK, true);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec;
}

int trial_left(const struct trial *trial)
{
	int64_t left = trial->until - now();

	return left < 0 ? 0 : left > 3600 ? 3600 : (int)left;
}

void trial_free(struct trial *trial)
{
	conf_free(trial->before);
	trial->before = NULL;
}

int trial_add(struct trial *trial, const struct conf *conf,
	const char *section, struct trouble *why)
{
	int i;

	for (i = 0; i < trial->count; i++)
		if (!strcmp(trial->sections[i], section))
			return 0;
	if (trial->count == TRIAL_SECTIONS ||
	    strlen(section) >= TRIAL_SECTION)
		return trouble(why, -EINVAL, "too much at once");
	if (!trial->before)
		trial->before = conf_new(host_kinds);
	if (!trial->before ||
	    conf_copy(conf, trial->before, section, NULL) == -ENOMEM)
		return trouble(why, -ENOMEM, "there is no memory");
	strcpy(trial->sections[trial->count++], section);
	return 0;
}

static void remove_folder(const char *folder)
{
	char path[64];
	int i;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
}

void trial_end(void)
{
	/* At once: it is there with all its files, or not. */
	remove_folder(OLD);
	if (!rename(PLACE_TRIAL, OLD))
		remove_folder(OLD);
}

void trial_note(const char *how)
{
	FILE *file = fopen(PLACE_TRIAL_LAST ".new", "we");

	if (!file)
		return;
	fprintf(file, "%s\n", how);
	if (!fclose(file))
		rename(PLACE_TRIAL_LAST ".new", PLACE_TRIAL_LAST);
}

void trial_last(char *how, size_t size)
{
	FILE *file = fopen(PLACE_TRIAL_LAST, "re");

	how[0] = '\0';
	if (!file)
		return;
	if (fgets(how, (int)size, file))
		how[strcspn(how, "\n")] = '\0';
	fclose(file);
}

/* until, and a line for each section. */
static int write_sections(const struct trial *trial, const char *path)
{
	FILE *file = fopen(path, "we");
	int i, result;

	if (!file)
		return -errno;
	fprintf(file, "%lld\n", (long long)trial->until);
	for (i = 0; i < trial->count; i++)
		fprintf(file, "%s\n", trial->sections[i]);
	result = fflush(file) || ferror(file) ? -EIO : 0;
	return fclose(file) && !result ? -errno : result;
}

static int write_folder(const struct trial *trial)
{
	int result;

	remove_folder(NEW);
	if (mkdir(NEW, 0700))
		return -errno;
	result = conf_write(trial->before, NEW "/before");
	if (!result)
		result = write_sections(trial, NEW "/sections");
	return result;
}

/* Alone from here on: no descriptor, no terminal, the last to be killed. */
static void detach(int watch)
{
	int null, file;

	setsid();
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	dup2(watch, 3);
	syscall(SYS_close_range, 4, ~0u, 0);
	file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return;
	/* Where that is not allowed it is one of many. */
	if (write(file, "-1000", 5) != 5)
		errno = 0;
	close(file);
}

/* Whether the trial is still the one that ends then. */
static bool is_on(struct trial *trial, int64_t until)
{
	return !trial_read(trial) && trial->until == until;
}

static void wait_until(int64_t until)
{
	const struct timespec end = { .tv_sec = until };

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &end, NULL) ==
		EINTR)
		;
}

static void watch_over(int watch, int64_t until,
	void (*revert)(struct trial *trial))
{
	struct trial trial = { .count = 0 };

	detach(watch);
	wait_until(until);
	if (trial_lock() >= 0 && is_on(&trial, until))
		revert(&trial);
	_exit(0);
}

/* It belongs to nobody: who asked for the change may end any time. */
static int start_watch(int watch, int64_t until,
	void (*revert)(struct trial *trial))
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (!child) {
		child = fork();
		if (!child)
			watch_over(watch, until, revert);
		_exit(child < 0);
	}
	return waitpid(child, &(int){ 0 }, 0) < 0 ? -errno : 0;
}

int trial_begin(struct trial *trial, int seconds,
	void (*revert)(struct trial *trial), struct trouble *why)
{
	int result, watch = -1;

	trial->until = now() + seconds;
	result = write_folder(trial);
	if (!result)
		watch = lockfile_take(NEW "/watch", true);
	if (watch < 0 && !result)
		result = watch;
	if (!result && rename(NEW, PLACE_TRIAL))
		result = -errno;
	if (!result) {
		result = start_watch(watch, trial->until, revert);
		if (result)
			trial_end();
	}
	if (watch >= 0)
		close(watch);
	return result ? trouble(why, result, "a trial cannot begin: %s",
		strerror(-result)) : 0;
}

/* The next line without its end. */
static bool get_line(FILE *file, char *line, int size)
{
	if (!fgets(line, size, file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static int read_sections(struct trial *trial)
{
	FILE *file = fopen(PLACE_TRIAL "/sections", "re");
	char line[TRIAL_SECTION + 1];

	if (!file)
		return -errno;
	if (get_line(file, line, sizeof(line)))
		trial->until = strtoll(line, NULL, 10);
	while (trial->count < TRIAL_SECTIONS &&
		get_line(file, line, sizeof(line)) &&
		strlen(line) < TRIAL_SECTION)
		strcpy(trial->sections[trial->count++], line);
	fclose(file);
	return 0;
}

int trial_read(struct trial *trial)
{
	int result;

	*trial = (struct trial){ .count = 0 };
	result = read_sections(trial);
	if (result)
		return result;
	trial->before = conf_read(PLACE_TRIAL "/before", host_kinds, NULL,
		NULL);
	/* Half of one is none, and something is wrong. */
	return trial->before ? 0 : -EINVAL;
}

bool trial_is_watched(void)
{
	int file = lockfile_take(PLACE_TRIAL "/watch", false);

	if (file >= 0)
		close(file);
	return file < 0;
}
