/* A VM's worker: its process, and what is said to it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_WORKER_H
#define VMMS_WORKER_H

#include <stdbool.h>

#include "dialogue.h"
#include "link.h"
#include "process.h"
#include "timers.h"

#define WORKER_LOG	65536u	/* bytes that a worker may say */
/* Between polls, and for an answer: some wait for a medium or for VPs. */
#define WORKER_PAUSE	(2 * TIMERS_SECOND)
#define WORKER_PATIENCE	(10 * TIMERS_SECOND)

struct worker {
	struct events *events;
	struct timers *timers;
	uint64_t pause, patience;	/* the above; tests have others */
	/* The process is no more. It may be attached again. */
	void (*ended)(struct worker *worker);
	/* It does not answer, or not as it should; the process is there. */
	void (*lost)(struct worker *worker, int error);
	/* What it said last of itself; after each poll. */
	void (*told)(struct worker *worker, const struct control_reply *reply);
	void *context;
	/* The rest is worker.c's. */
	struct process process;
	struct dialogue link;
	struct timer poll;
	int log;		/* -1: none */
};

void worker_init(struct worker *worker, struct events *events,
	struct timers *timers);
/* It runs on, and nobody hears of it. */
void worker_exit(struct worker *worker);

/* A file in memory for what a worker says: it cannot become longer than
 * WORKER_LOG. A descriptor or -errno. */
int worker_log(void);

/* process: a pidfd; log: of worker_log(), or -1. Both are owned from then on,
 * also after a failure; what was attached before is not. 0 or -errno. */
int worker_attach(struct worker *worker, int process, int log);
/* To its control socket, owned as above, in the place of one before. */
int worker_connect(struct worker *worker, int socket);
/* Its state is asked from now on, again and again, until it is lost. */
void worker_watch(struct worker *worker);

bool worker_is_there(const struct worker *worker);
/* Whether something can be said to it. */
bool worker_hears(const struct worker *worker);

/* When its process began: CLOCK_MONOTONIC, ns; now, if that is not known. */
uint64_t worker_started(const struct worker *worker);

/* The last line of its log, printable, without the VM's name before it; ""
 * if it said nothing. */
void worker_last_words(const struct worker *worker, const char *name,
	char *text, size_t size);

#endif
