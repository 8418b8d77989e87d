/* The count of failed logins: one small file, guarded by its own lock. */
/* SPDX-License-Identifier: MIT */
#include "failures.h"

#include "lockfile.h"
#include "paths.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

/* The file's content; it lives in RAM and never leaves this machine. */
struct state {
	int64_t count;
	int64_t locked_at; /* seconds of CLOCK_BOOTTIME, when count is full */
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec;
}

/* One attempt more in *state; the seconds left when it is locked. */
static int take(struct state *state)
{
	int64_t left = state->locked_at + FAILURES_LOCK - now();

	if (state->count >= FAILURES_MOST && left > 0)
		return left > FAILURES_LOCK ? FAILURES_LOCK : (int)left;
	if (state->count >= FAILURES_MOST || state->count < 0)
		state->count = 0;
	state->count++;
	state->locked_at = now();
	return 0;
}

int failures_take(void)
{
	int file = lockfile_take(PATH_FAILURES, true);
	struct state state = { 0, 0 };
	int result = 0;

	if (file < 0)
		return file;
	if (pread(file, &state, sizeof(state), 0) < 0)
		result = -errno;
	else
		result = take(&state);
	if (!result && pwrite(file, &state, sizeof(state), 0) !=
			(ssize_t)sizeof(state))
		result = -EIO;
	close(file);
	return result;
}

void failures_clear(void)
{
	unlink(PATH_FAILURES);
}
