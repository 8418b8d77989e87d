/* The end of a VM's worker, and one that hangs or has hung up. */
/* SPDX-License-Identifier: MIT */
#include "machine_life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "errand.h"
#include "launch.h"
#include "machines.h"
#include "wait.h"

/* Once for each of those that are read. */
static void is_read(struct machine *machine)
{
	struct machines *machines = machine->machines;

	if (!machine->reading)
		return;
	machine->reading = false;
	if (!--machines->loading)
		outcome_good(&machines->loaded, NULL);
}

void machine_is_off(struct machine *machine)
{
	struct timers *timers = machine_timers(machine);

	timers_stop(timers, &machine->limit);
	timers_stop(timers, &machine->again);
	worker_exit(&machine->worker);
	machine->lost = machine->ending = machine->going_down = false;
	machine->adopting = false;
	machine->asked = 0;
	machine->started = 0;
	machine_happened(machine, FACT_ENDED);
	is_read(machine);
}

/* As waitpid() has it. */
static void describe_end(struct machine *machine, uint32_t status)
{
	char words[160], *reason = machine->reason;
	const char *colon;
	size_t size = sizeof(machine->reason);

	worker_last_words(&machine->worker, machine->name, words,
		sizeof(words));
	colon = words[0] ? ": " : "";
	if (status != HELPER_UNKNOWN && WIFSIGNALED((int)status))
		snprintf(reason, size, "its worker was ended by signal %d%s%s",
			WTERMSIG((int)status), colon, words);
	else if (status != HELPER_UNKNOWN && status)
		snprintf(reason, size, "its worker has failed%s%s", colon,
			words);
	else if (status == HELPER_UNKNOWN)
		snprintf(reason, size, "its worker has ended%s%s", colon,
			words);
	else
		snprintf(reason, size, "its guest has turned it off");
}

/* What a kill or a guest that was asked came to needs no reason. */
static void cleaned_up(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct machine *machine = context;
	uint32_t status = error ? HELPER_UNKNOWN : said->number;
	bool meant = machine->ending || (machine->state == LIFE_STOPPING &&
		!machine->lost && (!status || status == HELPER_UNKNOWN));

	(void)parcel;
	if (!reply)
		return;
	machine->reason[0] = '\0';
	if (!meant)
		describe_end(machine, status);
	machine_is_off(machine);
}

void machine_worker_ended(struct worker *worker)
{
	struct machine *machine = worker->context;

	if (machine->launch)
		launch_worker_ended(machine->launch);
	else
		machine_tell_helper(machine, HELPER_ENDED, 0, cleaned_up);
}

static void killed(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct machine *machine = context;

	(void)parcel;
	if (!reply || !error || error == -ESRCH)
		return;
	machine->ending = false;
	wait_fails(machine, "%s", said->text);
	wait_settle_wish(machine, WISH_TURN_OFF, false);
}

void machine_kill(struct machine *machine)
{
	machine_limit_to(machine, machine->machines->times->end);
	if (machine->launch) {
		launch_cancel(machine->launch);
		return;
	}
	machine->ending = true;
	machine_tell_helper(machine, HELPER_KILL, 0, killed);
}

/* A worker that has hung up, or hangs. */

static void look_again(struct machine *machine, uint64_t after)
{
	if (!machine->again.set)
		timers_set(machine_timers(machine), &machine->again,
			events_now() + after);
}

void machine_worker_lost(struct worker *worker, int error)
{
	struct machine *machine = worker->context;

	(void)error;
	machine->asked = 0;
	if (machine->launch)
		launch_worker_lost(machine->launch);
	else if (!machine->adopting && worker_is_there(worker))
		look_again(machine, machine->machines->times->soon);
}

static void found_answering(struct machine *machine, enum life_fact fact)
{
	bool waits = machine->state == LIFE_STOPPING && !machine->lost;

	if (!machine->started)
		machine->started = worker_started(&machine->worker);
	machine->lost = false;
	worker_watch(&machine->worker);
	/* The guest is asked to shut down, or the worker was killed. */
	if (waits)
		return;
	machine->reason[0] = '\0';
	wait_fails(machine, "its worker did not answer in time");
	wait_settle_wish(machine, WISH_REBOOT, false);
	wait_settle_wish(machine, WISH_RESET, false);
	machine_happened(machine, fact);
}

static void found_silent(struct machine *machine)
{
	look_again(machine, machine->machines->times->again);
	if (machine->state == LIFE_STOPPING)
		return;
	machine->lost = true;
	snprintf(machine->reason, sizeof(machine->reason),
		"its worker does not answer");
	machine->failure[0] = '\0';
	machine_happened(machine, FACT_LOST);
}

static void is_clean(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)context, (void)error, (void)reply, (void)parcel;
}

/* A service before may have been killed when it had ended, or was to begin:
 * what is left of that goes. */
static void has_none(struct machine *machine)
{
	machine_tell_helper(machine, HELPER_ENDED, 0, is_clean);
	if (!strcmp(machine->marked, machine->machines->boot))
		machine_unmark(machine);
}

void machine_found(struct machine *machine, enum adopted adopted)
{
	switch (adopted) {
	case ADOPT_NONE:
		if (!worker_is_there(&machine->worker) &&
		    machine->state == LIFE_OFF)
			has_none(machine);
		break;
	case ADOPT_RUNNING:
		found_answering(machine, FACT_FOUND_RUNNING);
		break;
	case ADOPT_PAUSED:
		found_answering(machine, FACT_FOUND_PAUSED);
		break;
	case ADOPT_SILENT:
		found_silent(machine);
		break;
	case ADOPT_UNKNOWN:
		break;
	}
	is_read(machine);
}

void machine_find_worker(struct machine *machine)
{
	if (adopt_begin(machine))
		is_read(machine);
}

void machine_find_again(struct timer *timer)
{
	struct machine *machine = timer->context;

	if (machine->launch)
		launch_still_lost(machine->launch);
	else if (worker_is_there(&machine->worker))
		machine_find_worker(machine);
}
