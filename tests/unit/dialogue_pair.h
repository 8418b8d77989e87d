/* A dialogue whose other end is the test. */
/* SPDX-License-Identifier: MIT */
#ifndef DIALOGUE_PAIR_H
#define DIALOGUE_PAIR_H

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "dialogue.h"

static struct events events;
static struct timers timers;
static struct dialogue line;
static int other;		/* the other end */
static char told[256];		/* of answers, by tell_answer() */
static int ended_by;		/* error; 0: nobody has ended it */

/* To be told: "NAME:ERROR:MORE ", and the loop stops. */
static inline void tell_answer(const char *name, int error, const char *more)
{
	char text[64];

	snprintf(text, sizeof(text), "%s:%d:%s ", name, error, more);
	strcat(told, text);
	events.stop = true;
}

static inline void pair_ended(struct dialogue *dialogue, int error)
{
	CHECK(dialogue == &line);
	ended_by = error;
	events.stop = true;
}

/* Our end, for the dialogue. */
static inline int pair_start(void)
{
	int ends[2];

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	CHECK(!events_init(&events) && !timers_init(&timers, &events));
	other = ends[1];
	told[0] = '\0';
	ended_by = 0;
	return ends[0];
}

static inline void pair_finish(void)
{
	dialogue_exit(&line);
	timers_exit(&timers);
	events_exit(&events);
	if (other >= 0)
		close(other);
}

static inline void pair_close(void)
{
	close(other);
	other = -1;
}

static inline void pair_run(void)
{
	events.stop = false;
	CHECK(!events_run(&events));
}

static inline bool nothing_came(void)
{
	char byte;

	return recv(other, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0;
}

/* A message of the other end; fd: goes along, or -1. */
static inline void pair_say(const void *bytes, size_t size, int fd)
{
	struct parcel parcel = { .count = 0 };

	if (fd >= 0)
		CHECK(!parcel_add(&parcel, fd));
	CHECK(!parcel_send(other, bytes, size, &parcel));
}

#endif
