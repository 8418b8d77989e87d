/* The other end of the service's socket: what `vm` asks through. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CLIENT_H
#define VMMS_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "buffer.h"

#define CLIENT_SOCKET	"/run/socle/vmms"

struct client {
	int fd;
	pid_t ssh;		/* 0: the service is on this machine */
	json_int_t id;		/* of the last request */
	struct buffer input;
	/* NULL, or who hears how far a request is; after client_open(). */
	void (*progress)(const char *text);
};

/* A stream socket at path: connected, or -errno. */
int client_connect(const char *path);
/*
 * The user's own ssh, which runs a command of up to 9 words on a host:
 * [USER@]NAME. The socket that is its input and output, and its id; or -errno:
 * -EINVAL, that is no host.
 */
int client_ssh(const char *host, const char *const *command, pid_t *ssh);

/* The service's socket. 0 or -errno; -EAGAIN: it hangs. */
int client_open(struct client *client, const char *path);
/* The same, without waiting for anything: for client_send() and client_next(). */
int client_open_now(struct client *client, const char *path);
/* The same of another machine, by the user's own ssh, which runs `vm --stdio`
 * there. Host: [USER@]NAME. 0 or -errno; -EINVAL: that is no host. */
int client_open_host(struct client *client, const char *host);
void client_close(struct client *client);
/*
 * Asks, and waits for the answer, which the caller owns: an object that has
 * "result" or "error". Args, an object or NULL, is taken over. 0 or -errno:
 * -EPIPE: the service has gone; -EPROTO: it speaks something else.
 */
int client_ask(struct client *client, const char *verb, json_t *args,
	json_t **answer);
/* Waits for the next message, an event's. As client_ask(). Of client_open_now():
 * -EAGAIN, there is no whole one yet. */
int client_next(struct client *client, json_t **message);

/* The first half of client_ask(). Args are taken over. 0 or -errno: but the
 * service may still say why it does not hear. */
int client_send(struct client *client, const char *verb, json_t *args);
/* Whether a message is the answer to the last request: that, or the refusal of
 * who is turned away. */
bool client_is_answer(const struct client *client, const json_t *message);

#endif
