/* Verbs that change what a VM is: settings, memory, services. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <stdio.h>
#include <string.h>

#include "alter.h"
#include "definition_keys.h"
#include "line.h"

static const char vm[] = "vm";

/* Some settings are the service's, which looks at them when it needs them. */
static enum alter_when when_set(const struct sets *sets)
{
	static const char *const own[] = { "notes", "start", "start-order",
		"start-delay", "start-wait", "stop", "stop-limit", NULL };
	int i;

	for (i = 0; i < sets->count; i++)
		if (definition_word(own, sets->items[i].key,
			strlen(sets->items[i].key)) < 0)
			return ALTER_LATER;
	return ALTER_WRITTEN;
}

void run_set(struct request *request)
{
	struct machine *machine = ask_defined(request);
	struct sets sets = { .count = 0 };
	char does[LINE_SENTENCE], did[LINE_SENTENCE];

	if (!machine)
		return;
	sets_add_pairs(&sets, vm, json_object_get(request->args, "set"));
	snprintf(does, sizeof(does), "the settings of %s would change",
		machine->name);
	snprintf(did, sizeof(did), "the settings of %s are changed",
		machine->name);
	alter(request, machine, &sets, when_set(&sets), does, did);
}

void run_memory(struct request *request)
{
	const char *size = request_text(request, "size");
	struct machine *machine = ask_defined(request);
	struct sets sets = { .count = 0 };
	char does[LINE_SENTENCE], did[LINE_SENTENCE];

	if (!machine)
		return;
	if (!size) {
		request_answer(request, json_pack("{s:s, s:I}", "name",
			machine->name, "memory",
			(json_int_t)machine->definition.memory));
		return;
	}
	sets_add(&sets, vm, "memory", size);
	snprintf(does, sizeof(does), "%s would have %s of memory",
		machine->name, size);
	snprintf(did, sizeof(did), "%s has %s of memory", machine->name,
		size);
	alter(request, machine, &sets, ALTER_LATER, does, did);
}

static void show_services(struct request *request,
	const struct machine *machine)
{
	json_t *services = json_object();
	int i;

	json_object_set_new(services, "name", json_string(machine->name));
	for (i = 0; words_integration[i]; i++)
		json_object_set_new(services, words_integration[i],
			json_string(machine->definition.services_off >> i & 1 ?
				"off" : "on"));
	request_answer(request, services);
}

/* Those that are off, as the definition names them. */
static void services_off(unsigned int off, char *text)
{
	int i;

	*text = '\0';
	for (i = 0; words_integration[i]; i++)
		if (off >> i & 1)
			sprintf(text + strlen(text), "%s%s", *text ? " " : "",
				words_integration[i]);
}

static void switch_service(struct request *request, struct machine *machine,
	const char *service, bool on)
{
	unsigned int off = machine->definition.services_off, bit;
	char does[LINE_SENTENCE], did[LINE_SENTENCE], text[64];
	struct sets sets = { .count = 0 };

	bit = 1u << definition_word(words_integration, service,
		strlen(service));
	services_off(on ? off & ~bit : off | bit, text);
	sets_add(&sets, vm, "integration", text);
	snprintf(does, sizeof(does), "%s would be %s for %s", service,
		on ? "on" : "off", machine->name);
	snprintf(did, sizeof(did), "%s is %s for %s", service,
		on ? "on" : "off", machine->name);
	alter(request, machine, &sets, ALTER_LATER, does, did);
}

void run_integration(struct request *request)
{
	const char *service = request_text(request, "service");
	const char *state = request_text(request, "state");
	struct machine *machine = ask_defined(request);

	if (!machine)
		return;
	if (!service && !state)
		show_services(request, machine);
	else if (!state || !service)
		request_refuse(request, REFUSE_ARGUMENT, "vm integration "
			"VM SERVICE on, or off", "integration: %s is missing",
			service ? "state" : "service");
	else
		switch_service(request, machine, service,
			!strcmp(state, "on"));
}
