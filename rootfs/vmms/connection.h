/* A client of the service: its bytes, in and out. The server's own. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CONNECTION_H
#define VMMS_CONNECTION_H

#include <jansson.h>

#include "buffer.h"
#include "peer.h"
#include "request.h"
#include "server.h"

struct connection {
	struct server *server;
	struct peer peer;
	struct event event;
	uint32_t mask;		/* what the event waits for */
	struct buffer input, output;
	size_t line;		/* of the first one in input; 0: no end yet */
	size_t searched;	/* bytes of input that have no line's end */
	struct request *request;	/* that is not answered yet */
	bool greeted;		/* has said its version */
	bool subscribed;
	bool half;		/* the client will say no more */
	bool closing;		/* nor will we, after the output */
	bool broken;		/* it is freed in its next turn */
	struct timer turn;
	struct timer line_limit, drain_limit;
	struct connection *next, *before;	/* of the server's */
};

/* Fd: owned from success on. NULL: no memory. */
struct connection *connection_open(struct server *server, int fd,
	const struct peer *peer);
/* At once, and not from within what its client has asked. */
void connection_close(struct connection *connection);
/* A message. Who lets too many wait is cut off. */
void connection_say(struct connection *connection, const json_t *message);
/* A line's bytes, with its end. */
void connection_put(struct connection *connection, const char *bytes,
	size_t size);
/* Its request is answered: the next one may come. */
void connection_go_on(struct connection *connection);
/* A message that belongs to no request: the last one if so. */
void connection_refuse(struct connection *connection, enum refusal refusal,
	const char *text, bool last);

#endif
