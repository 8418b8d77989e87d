/* Verbs for the network adapters of a VM. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <stdio.h>
#include <string.h>

#include "cable.h"
#include "command_words.h"
#include "definition_keys.h"
#include "nicdefaults.h"

#define SECTION	8u	/* of one adapter, with the ending zero */

static void section_of(unsigned int number, char section[SECTION])
{
	snprintf(section, SECTION, "nic %u", number % DEFINITION_NICS);
}

/* The number of an adapter that is there; false: it is refused. */
static bool number_of(struct request *request,
	const struct machine *machine, unsigned int *number)
{
	*number = (unsigned int)request_number(request, "number", 0);
	if (definition_nic(&machine->definition, *number))
		return true;
	request_refuse(request, REFUSE_ABSENT, "vm show shows its adapters",
		"%s has no adapter %u", machine->name, *number);
	return false;
}

static void add(struct request *request, struct machine *machine,
	unsigned int number)
{
	const json_t *pairs = json_object_get(request->args, "set");
	const char *vswitch = request_text(request, "switch");
	const char *model = request_text(request, "model");
	char does[LINE_SENTENCE], did[LINE_SENTENCE], section[SECTION];
	struct sets sets = { .count = 0 };
	struct cable *cable;

	section_of(number, section);
	nicdefaults_add(machine->machines, &machine->definition.id, number,
		vswitch, &sets);
	if (model)
		sets_add(&sets, section, "model", model);
	sets_add_pairs(&sets, section, pairs);
	snprintf(does, sizeof(does), "%s would have an adapter %u",
		machine->name, number);
	snprintf(did, sizeof(did), "%s has an adapter %u%s%.40s",
		machine->name, number, vswitch ? ", plugged in " : "",
		vswitch ? vswitch : "");
	cable = cable_new(request, machine, number, &sets, does, did);
	if (cable)
		cable_go(cable);
}

static void add_next(struct request *request, const char *output)
{
	struct machine *machine = ask_defined(request);
	unsigned int number = 0;

	(void)output;
	if (!machine)
		return;
	while (number < DEFINITION_NICS &&
		definition_nic(&machine->definition, number))
		number++;
	if (number == DEFINITION_NICS)
		request_refuse(request, REFUSE_EXISTS, "vm nic remove makes "
			"room", "%s has %u adapters already: there are no "
			"more", machine->name, number);
	else
		add(request, machine, number);
}

void run_nic_add(struct request *request)
{
	if (ask_defined(request))
		command_words_with_switch(request, add_next);
}

/* What is left is in words. */
static void change(struct request *request, struct machine *machine,
	unsigned int number, struct sets *sets, const char *how)
{
	char does[LINE_SENTENCE], did[LINE_SENTENCE];
	struct cable *cable;

	snprintf(does, sizeof(does), "adapter %u of %s would be %.120s",
		number, machine->name, how);
	snprintf(did, sizeof(did), "adapter %u of %s is %.120s", number,
		machine->name, how);
	cable = cable_new(request, machine, number, sets, does, did);
	if (cable)
		cable_go(cable);
}

/* The VM, its adapter that the request names, and the section that that has;
 * NULL: it is refused. */
static struct machine *adapter_of(struct request *request,
	unsigned int *number, char section[SECTION])
{
	struct machine *machine = ask_defined(request);

	if (!machine || !number_of(request, machine, number))
		return NULL;
	section_of(*number, section);
	return machine;
}

static void set_switch(struct request *request, const char *vswitch)
{
	struct sets sets = { .count = 0 };
	char section[SECTION], how[64];
	unsigned int number;
	struct machine *machine = adapter_of(request, &number, section);

	if (!machine)
		return;
	sets_add(&sets, section, "switch", vswitch);
	snprintf(how, sizeof(how), vswitch ? "plugged in %.40s" :
		"without a cable", vswitch);
	change(request, machine, number, &sets, how);
}

static void plug_in(struct request *request, const char *output)
{
	(void)output;
	set_switch(request, request_text(request, "switch"));
}

void run_nic_connect(struct request *request)
{
	char section[SECTION];
	unsigned int number;

	if (adapter_of(request, &number, section))
		command_words_with_switch(request, plug_in);
}

void run_nic_disconnect(struct request *request)
{
	set_switch(request, NULL);
}

void run_nic_set(struct request *request)
{
	struct sets sets = { .count = 0 };
	char section[SECTION];
	unsigned int number;
	struct machine *machine = adapter_of(request, &number, section);

	if (!machine)
		return;
	sets_add_pairs(&sets, section, json_object_get(request->args, "set"));
	change(request, machine, number, &sets, "changed");
}

void run_nic_remove(struct request *request)
{
	struct sets sets = { .count = 0 };
	char section[SECTION];
	unsigned int number;
	struct machine *machine = adapter_of(request, &number, section);

	if (!machine)
		return;
	sets_drop(&sets, section);
	change(request, machine, number, &sets, "removed");
}
