/* A VM's state, and the mark on its medium that it runs. */
/* SPDX-License-Identifier: MIT */
#include "machine_life.h"

#include <string.h>

#include "errand.h"
#include "machines.h"
#include "wait.h"

struct timers *machine_timers(const struct machine *machine)
{
	return machine->machines->timers;
}

void machine_limit_to(struct machine *machine, uint64_t after)
{
	timers_set(machine_timers(machine), &machine->limit,
		events_now() + after);
}

/* What the helper says to it changes nothing. */
static void nobody(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)context, (void)error, (void)reply, (void)parcel;
}

void machine_tell_helper(struct machine *machine, enum helper_type type,
	uint32_t number, dialogue_done *done)
{
	struct helper_request request = { .type = type, .number = number };

	strcpy(request.name, machine->name);
	errand_send(&machine->machines->errands, &request, NULL, done,
		machine);
}

/* text: "": none. */
static void set_mark(struct machine *machine, const char *text)
{
	struct helper_request request = { .type = HELPER_MARK };
	struct parcel parcel = { .count = 0 };
	int fd;

	if (!strcmp(text, machine->marked))
		return;
	strcpy(machine->marked, text);
	fd = *text ? parcel_file(text, strlen(text)) : -1;
	if (fd >= 0)
		parcel_add(&parcel, fd);
	strcpy(request.name, machine->name);
	errand_send(&machine->machines->errands, &request, &parcel, nobody,
		machine);
}

void machine_unmark(struct machine *machine)
{
	set_mark(machine, "");
}

/* One that is being started has not run yet. */
static void mark_state(struct machine *machine)
{
	if (machine->machines->going_down || machine->state == LIFE_STARTING)
		return;
	set_mark(machine, machine->state == LIFE_OFF ? "" :
		machine->machines->boot);
}

void machine_set_state(struct machine *machine, enum life_state state,
	bool critical)
{
	struct machines *machines = machine->machines;

	if (state == machine->state && critical == machine->critical)
		return;
	if (state != machine->state) {
		machine->since = events_now();
		timers_stop(machines->timers, &machine->limit);
	}
	machine->state = state;
	machine->critical = critical;
	mark_state(machine);
	if (machines->tell)
		machines->tell(machines, "state", machine, NULL);
}

void machine_happened(struct machine *machine, enum life_fact fact)
{
	struct life_step step = life_fact(machine->state, fact);

	machine_set_state(machine, step.state, machine->critical &&
		step.state != LIFE_OFF);
	wait_settle(machine);
}

bool machine_is_asked(const struct machine *machine)
{
	return machine->state == LIFE_STOPPING && !machine->ending &&
		!machine->lost;
}
