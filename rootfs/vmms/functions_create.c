/* vm create: a VM with all that it has at first. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_words.h"
#include "discs.h"
#include "disk/names.h"
#include "image.h"
#include "line.h"
#include "newdisk.h"
#include "nicdefaults.h"
#include "sets.h"

#define DISK	"disk.vhdx"

struct creation {
	struct request *request;
	struct machines *machines;
	const char *name;	/* the request's */
	int storage;
	uint64_t disk;		/* bytes; 0: none */
	char disc[IMAGE_SIZE];	/* or "" */
	char why[LINE_SENTENCE * 2];	/* it is taken back */
	enum refusal refusal;
};

static void refuse(struct creation *creation, enum refusal refusal,
	const char *hint, const char *text)
{
	request_refuse(creation->request, refusal, hint, "%s", text);
	free(creation);
}

/* A folder in memory is gone with the host's power. */
static void answer(struct creation *creation)
{
	const char *path = creation->machines->storages[creation->storage];
	bool lost = !strncmp(path, "/run/", 5);
	char text[LINE_SENTENCE * 3];

	snprintf(text, sizeof(text), "%s is made, in %.200s%s%s",
		creation->name, path, lost ? "\nthis folder is in the host's "
			"memory: what is in it is gone at the next start;\n"
			"vm host set host storage=PATH names one that stays" :
			"", "");
	ask_done(creation->request, text);
	free(creation);
}

static void taken_back(void *context, const struct outcome *outcome)
{
	struct creation *creation = context;

	(void)outcome;
	refuse(creation, creation->refusal, NULL, creation->why);
}

/* All, or nothing. */
static void take_back(struct creation *creation, enum refusal refusal)
{
	struct machine *machine = machines_find(creation->machines,
		creation->name);
	struct outcome_for whom = { taken_back, NULL, creation };

	creation->refusal = refusal;
	if (machine)
		machines_delete(machine, true, &whom);
	else
		refuse(creation, refusal, NULL, creation->why);
}

static void disk_made(void *context, const struct job_end *end)
{
	struct creation *creation = context;
	char why[LINE_SENTENCE];
	enum refusal refusal = newdisk_judge(end, DISK, why);

	snprintf(creation->why, sizeof(creation->why),
		"%s is not made, as its disk is not: %s", creation->name, why);
	if (refusal == REFUSALS)
		answer(creation);
	else
		take_back(creation, refusal);
}

static void made(void *context, const struct outcome *outcome)
{
	struct creation *creation = context;
	int error;

	if (outcome->refusal != REFUSALS) {
		ask_refuse(creation->request, outcome);
		free(creation);
		return;
	}
	if (!creation->disk) {
		answer(creation);
		return;
	}
	error = newdisk_begin(creation->machines, creation->name, DISK,
		DISK_VHDX, creation->disk, disk_made, creation);
	if (!error)
		return;
	snprintf(creation->why, sizeof(creation->why), "%s is not made: %s",
		creation->name, strerror(-error));
	take_back(creation, outcome_refusal(error));
}

static void gather(struct creation *creation, const struct conf *conf,
	struct sets *sets)
{
	const struct request *request = creation->request;
	const char *vswitch = request_text(request, "switch");
	int64_t processors = request_number(request, "processors", 0);
	char text[24];
	struct id id;

	sets_add_pairs(sets, "vm", json_object_get(request->args, "set"));
	if (request_text(request, "memory"))
		sets_add(sets, "vm", "memory", request_text(request,
			"memory"));
	snprintf(text, sizeof(text), "%lld", (long long)processors);
	if (processors)
		sets_add(sets, "vm", "processors", text);
	if (creation->disk)
		sets_add(sets, "disk ide0:0", "file", DISK);
	if (creation->disc[0])
		sets_add(sets, "dvd ide1:0", "file", creation->disc);
	if (vswitch && id_read(conf_value(conf, "vm", "id", 0), &id))
		nicdefaults_add(creation->machines, &id, 0, vswitch, sets);
}

/* With an empty drive: a section without a key. */
static struct conf *draft(void)
{
	static const char section[] = "dvd ide1:0", *const none = "none";
	struct conf *conf = definition_new();

	if (!conf)
		return NULL;
	if (!conf_set(conf, section, "file", &none, 1, NULL, NULL) &&
	    !conf_unset(conf, section, "file"))
		return conf;
	conf_free(conf);
	return NULL;
}

/* NULL: it is refused. */
static struct conf *define(struct creation *creation)
{
	const struct machines *machines = creation->machines;
	struct definition_home home = { machines->storages,
		machines->storage_count, creation->storage, creation->name };
	struct sets sets = { .count = 0 };
	struct trouble why = { "" };
	struct conf *conf = draft();
	int error = -ENOMEM;

	if (conf)
		gather(creation, conf, &sets);
	if (sets.failed)
		trouble(&why, 0, "that is too much for one command");
	else if (conf)
		error = definition_change(conf, &home, sets.items, sets.count,
			&why);
	sets_free(&sets);
	if (!error)
		return conf;
	conf_free(conf);
	refuse(creation, error == -ENOMEM ? REFUSE_FAILED : REFUSE_ARGUMENT,
		NULL, why.text[0] ? why.text : strerror(-error));
	return NULL;
}

static void create(struct creation *creation)
{
	struct conf *conf = define(creation);
	struct outcome_for whom = { made, NULL, creation };

	if (!conf)
		return;
	if (creation->request->dry_run) {
		ask_say(creation->request, "%s would be made, in %.200s",
			creation->name,
			creation->machines->storages[creation->storage]);
		conf_free(conf);
		free(creation);
		return;
	}
	machines_create(creation->machines, creation->storage, creation->name,
		conf, &whom);
}

static void disc_found(void *context, const char *path)
{
	struct creation *creation = context;
	char text[LINE_SENTENCE * 2 + 100];

	if (!image_is_path(path)) {
		snprintf(text, sizeof(text), "there is no disc %s", path);
		refuse(creation, REFUSE_ABSENT, "vm iso list shows all; a "
			"path names a file elsewhere", text);
		return;
	}
	snprintf(creation->disc, sizeof(creation->disc), "%s", path);
	create(creation);
}

/* False: it is refused. */
static bool take_name(struct creation *creation)
{
	creation->name = request_text(creation->request, "name");
	if (!machines_find(creation->machines, creation->name))
		return true;
	refuse(creation, REFUSE_EXISTS, "vm list shows all; names that differ "
		"only in case are one", "there is a VM of this name already");
	return false;
}

static bool take_storage(struct creation *creation)
{
	const char *path = request_text(creation->request, "storage");

	if (path)
		creation->storage = machines_storage(creation->machines, path);
	if (creation->machines->storage_count && creation->storage >= 0)
		return true;
	refuse(creation, REFUSE_ABSENT, "vm host show has them; without "
		"--storage it is the first one", path ?
		"that is no storage folder" : "there is no storage folder");
	return false;
}

static void begin(struct request *request, const char *output)
{
	const char *iso = request_text(request, "iso");
	const char *disk = request_text(request, "disk");
	struct creation *creation = calloc(1, sizeof(*creation));

	(void)output;
	if (!creation) {
		ask_no_memory(request);
		return;
	}
	creation->request = request;
	creation->machines = ask_machines(request);
	if (disk)
		size_of_name(disk, &creation->disk);
	if (!take_name(creation) || !take_storage(creation))
		return;
	if (iso)
		discs_find(creation->machines, iso, disc_found, creation);
	else
		create(creation);
}

void run_create(struct request *request)
{
	command_words_with_switch(request, begin);
}
