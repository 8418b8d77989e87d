/* What each entry and each action does, as commands: `sconfig --commands`. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_COMMANDS_H
#define SCONFIG_COMMANDS_H

#include "entry.h"
#include "typed.h"

/*
 * Calls each() for every entry, and for every action that can be reached from
 * it. Name: "6 Virtual machines / a add". Line: its command; NULL: it has none.
 * Typed: its words with samples in them; NULL: it is no command of vm's, or,
 * of an entry that is to come, a sentence.
 */
void commands_walk(void (*each)(void *context, const char *name,
	const char *line, const struct typed *typed), void *context);
void commands_print(void);

#endif
