/* What is wanted of a VM: life.c's table, carried out. */
/* SPDX-License-Identifier: MIT */
#include "machine_life.h"

#include <stdio.h>
#include <string.h>

#include "launch.h"
#include "machines.h"
#include "wait.h"

const struct machine_times machine_times = {
	.start = 60 * TIMERS_SECOND,
	.end = 30 * TIMERS_SECOND,
	.soon = TIMERS_SECOND / 2,
	.again = 10 * TIMERS_SECOND,
	.poll = WORKER_PAUSE,
	.patience = WORKER_PATIENCE,
};

static struct outcome refuse(const struct machine *machine,
	enum life_wish wish, char *text, enum refusal refusal,
	const char *hint, const char *why)
{
	snprintf(text, MACHINE_SENTENCE, "%s cannot be %s: %.170s",
		machine->name, wait_word(wish), why);
	return (struct outcome){ refusal, text, hint };
}

static void keep_first(void *context, int line, const char *text)
{
	char *first = context;

	(void)line;
	if (!first[0])
		strncat(first, text, MACHINE_SENTENCE - 1);
}

static struct outcome would_start(const struct machine *machine, char *text)
{
	char first[MACHINE_SENTENCE] = "";

	if (machine->machines->going_down)
		return refuse(machine, WISH_START, text, REFUSE_STATE, NULL,
			"the host is going down");
	if (machine->reading || machine->busy)
		return refuse(machine, WISH_START, text, REFUSE_BUSY, NULL,
			machine->busy ? "its files are being changed" :
			"its definition is being read");
	if (machine_problems(machine, keep_first, first))
		return refuse(machine, WISH_START, text, REFUSE_FAILED,
			"vm show says all that is wrong with a definition",
			first);
	return (struct outcome){ REFUSALS, NULL, NULL };
}

static bool needs_link(enum life_deed deed)
{
	return deed == DEED_SHUT_DOWN || deed == DEED_RESTART ||
		deed == DEED_RESET || deed == DEED_PAUSE || deed == DEED_RESUME;
}

struct outcome machine_would(const struct machine *machine,
	enum life_wish wish, char *text)
{
	struct life_step step = life_wish(machine->state, machine->critical,
		wish);

	if (machine->lost && wish != WISH_TURN_OFF)
		return refuse(machine, wish, text, REFUSE_STATE,
			"vm stop --hard turns it off", machine->reason);
	if (step.refusal)
		return refuse(machine, wish, text, REFUSE_STATE, step.hint,
			step.refusal);
	if (wish == WISH_START)
		return would_start(machine, text);
	if (needs_link(step.deed) && !worker_hears(&machine->worker))
		return refuse(machine, wish, text, REFUSE_BUSY,
			"vm stop --hard turns it off",
			"its worker does not answer now");
	return (struct outcome){ REFUSALS, NULL, NULL };
}

void machine_wish(struct machine *machine, enum life_wish wish,
	const struct outcome_for *whom)
{
	char text[MACHINE_SENTENCE];
	struct outcome outcome = machine_would(machine, wish, text);
	struct life_step step;
	struct machine_wait *wait;

	if (outcome.refusal != REFUSALS) {
		if (whom->done)
			whom->done(whom->context, &outcome);
		return;
	}
	wait = wait_add(machine, wish, whom);
	if (!wait) {
		outcome_bad(whom, REFUSE_FAILED, NULL, "there is no memory");
		return;
	}
	step = life_wish(machine->state, machine->critical, wish);
	wait->aside = step.state == machine->state && step.deed != DEED_KILL;
	machine->failure[0] = '\0';
	if (step.deed == DEED_KILL)
		machine->lost = false;
	machine_set_state(machine, step.state, machine->critical);
	wait_settle(machine);
	machine_do(machine, step.deed);
}

static bool is_shut_down(const struct machine *machine)
{
	char text[MACHINE_SENTENCE];

	return machine->conf && machine->definition.stop == STOP_SHUT_DOWN &&
		machine_would(machine, WISH_STOP, text).refusal == REFUSALS;
}

void machine_go_down(struct machine *machine, const struct outcome_for *whom)
{
	machine->going_down = true;
	if (is_shut_down(machine))
		machine_wish(machine, WISH_STOP, whom);
	else if (!machine_is_asked(machine))
		machine_wish(machine, WISH_TURN_OFF, whom);
	else if (!wait_add(machine, WISH_STOP, whom))
		outcome_bad(whom, REFUSE_FAILED, NULL, "there is no memory");
}

void machine_init(struct machine *machine, struct machines *machines,
	const char *name, int storage)
{
	struct worker *worker = &machine->worker;

	*machine = (struct machine){ .machines = machines, .storage = storage,
		.since = events_now() };
	strcpy(machine->name, name);
	worker_init(worker, machines->events, machines->timers);
	worker->pause = machines->times->poll;
	worker->patience = machines->times->patience;
	worker->ended = machine_worker_ended;
	worker->lost = machine_worker_lost;
	worker->told = machine_told;
	worker->context = machine;
	timer_init(&machine->limit, machine_limit_reached, machine);
	timer_init(&machine->again, machine_find_again, machine);
}

void machine_exit(struct machine *machine)
{
	timers_stop(machine_timers(machine), &machine->limit);
	timers_stop(machine_timers(machine), &machine->again);
	if (machine->launch)
		launch_free(machine->launch);
	worker_exit(&machine->worker);
	wait_free(machine);
	if (machine->conf) {
		definition_free(&machine->definition);
		conf_free(machine->conf);
	}
}
