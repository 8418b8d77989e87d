/* vm cpu: a VM's processors, and their share of the host's. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alter.h"
#include "errand.h"
#include "line.h"

/* A share on its way to a VM that runs. */
struct sharing {
	struct request *request;
	struct machine *machine;
	struct conf *conf;	/* what the VM shall have; owned */
};

static const char done[] = "the processors of %s are changed";

static void show(struct request *request, const struct machine *machine)
{
	const struct definition *definition = &machine->definition;

	request_answer(request, json_pack("{s:s, s:I, s:I, s:I}",
		"name", machine->name,
		"processors", (json_int_t)definition->processors,
		"weight", (json_int_t)definition->cpu_weight,
		"cap", (json_int_t)definition->cpu_cap));
}

static void add_number(struct sets *sets, const struct request *request,
	const char *name, const char *key)
{
	int64_t value = request_number(request, name, 0);
	char text[24];

	if (!value)
		return;
	snprintf(text, sizeof(text), "%" PRId64, value);
	sets_add(sets, "vm", key, text);
}

static void save(struct request *request, struct machine *machine,
	struct conf *conf, enum alter_when when)
{
	char did[LINE_SENTENCE];

	snprintf(did, sizeof(did), done, machine->name);
	alter_save(request, machine, conf, when, did);
}

static void shared(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct sharing *sharing = context;

	(void)parcel;
	if (!error) {
		save(sharing->request, sharing->machine, sharing->conf,
			ALTER_NOW);
	} else {
		conf_free(sharing->conf);
		request_refuse(sharing->request, outcome_refusal(error), NULL,
			"%s runs, and keeps its share: %s",
			sharing->machine->name, said && said->text[0] ?
				said->text : strerror(-error));
	}
	free(sharing);
}

/* As at its start (launch.c). */
static int share(struct sharing *sharing)
{
	struct helper_request errand = { .type = HELPER_LIMITS };
	struct definition definition;
	int error = definition_take(&definition, sharing->conf);

	if (error)
		return error;
	strcpy(errand.name, sharing->machine->name);
	errand.limits.weight = definition.cpu_weight;
	errand.limits.cap = definition.cpu_cap == 100 ? 0 :
		definition.cpu_cap * definition.processors;
	definition_free(&definition);
	return errand_send(&sharing->machine->machines->errands, &errand,
		NULL, shared, sharing);
}

static void begin(struct request *request, struct machine *machine,
	struct conf *conf)
{
	struct sharing *sharing = calloc(1, sizeof(*sharing));
	int error = -ENOMEM;

	if (sharing) {
		*sharing = (struct sharing){ request, machine, conf };
		error = share(sharing);
	}
	if (!error)
		return;
	free(sharing);
	conf_free(conf);
	request_refuse(request, outcome_refusal(error), NULL, "%s",
		strerror(-error));
}

/* How many there are stays until the VM's end. */
void run_cpu(struct request *request)
{
	bool count = request_number(request, "count", 0);
	struct machine *machine = ask_defined(request);
	struct sets sets = { .count = 0 };
	char does[LINE_SENTENCE];
	struct conf *conf;

	if (!machine)
		return;
	add_number(&sets, request, "count", "processors");
	add_number(&sets, request, "weight", "cpu-weight");
	add_number(&sets, request, "cap", "cpu-cap");
	if (!sets.count) {
		show(request, machine);
		return;
	}
	snprintf(does, sizeof(does), "the processors of %s would change",
		machine->name);
	conf = alter_try(request, machine, &sets, does);
	if (!conf)
		return;
	if (count || !machine_link(machine))
		save(request, machine, conf, ALTER_LATER);
	else
		begin(request, machine, conf);
}
