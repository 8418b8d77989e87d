/* Questions over a socket, one under way at a time, and their answers. */
/* SPDX-License-Identifier: MIT */
#include "dialogue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct question {
	struct question *next;
	struct parcel parcel;	/* goes along */
	dialogue_done *done;
	void *context;
	size_t size;
	uint8_t request[] __attribute__((aligned(8)));
};

static struct question *take_first(struct dialogue *dialogue)
{
	struct question *question = dialogue->first;

	dialogue->first = question->next;
	if (!dialogue->first)
		dialogue->last = NULL;
	return question;
}

static void drop(struct question *question)
{
	parcel_empty(&question->parcel);
	free(question);
}

static void tell(struct question *question, int error, const void *reply,
	struct parcel *parcel)
{
	question->done(question->context, error, reply, parcel);
	parcel_empty(parcel);
	drop(question);
}

static void cut(struct dialogue *dialogue)
{
	int fd = dialogue->event.fd;

	if (fd < 0)
		return;
	if (dialogue->patience)
		timers_stop(dialogue->timers, &dialogue->limit);
	events_forget(dialogue->events, &dialogue->event);
	close(fd);
}

static void break_off(struct dialogue *dialogue, int error)
{
	struct parcel nothing = { .count = 0 };

	cut(dialogue);
	while (dialogue->first)
		tell(take_first(dialogue), error, NULL, &nothing);
	if (dialogue->ended)
		dialogue->ended(dialogue, error);
}

static void time_is_up(struct timer *timer)
{
	break_off(timer->context, -ETIMEDOUT);
}

/* With one under way the socket has room for it. What cannot be sent has no
 * other end: the loop finds that. */
static void begin_first(struct dialogue *dialogue)
{
	struct question *question = dialogue->first;

	if (dialogue->patience)
		timers_set(dialogue->timers, &dialogue->limit,
			events_now() + dialogue->patience);
	parcel_send(dialogue->event.fd, question->request, question->size,
		&question->parcel);
}

/* An answer, to be told. */
static void answered(struct dialogue *dialogue, int error, const void *reply,
	struct parcel *parcel)
{
	struct question *question = take_first(dialogue);

	if (dialogue->patience)
		timers_stop(dialogue->timers, &dialogue->limit);
	/* What is asked from within begins by itself, if it is the first. */
	if (dialogue->first)
		begin_first(dialogue);
	tell(question, error, reply, parcel);
}

static void ready(struct event *event, uint32_t what)
{
	struct dialogue *dialogue = event->context;
	const struct dialogue_kind *kind = dialogue->kind;
	/* Who says less than he could has said zeros. */
	uint8_t reply[DIALOGUE_REPLY] __attribute__((aligned(8))) = { 0 };
	struct parcel parcel;
	ssize_t size = parcel_receive(event->fd, reply, kind->least,
		kind->most, &parcel);
	int error = size > 0 && dialogue->first ?
		kind->judge(dialogue->first->request, reply, (size_t)size) : 1;

	(void)what;
	if (error <= 0) {
		answered(dialogue, error, reply, &parcel);
		return;
	}
	if (size > 0)
		parcel_empty(&parcel);
	break_off(dialogue, !size || size == -ECONNRESET ? -EPIPE :
		kind->wrong);
}

int dialogue_init(struct dialogue *dialogue, const struct dialogue_kind *kind,
	struct events *events, struct timers *timers, int socket)
{
	int error;

	*dialogue = (struct dialogue){ .kind = kind, .events = events,
		.timers = timers, .patience = kind->patience,
		.event = { .fd = socket, .ready = ready,
			.context = dialogue } };
	timer_init(&dialogue->limit, time_is_up, dialogue);
	error = events_watch(events, &dialogue->event, EPOLLIN);
	if (error)
		dialogue->event.fd = -1;
	return error;
}

void dialogue_exit(struct dialogue *dialogue)
{
	cut(dialogue);
	while (dialogue->first)
		drop(take_first(dialogue));
}

static struct question *make(const void *request, size_t size,
	struct parcel *parcel)
{
	struct question *question = calloc(1, sizeof(*question) + size);

	if (!question)
		return NULL;
	memcpy(question->request, request, size);
	question->size = size;
	if (parcel) {
		question->parcel = *parcel;
		parcel->count = 0;
	}
	return question;
}

int dialogue_ask(struct dialogue *dialogue, const void *request, size_t size,
	struct parcel *parcel, dialogue_done *done, void *context)
{
	bool open = dialogue->event.fd >= 0;
	struct question *question = open ? make(request, size, parcel) : NULL;

	if (!question) {
		if (parcel)
			parcel_empty(parcel);
		return open ? -ENOMEM : -EPIPE;
	}
	question->done = done;
	question->context = context;
	if (dialogue->last)
		dialogue->last->next = question;
	else
		dialogue->first = question;
	dialogue->last = question;
	if (dialogue->first == question)
		begin_first(dialogue);
	return 0;
}
