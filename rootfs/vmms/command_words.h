/* The words of one of the host's commands, which the helper runs. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_COMMAND_WORDS_H
#define VMMS_COMMAND_WORDS_H

#include <jansson.h>

#include "ask.h"
#include "job.h"

enum { COMMAND_WORDS_BYTES = 32768 };

struct command_words {
	char bytes[COMMAND_WORDS_BYTES];	/* each word ends with a zero */
	size_t size;
	bool failed;			/* they are too many */
	bool looks;		/* it changes nothing: also in a dry run */
	const char *hint;	/* what to do if it fails; or NULL */
	/* NULL, or the name of a program that says what it is at, a line each:
	 * these are progress, and the last one is what comes of it. */
	const char *teller;
};

void command_words_add(struct command_words *words, const char *word);
/* KEY=VALUE, one word for each. */
void command_words_pairs(struct command_words *words, const json_t *pairs);

/*
 * Runs it for a request; done() gets the request, once, later, and what came of
 * it: output is not NULL, and its status 0. Otherwise, and if it is a dry run,
 * the request is at its end.
 */
void command_words_run(const struct command_words *words,
	struct request *request,
	void (*done)(struct request *request, const char *output));
/* A done() that answers with the output, line by line. */
void command_words_said(struct request *request, const char *output);

/* "switch list --json", of one switch (NULL: all); without that switch it is
 * refused. In a dry run, too. */
void command_words_switches(struct request *request, const char *name,
	void (*done)(struct request *request, const char *output));
/* If the request has an argument "switch" that one is looked for before; else
 * go() is called now, with NULL. */
void command_words_with_switch(struct request *request,
	void (*go)(struct request *request, const char *output));

#endif
