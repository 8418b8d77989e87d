/* The service's socket: clients, what they ask, and events for them; see
 * docs/management.md. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_SERVER_H
#define VMMS_SERVER_H

#include <jansson.h>

#include "request.h"
#include "timers.h"
#include "verb.h"

#define SERVER_VERSION	1	/* of the protocol */

/* What its clients may take; see server_init(). */
struct server_limits {
	unsigned int clients;	/* at once */
	unsigned int reserved;	/* of these for root alone */
	unsigned int of_user;	/* of one user at once */
	unsigned int requests;	/* in the works, also for who is gone */
	unsigned int requests_of_user;
	size_t output;		/* bytes that a client has not read */
	uint64_t patience;	/* for a line's end, and for a reader: ns */
};
extern const struct server_limits server_limits;

struct server {
	struct events *events;
	struct timers *timers;
	gid_t group;		/* may ask, as root may */
	const struct verb *verbs;
	verb_run *const *runs;	/* by the verb's place in the table */
	struct server_limits limits;	/* the above; tests have others */
	void *context;		/* for the verbs' functions; after init */
	/* The rest is the server's. */
	int fd;
	struct event listener;
	struct timer rest;	/* the listener's, when descriptors are out */
	struct timer next;	/* whose turn it is on an object */
	struct connection *connections;
	struct request *requests;
};

/*
 * The socket at path, for the group, that nobody connects to yet. What is left
 * of an earlier service is replaced. -EADDRINUSE: one is alive there. Returns
 * a descriptor or -errno. The file's owner is who calls this.
 */
int server_listen(const char *path, gid_t group);
/*
 * Fd: of server_listen(), owned from success on. 0 or -errno; -EINVAL: the
 * table has a verb without a function.
 */
int server_init(struct server *server, int fd, gid_t group,
	struct events *events, struct timers *timers,
	const struct verb *verbs, verb_run *const *runs);
/* All clients are cut off; what they have asked goes on, and is answered to
 * nobody: the struct must live until then. The socket's file stays. */
void server_exit(struct server *server);
/* An event for all who have subscribed. Fields, an object or NULL, is taken
 * over. */
void server_tell(struct server *server, const char *event, json_t *fields);

#endif
