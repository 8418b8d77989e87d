/* Who waits for a VM's state, and what they hear. */
/* SPDX-License-Identifier: MIT */
#include "wait.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[WISHES] = {
	[WISH_START] = "started", [WISH_STOP] = "stopped",
	[WISH_TURN_OFF] = "turned off", [WISH_REBOOT] = "rebooted",
	[WISH_RESET] = "reset", [WISH_PAUSE] = "paused",
	[WISH_RESUME] = "resumed",
};

const char *wait_word(enum life_wish wish)
{
	return words[wish];
}

void wait_fails(struct machine *machine, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(machine->failure, sizeof(machine->failure), format, list);
	va_end(list);
}

struct machine_wait *wait_add(struct machine *machine,
	enum life_wish wish, const struct outcome_for *whom)
{
	struct machine_wait *wait = calloc(1, sizeof(*wait));
	struct machine_wait **link = &machine->waits;

	if (!wait)
		return NULL;
	wait->wish = wish;
	wait->whom = *whom;
	while (*link)
		link = &(*link)->next;
	*link = wait;
	return wait;
}

/* Whether it has what it waits for, 1, or will not get it, -1. */
static int judge(const struct machine *machine,
	const struct machine_wait *wait)
{
	static const struct {
		enum life_state over, to;
	} ways[WISHES] = {
		[WISH_START] = { LIFE_STARTING, LIFE_RUNNING },
		[WISH_STOP] = { LIFE_STOPPING, LIFE_OFF },
		[WISH_TURN_OFF] = { LIFE_STOPPING, LIFE_OFF },
		[WISH_REBOOT] = { LIFE_RUNNING, LIFE_RUNNING },
		[WISH_RESET] = { LIFE_RESETTING, LIFE_RUNNING },
		[WISH_PAUSE] = { LIFE_PAUSING, LIFE_PAUSED },
		[WISH_RESUME] = { LIFE_RESUMING, LIFE_RUNNING },
	};

	if (wait->aside)
		return machine->state == LIFE_RUNNING ? 0 : -1;
	if (machine->state == ways[wait->wish].over)
		return 0;
	return machine->state == ways[wait->wish].to ? 1 : -1;
}

static const char *why_not(const struct machine *machine)
{
	if (machine->failure[0])
		return machine->failure;
	if (machine->reason[0])
		return machine->reason;
	switch (machine->state) {
	case LIFE_OFF: return "it is off";
	case LIFE_STOPPING: return "it is being stopped";
	default: return "something else was wanted of it";
	}
}

static void answer(struct machine *machine, struct machine_wait *wait,
	bool good)
{
	if (good)
		outcome_good(&wait->whom, NULL);
	else
		outcome_bad(&wait->whom, REFUSE_FAILED, NULL,
			"%s cannot be %s: %s", machine->name,
			words[wait->wish], why_not(machine));
	free(wait);
}

static struct machine_wait *take_wait(struct machine_wait **link)
{
	struct machine_wait *wait = *link;

	*link = wait->next;
	return wait;
}

/* From the beginning after each: who is answered may ask for more. */
void wait_settle(struct machine *machine)
{
	struct machine_wait **link = &machine->waits;
	int verdict;

	while (*link) {
		verdict = judge(machine, *link);
		if (!verdict) {
			link = &(*link)->next;
			continue;
		}
		answer(machine, take_wait(link), verdict > 0);
		link = &machine->waits;
	}
}

/* Those who wait for this wish have their answer, whatever the state. */
void wait_settle_wish(struct machine *machine, enum life_wish wish,
	bool good)
{
	struct machine_wait **link = &machine->waits;

	while (*link) {
		if ((*link)->wish != wish) {
			link = &(*link)->next;
			continue;
		}
		answer(machine, take_wait(link), good);
		link = &machine->waits;
	}
}

void wait_say(struct machine *machine, const char *format, ...)
{
	const struct machine_wait *wait = machine->waits;
	char text[2 * MACHINE_SENTENCE];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	for (; wait; wait = wait->next)
		outcome_say(&wait->whom, "%s: %s", machine->name, text);
}

void wait_free(struct machine *machine)
{
	while (machine->waits)
		free(take_wait(&machine->waits));
}
