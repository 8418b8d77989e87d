/* All VMs of the host: the list of them. */
/* SPDX-License-Identifier: MIT */
#include "machines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "errand.h"
#include "machine_list.h"

struct machine *machines_find(const struct machines *machines,
	const char *name)
{
	struct machine *machine = machines->first;

	while (machine && !name_same(machine->name, name))
		machine = machine->next;
	return machine;
}

void machines_add(struct machine *machine)
{
	struct machine **link = &machine->machines->first;

	while (*link && strcasecmp((*link)->name, machine->name) < 0)
		link = &(*link)->next;
	machine->next = *link;
	*link = machine;
	machine->machines->count++;
}

void machines_remove(struct machine *machine)
{
	struct machine **link = &machine->machines->first;

	while (*link && *link != machine)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = machine->next;
	machine->next = NULL;
	machine->machines->count--;
}

struct machine *machines_new(struct machines *machines, const char *name,
	int storage)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (machine)
		machine_init(machine, machines, name, storage);
	return machine;
}

void machines_free(struct machine *machine)
{
	machine_exit(machine);
	free(machine);
}

int machines_storage(const struct machines *machines, const char *path)
{
	int i;

	for (i = 0; i < machines->storage_count; i++)
		if (!strcmp(machines->storages[i], path))
			return i;
	return -1;
}

void machines_tell(struct machine *machine, const char *event,
	const char *old)
{
	struct machines *machines = machine->machines;

	if (machines->tell)
		machines->tell(machines, event, machine, old);
}

int machines_take(struct machine *machine, struct conf *conf)
{
	struct definition definition;

	if (definition_take(&definition, conf)) {
		conf_free(conf);
		return -ENOMEM;
	}
	if (machine->conf) {
		definition_free(&machine->definition);
		conf_free(machine->conf);
	}
	machine->conf = conf;
	machine->definition = definition;
	machine->trouble[0] = '\0';
	return 0;
}

/* All of them. */

static void helper_is_gone(struct dialogue *errands, int error)
{
	struct machines *machines = errands->context;

	(void)error;
	if (machines->lost)
		machines->lost(machines);
}

int machines_init(struct machines *machines, struct events *events,
	struct timers *timers, int helper, const char *const *storages,
	int count)
{
	int error, i;

	*machines = (struct machines){ .events = events, .timers = timers,
		.times = &machine_times };
	if (count > STORE_STORAGES)
		return -E2BIG;
	for (i = 0; i < count; i++)
		machines->storages[i] = storages[i];
	machines->storage_count = count;
	error = errands_init(&machines->errands, events, helper);
	machines->errands.ended = helper_is_gone;
	machines->errands.context = machines;
	return error;
}

void machines_exit(struct machines *machines)
{
	struct machine *machine;

	dialogue_exit(&machines->errands);
	while (machines->first) {
		machine = machines->first;
		machines_remove(machine);
		machines_free(machine);
	}
	free(machines->odd);
}
