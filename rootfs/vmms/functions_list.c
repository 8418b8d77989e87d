/* vm list: all VMs, with what their guests tell. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "ask.h"
#include "look.h"

/* What does not answer by then is listed without. */
#define PATIENCE	TIMERS_SECOND

struct listing {
	struct request *request;	/* NULL: it is answered */
	json_t *rows;
	struct timer limit;
	struct timers *timers;
	unsigned int waits;		/* answers to come, and for itself */
};

/* Of one VM, until its guest has told. */
struct listed {
	struct listing *listing;
	json_t *row;
};

static void answer(struct listing *listing)
{
	if (!listing->request)
		return;
	timers_stop(listing->timers, &listing->limit);
	request_answer(listing->request, json_incref(listing->rows));
	listing->request = NULL;
}

static void let_go(struct listing *listing)
{
	if (--listing->waits)
		return;
	answer(listing);
	json_decref(listing->rows);
	free(listing);
}

static void time_is_up(struct timer *timer)
{
	answer(timer->context);
}

static json_t *row_of(const struct machine *machine)
{
	const struct definition *definition = &machine->definition;
	int problems = machine_problems(machine, NULL, NULL);
	json_t *row = json_pack("{s:s, s:s, s:I, s:I, s:o, s:n, s:n, s:o}",
		"name", machine->name, "state", machine_state(machine),
		"cpu", (json_int_t)definition->processors,
		"memory", (json_int_t)definition->memory,
		"uptime", machine->started ? json_integer((json_int_t)
			((events_now() - machine->started) /
				TIMERS_SECOND)) : json_null(),
		"heartbeat", "address",
		"problems", problems ? json_integer(problems) : json_null());

	return row;
}

static void told(void *context, const struct look *look)
{
	char address[INET6_ADDRSTRLEN];
	struct listed *listed = context;

	if (look->processors) {
		json_object_set_new(listed->row, "cpu",
			json_integer(look->processors));
		json_object_set_new(listed->row, "memory",
			json_integer((json_int_t)look->memory));
	}
	look_address(look, address);
	json_object_set_new(listed->row, "heartbeat",
		json_string(look->heartbeat));
	if (*address)
		json_object_set_new(listed->row, "address",
			json_string(address));
	let_go(listed->listing);
	json_decref(listed->row);
	free(listed);
}

static void add(struct listing *listing, struct machine *machine)
{
	struct listed *listed = calloc(1, sizeof(*listed));
	json_t *row = row_of(machine);

	json_array_append_new(listing->rows, row);
	if (!listed || !row)
		goto alone;
	listed->listing = listing;
	listed->row = json_incref(row);
	listing->waits++;
	if (look_begin(machine, false, told, listed))
		return;
	listing->waits--;
	json_decref(row);
alone:
	free(listed);
}

void run_list(struct request *request)
{
	struct machines *machines = ask_machines(request);
	struct listing *listing = calloc(1, sizeof(*listing));
	struct machine *machine;

	if (!listing) {
		ask_no_memory(request);
		return;
	}
	listing->request = request;
	listing->rows = json_array();
	listing->timers = machines->timers;
	listing->waits = 1;
	timer_init(&listing->limit, time_is_up, listing);
	for (machine = machines->first; machine; machine = machine->next)
		add(listing, machine);
	if (listing->waits > 1)
		timers_set(machines->timers, &listing->limit,
			events_now() + PATIENCE);
	let_go(listing);
}
