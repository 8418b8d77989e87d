/* Verbs for discs in a VM's DVD drives. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <stdio.h>
#include <string.h>

#include "definition_keys.h"
#include "discs.h"
#include "plug.h"

static const struct drive *find_dvd(const struct definition *definition,
	bool loaded)
{
	const struct drive *drive = definition->drives;
	unsigned int i;

	for (i = 0; i < definition->drive_count; i++, drive++)
		if (drive->dvd && (!loaded || drive->file))
			return drive;
	return NULL;
}

/* The drive that a request means; NULL: it has none, or none there. */
static const struct drive *meant(struct plug *plug, bool loaded)
{
	const struct definition *definition = &plug->machine->definition;
	const char *place = request_text(plug->request, "place");
	const struct drive *drive;

	if (place) {
		definition_place(place, &plug->ide, &plug->place);
		return definition_drive(definition, plug->ide, plug->place);
	}
	drive = find_dvd(definition, loaded);
	if (!drive && loaded)
		drive = find_dvd(definition, false);
	if (drive) {
		plug->ide = drive->ide;
		plug->place = drive->place;
	}
	return drive;
}

/* A new drive: ide1:0, or a SCSI one in a VM that runs. */
static bool find_place(struct plug *plug)
{
	const struct definition *definition = &plug->machine->definition;
	unsigned int i;

	plug->ide = plug->machine->state == LIFE_OFF;
	for (i = 2; plug->ide && i < DEFINITION_IDE; i++)
		if (!definition_drive(definition, true, i)) {
			plug->place = i;
			return true;
		}
	plug->ide = false;
	for (i = 0; i < DEFINITION_SCSI; i++)
		if (!definition_drive(definition, false, i)) {
			plug->place = i;
			return true;
		}
	return false;
}

static bool define(struct plug *plug, const char *file)
{
	char section[DESCRIBE_PLACE + 8], place[DESCRIBE_PLACE];
	char does[LINE_SENTENCE * 2];
	struct sets sets = { .count = 0 };

	plug_section(plug, section);
	plug_place(plug, place);
	sets_add(&sets, section, "file", file);
	snprintf(does, sizeof(does), "%s would have %.300s in its drive at %s",
		plug->machine->name, file ? file : "no disc", place);
	snprintf(plug->did, sizeof(plug->did), "%s has %.300s in its drive "
		"at %s", plug->machine->name, file ? file : "no disc", place);
	plug->conf = alter_try(plug->request, plug->machine, &sets, does);
	if (plug->conf)
		return true;
	plug_free(plug);
	return false;
}

/* A drive that is new is no IDE one of a VM that runs. */
static void insert(struct plug *plug, bool there)
{
	plug->now = machine_link(plug->machine) && (there || !plug->ide);
	plug_in(plug, there ? CONTROL_STORAGE_INSERT : CONTROL_STORAGE_ADD);
}

static void found(void *context, const char *path)
{
	struct plug *plug = context;
	const struct drive *drive;
	bool there;

	snprintf(plug->file, sizeof(plug->file), "%s", path);
	drive = meant(plug, false);
	there = drive;
	if (drive && !drive->dvd)
		plug_refuse(plug, REFUSE_EXISTS, "vm show shows its drives",
			"what %s has there is a disk", plug->machine->name);
	else if (!drive && !request_text(plug->request, "place") &&
		!find_place(plug))
		plug_refuse(plug, REFUSE_EXISTS, "vm disk remove makes room",
			"%s has no place for a drive", plug->machine->name);
	else if (define(plug, plug->file))
		insert(plug, there);
}

void run_iso_insert(struct request *request)
{
	struct machine *machine = ask_defined(request);
	struct plug *plug = machine ? plug_new(request, machine) : NULL;

	if (!plug)
		return;
	plug->dvd = true;
	discs_find(ask_machines(request), request_text(request, "file"),
		found, plug);
}

void run_iso_eject(struct request *request)
{
	struct machine *machine = ask_defined(request);
	struct plug *plug = machine ? plug_new(request, machine) : NULL;
	const struct drive *drive;

	if (!plug)
		return;
	plug->dvd = true;
	drive = meant(plug, true);
	if (!drive || !drive->dvd) {
		plug_refuse(plug, REFUSE_ABSENT, "vm show shows its drives",
			"%s has no DVD drive%s", machine->name,
			request_text(request, "place") ? " there" : "");
	} else if (!drive->file) {
		plug_refuse(plug, REFUSE_ABSENT, NULL,
			"the drive of %s is empty", machine->name);
	} else if (define(plug, NULL)) {
		plug->now = machine_link(machine);
		plug_out(plug, CONTROL_STORAGE_EJECT);
	}
}

void run_iso_list(struct request *request)
{
	discs_list(request);
}
