/* A command line's words, by the table of verbs. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_WORDS_H
#define VMMS_WORDS_H

#include <jansson.h>
#include <stdbool.h>

#include "verb.h"

/* What the words say besides the verb's arguments. */
struct words {
	const struct verb *verb;	/* NULL: none is named */
	json_t *args;
	const char *host;		/* -H HOST, or NULL */
	const char *socket;		/* --socket PATH, or NULL */
	bool json, help;
	bool stdio;			/* --stdio: only pass bytes on */
	bool completion;		/* --completion: for bash */
	bool manual;			/* --manual: the page's source */
};

/*
 * False: why, of LINE_SENTENCE bytes, says what is wrong; the verb is there if
 * it is known. words_exit() in either case.
 */
bool words_read(struct words *words, const struct verb *verbs, char **word,
	int count, char *why);
void words_exit(struct words *words);

#endif
