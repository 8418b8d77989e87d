/* Questions over a socket, one under way at a time, and their answers. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DIALOGUE_H
#define VMMS_DIALOGUE_H

#include "parcel.h"
#include "timers.h"

#define DIALOGUE_REPLY	4096u	/* bytes of one at most */

/* What is spoken: messages (SOCK_SEQPACKET), with descriptors. */
struct dialogue_kind {
	size_t least, most;	/* bytes of a reply */
	uint64_t patience;	/* ns, for an answer; 0: for ever */
	int wrong;		/* -errno for what is no answer */
	/* 0, or the -errno that it tells; 1: this answers no such request. */
	int (*judge)(const void *request, const void *reply, size_t size);
};

/*
 * Called once for each question, in the order in which they were asked; not
 * from within dialogue_ask(). Error: the answer's own, with the reply; or what
 * ended the dialogue, without one (NULL): -EPIPE, -ETIMEDOUT, kind->wrong. What
 * is left in parcel is closed afterwards.
 */
typedef void dialogue_done(void *context, int error, const void *reply,
	struct parcel *parcel);

struct question;

struct dialogue {
	struct events *events;
	struct timers *timers;	/* NULL, if there is no patience */
	const struct dialogue_kind *kind;
	struct event event;	/* fd -1: it has ended */
	struct timer limit;	/* of the answer that is due */
	uint64_t patience;
	struct question *first, *last;	/* the first one is under way */
	/* It has ended by itself, after the last question was told. */
	void (*ended)(struct dialogue *dialogue, int error);
	void *context;		/* for ended() */
};

/* Socket: owned from success on. 0 or -errno. */
int dialogue_init(struct dialogue *dialogue, const struct dialogue_kind *kind,
	struct events *events, struct timers *timers, int socket);
/* Questions that are not answered are forgotten: nobody is called. */
void dialogue_exit(struct dialogue *dialogue);

/*
 * The request is copied, the parcel (NULL: nothing) taken over. 0; or -errno,
 * and done() is not called: -ENOMEM, -EPIPE.
 */
int dialogue_ask(struct dialogue *dialogue, const void *request, size_t size,
	struct parcel *parcel, dialogue_done *done, void *context);

#endif
