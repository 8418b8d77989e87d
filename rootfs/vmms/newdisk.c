/* New disks: the file is made, then the VM gets it. */
/* SPDX-License-Identifier: MIT */
#include "newdisk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "disk/names.h"

#define TRIES	100u

int newdisk_begin(struct machines *machines, const char *name,
	const char *file, enum disk_format format, uint64_t size,
	job_done *done, void *context)
{
	struct helper_request request = { .type = HELPER_DISK_CREATE };

	snprintf(request.name, sizeof(request.name), "%s", name);
	snprintf(request.file, sizeof(request.file), "%s", file);
	request.disk.size = size;
	request.disk.format = format;
	return job_begin(machines, &request, NULL, NULL, done, context);
}

enum refusal newdisk_judge(const struct job_end *end, const char *file,
	char *why)
{
	const char *text = end->error ? end->why : end->output;
	int size = (int)strcspn(text, "\n");

	if (!end->error && !end->status)
		return REFUSALS;
	if (!size)
		text = end->error ? strerror(-end->error) :
			"who made it has ended before it was whole";
	if (size)
		snprintf(why, LINE_SENTENCE, "%.*s", size, text);
	else
		snprintf(why, LINE_SENTENCE, "%.120s is not made: %s", file,
			text);
	conf_printable(why);
	return end->error ? outcome_refusal(end->error) : REFUSE_FAILED;
}

static void refuse_error(struct plug *plug, int error)
{
	plug_refuse(plug, outcome_refusal(error), NULL, "%s is not made: %s",
		plug->file, strerror(-error));
}

/* The first of disk.vhdx, disk2.vhdx, ... from the last one tried on. */
static void next_name(struct plug *plug)
{
	const char *end = plug->format == DISK_RAW ? "raw" : "vhdx";

	plug->tries++;
	if (plug->tries == 1)
		snprintf(plug->file, sizeof(plug->file), "disk.%s", end);
	else
		snprintf(plug->file, sizeof(plug->file), "disk%u.%s",
			plug->tries, end);
}

static bool is_named(const struct plug *plug)
{
	const struct definition *definition = &plug->machine->definition;
	unsigned int i;

	for (i = 0; i < definition->drive_count; i++)
		if (definition->drives[i].file &&
		    !strcasecmp(definition->drives[i].file, plug->file))
			return true;
	return false;
}

/* The definition that the VM shall have. False: it is answered. */
static bool define(struct plug *plug)
{
	char section[DESCRIBE_PLACE + 8], place[DESCRIBE_PLACE];
	char does[LINE_SENTENCE * 2];
	struct sets sets = { .count = 0 };

	plug_section(plug, section);
	plug_place(plug, place);
	sets_add(&sets, section, "file", plug->file);
	if (plug->format != DISK_VHDX)
		sets_add(&sets, section, "format", format_name(plug->format));
	if (plug->read_only)
		sets_add(&sets, section, "read-only", "yes");
	snprintf(does, sizeof(does), "%s would have %.300s at %s%s",
		plug->machine->name, plug->file, place,
		plug->size ? ", a new disk" : "");
	plug->conf = alter_try(plug->request, plug->machine, &sets, does);
	snprintf(plug->did, sizeof(plug->did), "%s has %.300s at %s%s",
		plug->machine->name, plug->file, place,
		plug->size ? ", a new disk" : "");
	if (plug->conf)
		return true;
	plug_free(plug);
	return false;
}

static void make(struct plug *plug);

static void made(void *context, const struct job_end *end)
{
	struct plug *plug = context;
	char why[LINE_SENTENCE];
	enum refusal refusal = newdisk_judge(end, plug->file, why);

	if (refusal == REFUSALS) {
		plug->made = true;
		plug_in(plug, CONTROL_STORAGE_ADD);
	} else if (end->error == -EEXIST && plug->own_name &&
		plug->tries < TRIES) {
		conf_free(plug->conf);
		plug->conf = NULL;
		make(plug);
	} else {
		plug_refuse(plug, refusal, end->error == -EEXIST ?
			"--file takes a disk that is there, without --size" :
			NULL, "%s", why);
	}
}

static void make(struct plug *plug)
{
	int error;

	while (plug->own_name) {
		next_name(plug);
		if (!is_named(plug))
			break;
	}
	if (!define(plug))
		return;
	error = newdisk_begin(plug->machine->machines, plug->machine->name,
		plug->file, plug->format, plug->size, made, plug);
	if (error)
		refuse_error(plug, error);
}

void newdisk_add(struct plug *plug)
{
	if (plug->size)
		make(plug);
	else if (define(plug))
		plug_in(plug, CONTROL_STORAGE_ADD);
}

static void made_alone(void *context, const struct job_end *end)
{
	struct plug *plug = context;
	char why[LINE_SENTENCE];
	enum refusal refusal = newdisk_judge(end, plug->file, why);

	if (refusal != REFUSALS) {
		plug_refuse(plug, refusal, NULL, "%s", why);
		return;
	}
	ask_say(plug->request, "%s is made; vm disk add %s --file %s gives it "
		"to the VM", plug->file, plug->machine->name, plug->file);
	plug_free(plug);
}

void newdisk_alone(struct plug *plug)
{
	int error;

	if (plug->request->dry_run) {
		ask_say(plug->request, "%s would be made in the folder of %s",
			plug->file, plug->machine->name);
		plug_free(plug);
		return;
	}
	error = newdisk_begin(plug->machine->machines, plug->machine->name,
		plug->file, plug->format, plug->size, made_alone, plug);
	if (error)
		refuse_error(plug, error);
}
