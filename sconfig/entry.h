/* The menu's entries: numbers, texts, what stands beside them, what they do. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_ENTRY_H
#define SCONFIG_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "action.h"
#include "form.h"

/*
 * One file for each entry has a `const struct entry entry_NAME`; entry.c has
 * them in a table, in the order of the numbers.
 */
struct entry {
	int number;
	const char *text;
	/* What stands beside it, from watch.h; NULL: nothing. */
	void (*status)(char *text, size_t size);
	void (*run)(void);		/* a page, or what it does */
	/* As an action's: what it shows or does, for people and --commands. */
	const char *words;
	const struct action *actions;	/* of the page that it opens; or NULL */
	const char *later;	/* a sentence: it is not there yet, and when */
};

extern const struct entry *const entries[];	/* ends with NULL */

/* By its number, or -1. */
int entry_index(int number);

#endif
