/* What a client has asked, until it is answered. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_REQUEST_H
#define VMMS_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "refusal.h"
#include "verb.h"

struct connection;
struct request;
struct server;

/*
 * Does what a verb says. It answers or refuses, then or later, once: the
 * request is its until then, and lives on when its client goes. The arguments
 * are checked by the verb's table, and there until it returns.
 */
typedef void verb_run(struct request *request);

struct request {
	const struct verb *verb;
	const json_t *args;
	uid_t uid;		/* who asks */
	bool dry_run;
	void *context;		/* whoever answers may use it */
	/* The rest is the server's. */
	struct server *server;
	struct connection *connection;	/* NULL: the client is gone */
	json_t *message;
	json_t *id;
	char *object;		/* NULL: it waits for nobody */
	bool begun;
	struct request *next;	/* of the server's, in the order of arrival */
};

/* Arguments that the client has not given: NULL, otherwise, false. */
const char *request_text(const struct request *request, const char *name);
int64_t request_number(const struct request *request, const char *name,
	int64_t otherwise);
bool request_flag(const struct request *request, const char *name);

/* The end of it. The result is taken over; NULL: nothing to say. */
void request_answer(struct request *request, json_t *result);
/* Hint: what can be done, or NULL. */
void request_refuse(struct request *request, enum refusal refusal,
	const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A sentence before the end of it, for who waits. */
void request_progress(struct request *request, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Events follow the answer. */
void request_subscribe(struct request *request);

/* For the server alone. */

/* What a line of the client says: answered at once, or the connection's
 * request from then on. */
void request_begin(struct connection *connection, const char *line,
	size_t size);
/* Its client goes; what has not begun will not. */
void request_leave(struct request *request);
/* Begins one whose turn it is on its object. */
void request_next(struct server *server);
/* An error's message; id and text are taken over. */
json_t *request_error(json_t *id, enum refusal refusal, json_t *text,
	const char *hint);

#endif
