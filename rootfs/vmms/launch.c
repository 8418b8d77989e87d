/* The start of a VM, and what it took given back. */
/* SPDX-License-Identifier: MIT */
#include "launch_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errand.h"

static void close_all(struct launch *launch)
{
	unsigned int i;

	for (i = 0; i < CONFINE_FDS; i++)
		if (launch->fds[i] >= 0)
			close(launch->fds[i]);
	for (i = 0; i < LAUNCH_SOCKETS; i++)
		if (launch->sockets[i] >= 0)
			close(launch->sockets[i]);
	if (launch->log >= 0)
		close(launch->log);
}

void launch_free(struct launch *launch)
{
	close_all(launch);
	plan_free(&launch->plan);
	free(launch);
}

/* The first sentence is the reason. */
void launch_fail(struct launch *launch, int error, const char *format, ...)
{
	va_list list;

	if (launch->failed)
		return;
	launch->failed = true;
	launch->error = error;
	va_start(list, format);
	vsnprintf(launch->sentence, sizeof(launch->sentence), format, list);
	va_end(list);
}

void launch_finish(struct launch *launch)
{
	struct machine *machine = launch->machine;
	launch_done *done = launch->done;
	char sentence[MACHINE_SENTENCE];
	int error = launch->error;

	strcpy(sentence, launch->sentence);
	launch_free(launch);
	done(machine, error, sentence);
}

bool launch_ask(struct launch *launch, struct helper_request *request,
	struct parcel *parcel, dialogue_done *done)
{
	strcpy(request->name, launch->machine->name);
	return !errand_send(&launch->machine->machines->errands, request,
		parcel, done, launch);
}

/* Giving back. */

/* What the worker said last; it has ended by itself. */
static void describe_end(struct launch *launch, uint32_t status)
{
	char words[160], how[48] = "its worker has ended";

	worker_last_words(&launch->machine->worker, launch->machine->name,
		words, sizeof(words));
	if (status != HELPER_UNKNOWN && WIFSIGNALED((int)status))
		snprintf(how, sizeof(how), "its worker was ended by signal %d",
			WTERMSIG((int)status));
	launch_fail(launch, -ECHILD, "%s%s%s", how, words[0] ? ": " : "",
		words);
}

static void cleaned_up(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct launch *launch = context;

	(void)parcel;
	if (!reply)
		return;
	describe_end(launch, error ? HELPER_UNKNOWN : said->number);
	launch_finish(launch);
}

/* There is no worker, or no more. */
static void clean_up(struct launch *launch)
{
	struct helper_request request = { .type = HELPER_ENDED };

	close_all(launch);
	memset(launch->fds, -1, sizeof(launch->fds));
	memset(launch->sockets, -1, sizeof(launch->sockets));
	launch->log = -1;
	launch_ask(launch, &request, NULL, cleaned_up);
}

static void ignore(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)context, (void)error, (void)reply, (void)parcel;
}

/* Once; a worker's end leads on. */
void launch_undo(struct launch *launch)
{
	struct helper_request request = { .type = HELPER_KILL };

	if (launch->undoing)
		return;
	launch->undoing = true;
	if (worker_is_there(&launch->machine->worker))
		launch_ask(launch, &request, NULL, ignore);
	else
		clean_up(launch);
}

void launch_worker_ended(struct launch *launch)
{
	launch->undoing = true;
	clean_up(launch);
}

/* Its end, if that is why, is known soon, and has its last words. */
void launch_worker_lost(struct launch *launch)
{
	struct timer *again = &launch->machine->again;

	timers_set(launch->machine->machines->timers, again, events_now() +
		launch->machine->machines->times->soon);
}

void launch_still_lost(struct launch *launch)
{
	launch_fail(launch, -EPROTO, "its worker does not answer as it should");
	launch_undo(launch);
}

void launch_cancel(struct launch *launch)
{
	launch_fail(launch, -ECANCELED, "it was turned off");
	if (worker_is_there(&launch->machine->worker))
		launch_undo(launch);
}

/* An errand's answer: false, and it is given back. */
bool launch_good(struct launch *launch, int error,
	const struct helper_reply *said)
{
	if (error)
		launch_fail(launch, error, "%s", said->text);
	if (!launch->failed)
		return true;
	launch_undo(launch);
	return false;
}

bool launch_take(struct launch *launch, struct parcel *parcel,
	unsigned int index, int *fd)
{
	*fd = parcel_take(parcel, index);
	if (*fd >= 0)
		return true;
	launch_fail(launch, -EBADF, "a descriptor is missing");
	launch_undo(launch);
	return false;
}

struct launch *launch_begin(struct machine *machine, launch_done *done)
{
	struct launch *launch = calloc(1, sizeof(*launch));

	if (!launch)
		return NULL;
	launch->machine = machine;
	launch->done = done;
	launch->log = -1;
	memset(launch->fds, -1, sizeof(launch->fds));
	memset(launch->sockets, -1, sizeof(launch->sockets));
	if (!plan_make(&launch->plan, &machine->definition, machine->name) &&
	    launch_fetch_all(launch))
		return launch;
	launch_free(launch);
	return NULL;
}
