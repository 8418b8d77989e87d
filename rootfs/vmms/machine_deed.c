/* What is done about what is wanted of a VM. */
/* SPDX-License-Identifier: MIT */
#include "machine_life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "launch.h"
#include "machines.h"
#include "wait.h"

static void launched(struct machine *machine, int error, const char *sentence)
{
	machine->launch = NULL;
	timers_stop(machine_timers(machine), &machine->limit);
	timers_stop(machine_timers(machine), &machine->again);
	if (error) {
		if (error != -ECANCELED)
			snprintf(machine->reason, sizeof(machine->reason),
				"%s", sentence);
		machine_is_off(machine);
		return;
	}
	machine->started = events_now();
	worker_watch(&machine->worker);
	if (machine->state == LIFE_STARTING)
		machine_happened(machine, FACT_READY);
	else
		machine_kill(machine);
}

static void launch(struct machine *machine)
{
	machine->reason[0] = '\0';
	machine->launch = launch_begin(machine, launched);
	if (machine->launch) {
		machine_limit_to(machine, machine->machines->times->start);
		return;
	}
	wait_fails(machine, "there is no memory");
	machine_happened(machine, FACT_REFUSED);
}

static void guest_stays(struct machine *machine)
{
	if (machine->going_down) {
		wait_say(machine, "%s; it is turned off", machine->failure);
		machine_kill(machine);
		return;
	}
	machine_happened(machine, FACT_REFUSED);
}

static const char *refusal_of_guest(int error)
{
	switch (error) {
	case -ENOTCONN:
	case -EOPNOTSUPP:
		return "its guest has no service for that, or not yet";
	case -EBUSY:
		return "its guest was asked for that already";
	default:
		return strerror(-error);
	}
}

/* One that was asked already, by an earlier service, is asked. */
static void shutdown_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct machine *machine = context;

	(void)parcel;
	if (!reply || !error || error == -EBUSY || !machine_is_asked(machine))
		return;
	wait_fails(machine, "%s", refusal_of_guest(error));
	guest_stays(machine);
}

static bool say_to(struct machine *machine, enum control_type type,
	dialogue_done *done)
{
	return worker_hears(&machine->worker) &&
		!link_say(&machine->worker.link, type, 0, done, machine);
}

static void shut_down(struct machine *machine)
{
	unsigned int limit = machine->conf ? machine->definition.stop_limit :
		120;

	machine_limit_to(machine, limit * TIMERS_SECOND);
	if (machine->definition.services_off & 1u << SERVICE_SHUTDOWN) {
		wait_fails(machine, "its definition keeps the host from "
			"shutting its guest down");
		guest_stays(machine);
		return;
	}
	wait_say(machine, "its guest is asked to shut down, and has %u s",
		limit);
	if (say_to(machine, CONTROL_SHUTDOWN, shutdown_said))
		return;
	wait_fails(machine, "its worker does not answer");
	guest_stays(machine);
}

static void integration_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct control_integration *said = reply;
	struct machine *machine = context;

	(void)parcel;
	if (error || !machine_is_asked(machine) || !said->answered ||
	    !said->status)
		return;
	wait_fails(machine, "its guest will not (0x%x)", said->status);
	guest_stays(machine);
}

static void restart_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct machine *machine = context;

	(void)parcel;
	if (!reply)
		return;
	if (error)
		wait_fails(machine, "%s", refusal_of_guest(error));
	wait_settle_wish(machine, WISH_REBOOT, !error);
}

static void restart(struct machine *machine)
{
	if (say_to(machine, CONTROL_RESTART, restart_said))
		return;
	wait_fails(machine, "its worker does not answer");
	wait_settle_wish(machine, WISH_REBOOT, false);
}

/* Of what only leads from one state to the next. */
static void said(struct machine *machine, enum life_state from, int error,
	const void *reply)
{
	if (!reply || machine->state != from)
		return;
	if (error)
		wait_fails(machine, "its worker says: %s", strerror(-error));
	/* It runs as before, as it would after that. */
	if (error && from == LIFE_RESETTING)
		wait_settle_wish(machine, WISH_RESET, false);
	machine_happened(machine, error ? FACT_REFUSED : FACT_DONE);
}

static void pause_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)parcel;
	said(context, LIFE_PAUSING, error, reply);
}

static void resume_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)parcel;
	said(context, LIFE_RESUMING, error, reply);
}

static void reset_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)parcel;
	said(context, LIFE_RESETTING, error, reply);
}

static void order(struct machine *machine, enum control_type type,
	dialogue_done *done)
{
	if (say_to(machine, type, done))
		return;
	wait_fails(machine, "its worker does not answer");
	machine_happened(machine, FACT_REFUSED);
}

/* I/O that stands still. */

static void place_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct machine *machine = context;
	const struct control_storage *said = reply;

	(void)parcel;
	if (!reply || !machine->asked)
		return;
	if (error) {
		machine->failure[0] = '\0';
		if (said->reply.error == error && memchr(said->text, 0,
			sizeof(said->text)))
			wait_fails(machine, "%s", said->text);
		conf_printable(machine->failure);
		if (!machine->failure[0])
			wait_fails(machine, "%s", strerror(-error));
	}
	if (!--machine->asked)
		wait_settle_wish(machine, WISH_RESUME, !machine->failure[0]);
}

static void ask_place(struct machine *machine, uint32_t place)
{
	const struct control_storage_request request = { .request = {
		CONTROL_MAGIC, CONTROL_VERSION, CONTROL_STORAGE_RESUME,
		place } };

	if (worker_hears(&machine->worker) &&
	    !link_ask(&machine->worker.link, &request.request, sizeof(request),
		NULL, place_said, machine))
		machine->asked++;
}

/* The SCSI controller's is one, each place of IDE has its own. */
static void resume_storage(struct machine *machine)
{
	const struct definition *definition = &machine->definition;
	unsigned int i;

	ask_place(machine, 0);
	for (i = 0; i < definition->drive_count; i++)
		if (definition->drives[i].ide && !definition->drives[i].dvd)
			ask_place(machine, CONTROL_IDE +
				definition->drives[i].place);
	if (machine->asked)
		return;
	wait_fails(machine, "its worker does not answer");
	wait_settle_wish(machine, WISH_RESUME, false);
}

void machine_do(struct machine *machine, enum life_deed deed)
{
	switch (deed) {
	case DEED_LAUNCH:
		launch(machine);
		break;
	case DEED_SHUT_DOWN:
		shut_down(machine);
		break;
	case DEED_RESTART:
		restart(machine);
		break;
	case DEED_RESET:
		order(machine, CONTROL_RESET, reset_said);
		break;
	case DEED_PAUSE:
		order(machine, CONTROL_PAUSE, pause_said);
		break;
	case DEED_RESUME:
		if (machine->state == LIFE_RUNNING)
			resume_storage(machine);
		else
			order(machine, CONTROL_RESUME, resume_said);
		break;
	case DEED_KILL:
		machine_kill(machine);
		break;
	case DEED_NOTHING:
		break;
	}
}

/* Time is up: of a start, of a guest that shuts down, of a worker's end. */
void machine_limit_reached(struct timer *timer)
{
	struct machine *machine = timer->context;

	if (machine->launch && machine->state == LIFE_STOPPING) {
		wait_fails(machine, "what its start waits for has not come");
		wait_settle_wish(machine, WISH_TURN_OFF, false);
	} else if (machine->launch) {
		wait_fails(machine, "its worker did not run in %u s",
			(unsigned int)(machine->machines->times->start /
				TIMERS_SECOND));
		snprintf(machine->reason, sizeof(machine->reason), "%s",
			machine->failure);
		machine_set_state(machine, LIFE_STOPPING, false);
		launch_cancel(machine->launch);
		wait_settle(machine);
	} else if (machine->ending) {
		wait_fails(machine, "its worker was killed and has not ended");
		machine->ending = false;
		wait_settle_wish(machine, WISH_TURN_OFF, false);
		wait_settle_wish(machine, WISH_STOP, false);
	} else if (machine_is_asked(machine)) {
		wait_fails(machine, "its guest has not shut down in %u s",
			machine->definition.stop_limit);
		guest_stays(machine);
	}
}

void machine_told(struct worker *worker, const struct control_reply *reply)
{
	struct machine *machine = worker->context;
	bool critical = reply->state & CONTROL_CRITICAL;

	if (machine->launch || machine->state == LIFE_OFF)
		return;
	machine_set_state(machine, machine->state, critical);
	if (machine_is_asked(machine))
		say_to(machine, CONTROL_INTEGRATION, integration_said);
}
