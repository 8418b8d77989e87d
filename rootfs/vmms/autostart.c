/* VMs that are started with the host, one after the other. */
/* SPDX-License-Identifier: MIT */
#include "autostart.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link.h"

static bool is_due(const struct machine *machine)
{
	const char *marked = machine->marked;

	if (!machine->conf || machine->state != LIFE_OFF)
		return false;
	switch (machine->definition.start) {
	case START_ALWAYS:
		return true;
	case START_IF_RUNNING:
		return *marked && strcmp(marked, machine->machines->boot);
	default:
		return false;
	}
}

static int compare(const void *one, const void *other)
{
	const struct autostart_vm *a = one, *b = other;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return strcasecmp(a->name, b->name);
}

static void list(struct autostart *autostart)
{
	const struct machine *machine = autostart->machines->first;
	const struct definition *definition;
	struct autostart_vm *vm;

	for (; machine; machine = machine->next) {
		if (!is_due(machine))
			continue;
		definition = &machine->definition;
		vm = &autostart->vms[autostart->count++];
		strcpy(vm->name, machine->name);
		vm->order = definition->start_order;
		vm->delay = definition->start_delay;
		vm->wait = definition->start_wait;
	}
	qsort(autostart->vms, autostart->count, sizeof(*autostart->vms),
		compare);
}

static void set(struct autostart *autostart, uint64_t seconds)
{
	timers_set(autostart->machines->timers, &autostart->timer,
		events_now() + seconds * TIMERS_SECOND);
}

static void turn_is_over(struct autostart *autostart)
{
	autostart->until = 0;
	autostart->next++;
	set(autostart, autostart->next < autostart->count ?
		autostart->vms[autostart->next].delay : 0);
}

/* Its heartbeat. */

static void integration_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct control_integration *said = reply;
	struct autostart *autostart = context;

	(void)parcel;
	if (!autostart->until)
		return;
	if (!error && said->beat == HEARTBEAT_GOOD)
		turn_is_over(autostart);
}

static void wait_for_beat(struct autostart *autostart)
{
	const char *name = autostart->vms[autostart->next].name;
	struct machine *machine = machines_find(autostart->machines, name);
	struct dialogue *link = machine ? machine_link(machine) : NULL;

	if (!machine || machine->state == LIFE_OFF) {
		turn_is_over(autostart);
		return;
	}
	if (events_now() >= autostart->until) {
		outcome_say(&autostart->whom, "%s has no heartbeat; the next "
			"one does not wait for it any longer", name);
		turn_is_over(autostart);
		return;
	}
	set(autostart, 2);
	if (link)
		link_say(link, CONTROL_INTEGRATION, 0, integration_said,
			autostart);
}

/* One VM's turn. */

static void started(void *context, const struct outcome *outcome)
{
	struct autostart *autostart = context;
	const struct autostart_vm *vm = &autostart->vms[autostart->next];

	if (outcome->refusal != REFUSALS) {
		outcome_say(&autostart->whom, "%s", outcome->text);
		turn_is_over(autostart);
		return;
	}
	outcome_say(&autostart->whom, "%s runs", vm->name);
	if (!vm->wait) {
		turn_is_over(autostart);
		return;
	}
	autostart->until = events_now() + AUTOSTART_HEARTBEAT;
	set(autostart, 2);
}

/* It may be gone by now, or run already: somebody was faster. */
static void start(struct autostart *autostart)
{
	const struct outcome_for whom = { started, NULL, autostart };
	struct machine *machine = machines_find(autostart->machines,
		autostart->vms[autostart->next].name);

	if (!machine || machine->state != LIFE_OFF)
		turn_is_over(autostart);
	else
		machine_wish(machine, WISH_START, &whom);
}

static void is_time(struct timer *timer)
{
	struct autostart *autostart = timer->context;

	if (autostart->until)
		wait_for_beat(autostart);
	else if (autostart->next < autostart->count &&
		!autostart->machines->going_down)
		start(autostart);
	else
		outcome_good(&autostart->whom, NULL);
}

int autostart_begin(struct autostart *autostart, struct machines *machines,
	const struct outcome_for *whom)
{
	*autostart = (struct autostart){ .machines = machines, .whom = *whom };
	autostart->vms = calloc(machines->count + 1, sizeof(*autostart->vms));
	if (!autostart->vms)
		return -ENOMEM;
	timer_init(&autostart->timer, is_time, autostart);
	list(autostart);
	set(autostart, autostart->count ? autostart->vms[0].delay : 0);
	return 0;
}

void autostart_exit(struct autostart *autostart)
{
	if (autostart->machines)
		timers_stop(autostart->machines->timers, &autostart->timer);
	free(autostart->vms);
	*autostart = (struct autostart){ .count = 0 };
}
