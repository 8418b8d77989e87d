/* A command on its way to the service, and back. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_ASK_H
#define SCONFIG_ASK_H

#include <jansson.h>
#include <stdbool.h>

#include "loop.h"
#include "rootfs/vmms/client.h"
#include "typed.h"

enum { ASK_TEXT = 768 };

/*
 * Zero at first, but for the functions and the context. Several may be on their
 * way; each has a connection of its own as long as it lasts.
 */
struct ask {
	/* Once, from loop_key(), later: then result or error is there, until
	 * the next ask_begin() or ask_end(). It may do either, and free it. */
	void (*done)(struct ask *ask);
	/* NULL, or how far it is: progress has it. It does neither. */
	void (*told)(struct ask *ask);
	/* NULL, or an event of a stream (`subscribe`), which goes on after
	 * done(), and is at its end when done() comes again with an error.
	 * Neither in here; and who has it does not free it in done(). */
	void (*event)(struct ask *ask, const json_t *event);
	void *context;

	const json_t *result;		/* NULL: it was refused */
	char error[ASK_TEXT];		/* then why: sentences */
	bool missing;			/* and it is: there is no such object */
	char progress[ASK_TEXT];	/* the last; "" */
	bool runs;

	/* ask.c's */
	bool open, streams;
	struct client client;
	struct loop_source source;
	struct loop_timer failed;
	json_t *answer;
};

/* The service's socket; NULL: where it usually is. */
void ask_at(const char *path);
const char *ask_where(void);
/* What is wrong is said by done(), as the service's refusals are. */
void ask_begin(struct ask *ask, const struct typed *typed);
/* Words of a table, as typed_table() takes them. */
void ask_table(struct ask *ask, const char *words, const char *subject,
	const char *of);
/* Forgets it: what was asked goes on in the service. May be called always. */
void ask_end(struct ask *ask);
/* The sentences of a result's "said", in one text; "": none. */
void ask_said(const json_t *result, char *text, size_t size);

#endif
