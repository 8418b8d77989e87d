/* A VM as the service has it. */
/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "machines.h"

const char *machine_state(const struct machine *machine)
{
	return life_name(machine->state, machine->critical);
}

struct definition_home machine_home(const struct machine *machine)
{
	return (struct definition_home){ machine->machines->storages,
		machine->machines->storage_count, machine->storage,
		machine->name };
}

static int report_one(conf_report *report, void *context, const char *text)
{
	if (report)
		report(context, 0, text);
	return 1;
}

int machine_problems(const struct machine *machine, conf_report *report,
	void *context)
{
	const struct definition_home home = machine_home(machine);
	int count;

	if (!machine->conf)
		return report_one(report, context, machine->trouble[0] ?
			machine->trouble : "the definition is not read yet");
	count = definition_check(machine->conf, &home, report, context);
	if (machine->twin[0])
		count += report_one(report, context, machine->twin);
	return count;
}

int machine_remarks(const struct machine *machine, conf_report *report,
	void *context)
{
	int count = 0;

	if (!machine->conf)
		return 0;
	if (machine->source.previous)
		count += report_one(report, context, machine->source.why);
	if (machine->source.bad)
		count += report_one(report, context, "vm.conf.bad is a "
			"definition that could not be read, put aside");
	return count + definition_remarks(machine->conf, report, context);
}

struct dialogue *machine_link(struct machine *machine)
{
	return machine->state != LIFE_OFF && machine->state != LIFE_STARTING &&
		worker_hears(&machine->worker) && !machine->adopting ?
		&machine->worker.link : NULL;
}
