/* The command `vm`: one request for the service, and its answer. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_COMMAND_H
#define VMMS_COMMAND_H

#include "verb.h"

enum command_status {
	COMMAND_DONE,
	COMMAND_REFUSED,
	COMMAND_USAGE,
	COMMAND_NO_SERVICE,
};

/* Words without the program's name. The exit status. */
enum command_status command_run(const struct verb *verbs, char **words,
	int count);

#endif
