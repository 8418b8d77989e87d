/* The other end of a serial port: keeps its output, serves one client. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_SERIALBACK_H
#define VMWP_SERIALBACK_H

#include "i16550.h"

#include <poll.h>

#define SERIALBACK_KEPT		0x40000u	/* bytes of output */
#define SERIALBACK_INPUT	256

/*
 * Output always goes into a ring at once, so that no client can hold up the
 * guest; one that is slower than the guest for longer than the ring lasts loses
 * what has left it. A new client gets what the ring holds first, and takes the
 * place of the one before it: somebody who forgot to leave must not shut others
 * out. All calls are made with the VM's device lock held.
 */
struct serialback {
	int listener;		/* Unix stream socket; -1: none. Owned */
	int client;		/* -1: none. Owned */
	bool mute;		/* it does not read any more */
	bool gone;		/* it has closed; input is left */
	bool deaf;		/* accept() failed: not tried until output */
	uint8_t *ring;		/* owned */
	uint64_t written;	/* bytes since the beginning */
	uint64_t sent;		/* those the client has got or missed */
	uint8_t input[SERIALBACK_INPUT];	/* the port has no room yet */
	unsigned int input_count;
	struct i16550 *uart;
	struct pollfd told[2];	/* what serialback_wait() gave then */
	void (*changed)(void *context);
	void *context;
};

/* What the port is made with; its context is the struct serialback. */
extern const struct serial_ops serialback_ops;

/*
 * changed(): serialback_wait() says something else than before, or, the first
 * time, than after this. It may come from within a port access of the guest,
 * from any thread. A descriptor that is not waited for any more is still open
 * then: epoll would report its end for ever, so it must be taken out.
 * 0 or -errno; the listener is owned from success on.
 */
int serialback_init(struct serialback *back, int listener,
	void (*changed)(void *context), void *context);
void serialback_exit(struct serialback *back);

/* The port, made after it. */
void serialback_attach(struct serialback *back, struct i16550 *uart);

/* A connected stream socket instead of one from the listener; owned. */
void serialback_serve(struct serialback *back, int client);

/* Waits until the client has all that it can still get. */
void serialback_flush(struct serialback *back);

/* For poll() or epoll: the listener and the client; fd -1: not to be waited
 * for. Without events a closed client is still to be reported (POLLHUP). */
void serialback_wait(const struct serialback *back, struct pollfd wait[2]);

/* With revents of the same descriptors; others are not looked at. */
void serialback_ready(struct serialback *back, const struct pollfd ready[2]);

#endif
