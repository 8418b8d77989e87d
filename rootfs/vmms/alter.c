/* A VM's definition is changed for a request, in memory and on the medium. */
/* SPDX-License-Identifier: MIT */
#include "alter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

/* Until the definition is written. */
struct saving {
	struct request *request;
	char did[2 * LINE_SENTENCE];
	bool now;		/* its worker has it already */
};

static struct conf *copy(const struct machine *machine, struct sets *sets)
{
	struct conf *conf = machines_copy(machine);

	if (!conf)
		return NULL;
	sets_trim(sets, conf);
	conf_free(conf);
	return sets->failed ? NULL : machines_copy(machine);
}

struct conf *alter_try(struct request *request, const struct machine *machine,
	struct sets *sets, const char *does)
{
	struct definition_home home = machine_home(machine);
	struct conf *conf = copy(machine, sets);
	struct trouble why = { "" };
	bool dry_run = request->dry_run;
	int error = -ENOMEM;

	if (sets->failed)
		trouble(&why, 0, "that is too much for one command");
	else if (conf)
		error = definition_change(conf, &home, sets->items,
			sets->count, &why);
	sets_free(sets);
	if (error)
		request_refuse(request, error == -ENOENT ? REFUSE_ABSENT :
			REFUSE_ARGUMENT, NULL, "%s: %s", machine->name,
			why.text[0] ? why.text : strerror(-error));
	else if (dry_run)
		ask_say(request, "%s", does);
	if (!error && !dry_run)
		return conf;
	conf_free(conf);
	return NULL;
}

static void saved(void *context, const struct outcome *outcome)
{
	struct saving *saving = context;

	if (outcome->refusal == REFUSALS)
		ask_done(saving->request, saving->did);
	else if (saving->now)
		request_refuse(saving->request, outcome->refusal,
			outcome->hint, "the VM has it now, and at its next "
			"start no more: %s", outcome->text);
	else
		ask_refuse(saving->request, outcome);
	free(saving);
}

void alter_save(struct request *request, struct machine *machine,
	struct conf *conf, enum alter_when when, const char *did)
{
	struct saving *saving = calloc(1, sizeof(*saving));
	struct outcome_for whom = { saved, NULL, saving };
	bool on = machine->state != LIFE_OFF;

	if (!saving) {
		conf_free(conf);
		ask_no_memory(request);
		return;
	}
	saving->request = request;
	saving->now = on && when == ALTER_NOW;
	snprintf(saving->did, sizeof(saving->did), "%s%s", did,
		on && when == ALTER_LATER ? "\nthe VM is not off: it has that "
			"from its next start on" : "");
	machines_save(machine, conf, &whom);
}

void alter(struct request *request, struct machine *machine,
	struct sets *sets, enum alter_when when, const char *does,
	const char *did)
{
	struct conf *conf = alter_try(request, machine, sets, does);

	if (conf)
		alter_save(request, machine, conf, when, did);
}
