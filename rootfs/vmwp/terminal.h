/* The terminal, or pipes, that started the worker, as a serial port's client. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_TERMINAL_H
#define VMWP_TERMINAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#define TERMINAL_END	0x1d	/* Ctrl-] */

/*
 * A thread of its own, as nothing else does for all that standard input can be:
 * epoll takes neither a file nor /dev/null, and O_NONBLOCK would be set for
 * everybody who shares the terminal. So whoever does not read the output holds
 * up this thread, never the guest. A terminal is raw until terminal_exit(), the
 * process's end or a signal that kills it (all but SIGKILL).
 */
struct terminal {
	int in;			/* -1: it has ended */
	int out;		/* -1: nobody reads */
	int socket;		/* ours; the other side is the port's client */
	bool raw;
	struct termios before;
	uint8_t input[256];	/* the port has no room yet */
	unsigned int input_count;
	void (*end)(void *context);	/* Ctrl-]; in the thread */
	void *context;
	pthread_t thread;
};

/* At most one. The stream socket for the port, or -errno. in and out stay the
 * caller's. */
int terminal_init(struct terminal *terminal, int in, int out,
	void (*end)(void *context), void *context);
/* After the port's side is closed: all that it sent is written, then the
 * terminal is as it was. */
void terminal_exit(struct terminal *terminal);

#endif
