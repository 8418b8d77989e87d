/* The host goes down: all VMs are stopped as their definitions say. */
/* SPDX-License-Identifier: MIT */
#include "going_down.h"

#include <stdlib.h>
#include <string.h>

/* One VM's way. */
struct way {
	struct going_down *going_down;
	char name[NAME_SIZE];
};

static void one_less(struct going_down *going_down)
{
	const struct outcome_for whom = going_down->whom;

	if (--going_down->left)
		return;
	going_down->begun = false;
	outcome_good(&whom, NULL);
}

static void is_off(void *context, const struct outcome *outcome)
{
	struct way *way = context;
	struct going_down *going_down = way->going_down;

	if (outcome->refusal == REFUSALS)
		outcome_say(&going_down->whom, "%s is off", way->name);
	else
		outcome_say(&going_down->whom, "%s", outcome->text);
	free(way);
	one_less(going_down);
}

static void say(void *context, const char *sentence)
{
	const struct way *way = context;

	outcome_say(&way->going_down->whom, "%s", sentence);
}

static void stop(struct going_down *going_down, struct machine *machine)
{
	struct way *way = calloc(1, sizeof(*way));
	const struct outcome_for whom = { is_off, say, way };

	if (!way) {
		outcome_say(&going_down->whom, "%s: there is no memory",
			machine->name);
		return;
	}
	*way = (struct way){ .going_down = going_down };
	strcpy(way->name, machine->name);
	going_down->left++;
	machine_go_down(machine, &whom);
}

void going_down_begin(struct going_down *going_down,
	struct machines *machines, const struct outcome_for *whom)
{
	struct machine *machine = machines->first;

	if (going_down->begun) {
		outcome_bad(whom, REFUSE_BUSY, NULL,
			"the host is going down already");
		return;
	}
	*going_down = (struct going_down){ .whom = *whom, .begun = true,
		.left = 1 };
	machines->going_down = true;
	for (; machine; machine = machine->next)
		if (machine->state != LIFE_OFF)
			stop(going_down, machine);
	one_less(going_down);
}
