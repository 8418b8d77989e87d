/* Programs that prepare disks. */
/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "installer/run.h"
#include "places.h"

/* The lock is whose the change is. */
static void lend_lock(bool lend)
{
	fcntl(TOOL_LOCK, F_SETFD, lend ? 0 : FD_CLOEXEC);
}

int tool_run(const char *const *words, const char *input, const char *what,
	struct trouble *why)
{
	bool lend = !strcmp(words[0], PLACE_SCRIPT);
	int result;

	if (lend)
		lend_lock(true);
	result = run(words, input, what, why);
	if (lend)
		lend_lock(false);
	return result;
}
