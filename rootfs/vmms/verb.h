/* What may be asked: the table that the service, the command `vm`, its help,
 * completion and manual pages are made from; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_VERB_H
#define VMMS_VERB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum verb_type {
	VERB_TEXT,	/* a string */
	VERB_NUMBER,	/* an integer */
	VERB_FLAG,	/* true or false; on the command line it is there */
	VERB_LIST,	/* strings in an array */
	VERB_PAIRS,	/* an object of strings; KEY=VALUE */
	VERB_FILE,	/* a string of lines; its path on the command line */
};

/* What an argument is besides. */
#define VERB_NEEDED	1u	/* it must be there */
#define VERB_PLACED	2u	/* a word of its own, not --NAME; in order */
#define VERB_OBJECT	4u	/* what the verb is about: a VM's name, ... */
#define VERB_VM		8u	/* the name of a VM that is there */

struct verb_argument {
	const char *name;	/* NULL: the end of the list */
	enum verb_type type;
	unsigned int how;
	/* NUMBER: from least to most; else: most bytes of a string, 0: 255 */
	int64_t least, most;
	/* FILE: most is given. TEXT, LIST: NULL, any text without control characters is good */
	bool (*good)(const char *text);
	const char *takes;	/* what is good, as "the name of a VM" */
};

/* What a verb is besides. */
#define VERB_CHANGES	1u	/* one at a time on an object; has dry-run */
#define VERB_STREAM	2u	/* events follow the answer */
#define VERB_ROOT	4u	/* root's */
#define VERB_CONSOLE	8u	/* the terminal is the answer's socket then */
#define VERB_SCREEN	16u	/* the answer is a screen */

struct verb {
	const char *name;	/* "start", "disk add"; NULL: the end */
	const struct verb_argument *arguments;
	unsigned int needs;
	const char *help;	/* "starts a VM" */
	const char *examples;	/* lines, each with its end; or NULL */
	const char *more;	/* sentences for who asks for help, the same */
};

#define VERB_TEXT_BYTES 255	/* where an argument does not say more */
#define VERB_DRY_RUN "dry-run"	/* a flag of each verb that changes */

/* NULL: there is none. */
const struct verb *verb_find(const struct verb *verbs, const char *name);
const struct verb_argument *verb_argument(const struct verb *verb,
	const char *name);
/*
 * Whether args, an object, is what the verb takes. False: why, of
 * LINE_SENTENCE bytes, says what is wrong.
 */
bool verb_check(const struct verb *verb, const json_t *args, char *why);
/* The string of what the verb is about; NULL: of nothing. */
const char *verb_object(const struct verb *verb, const json_t *args);

#endif
