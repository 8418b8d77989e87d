/* The process that runs the host's commands, with all privileges. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_HELPER_HOST_H
#define VMMS_HELPER_HOST_H

#include <stdbool.h>

#include "trouble.h"

#define HOST_WORDS	64u

/*
 * Settings and switches are changed by programs of their own, each of which
 * needs what root may. So that the helper may less, they are children of a
 * process that it was parted from at the start: it takes HELPER_HOST and
 * HELPER_JOB from it, and runs nothing but what is in a table:
 *
 *	switch create|set|delete|list WORD...
 *	conf check|keys
 *	host show|report|restart|stop|keys|set|unset|clock|settings|storage|
 *		make-stick|network WORD...
 *
 * as programs, not by a shell, with no standard input.
 */
int host_serve(int socket);

/* Whether these words are such a command: 0, or -EINVAL with a sentence. The
 * program's path. */
int hostcommand_check(char *const *words, int count, const char **program,
	struct trouble *why);

#endif
