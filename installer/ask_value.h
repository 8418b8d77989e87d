/* A question whose answer is a value of the settings. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_ASK_VALUE_H
#define INSTALLER_ASK_VALUE_H

#include <stdbool.h>

#include "conf.h"

struct ask_value {
	const char *section, *key, *question;
	const char *preset;	/* where conf has none; NULL: "-" */
	const char *help;
};

/*
 * Asks until conf takes the answer; what it does not take is told. "-" leaves the
 * settings without one, and the preset is not written either. Blanks separate the
 * values of a key that repeats, unless all is one value; Enter keeps all that there
 * are. False: one wants to leave.
 */
bool ask_value(struct conf *conf, const struct ask_value *ask);

#endif
