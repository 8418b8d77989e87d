/* One viewer of a VM's screen: its messages, and what it is sent. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VIEWER_H
#define VMWP_DISPLAY_VIEWER_H

#include <pthread.h>

#include "display/typing.h"
#include "events.h"

struct _rfbScreenInfo;
struct _rfbClientRec;

/* Cuts off what takes too long to be written. */
struct viewer_guard {
	pthread_mutex_t lock;
	int fd;			/* of whom is written to; -1: nobody; lock */
	struct event timer;
	struct events *events;
};

/* All of it is the viewers' thread's. */
struct viewer {
	struct _rfbClientRec *client;	/* libvncserver's; NULL: none */
	struct typing *typing;
	pthread_mutex_t *lock;	/* the device lock: of input */
	int fd;			/* the same socket, ours */
	uint64_t since;		/* ns: when it came */
	uint64_t behind;	/* since when it does not read; 0: it does */
	uint64_t partial;	/* since when a message is not whole; 0: none is */
	uint32_t skip;		/* bytes that nobody wants */
	struct typing_held held;
	unsigned int x, y, buttons;	/* as input.h has them */
	uint8_t mask;		/* RFB's buttons */
};

/* fd: connected; it is owned in any case. 0 or -errno. */
int viewer_init(struct viewer *viewer, struct _rfbScreenInfo *server, int fd,
	struct typing *typing, pthread_mutex_t *lock);
void viewer_exit(struct viewer *viewer);

/* What has come, without waiting. */
void viewer_receive(struct viewer *viewer);
/* What it has asked for and what has changed. */
void viewer_send(struct viewer *viewer, struct viewer_guard *guard);
/* It went, or does not do what it must in time: viewer_exit() it. */
bool viewer_is_gone(const struct viewer *viewer);

/* Its server's functions: keys, pointer, format; for viewers alone. */
void viewer_prepare(struct _rfbScreenInfo *server);
/* What the library forgets to free. */
void viewer_forget_extensions(struct _rfbClientRec *client);

/* 0 or -errno. */
int viewer_guard_init(struct viewer_guard *guard, struct events *events);
void viewer_guard_exit(struct viewer_guard *guard);
/* That one is written to from now on; -1: nobody. */
void viewer_guard_set(struct viewer_guard *guard, int fd);

#endif
