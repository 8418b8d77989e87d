/* Verbs for the disks of a VM. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "definition_keys.h"
#include "disk/names.h"
#include "newdisk.h"

/* IDE's second channel is for discs. */
static bool find_place(struct plug *plug)
{
	const struct definition *definition = &plug->machine->definition;

	plug->ide = plug->machine->state == LIFE_OFF;
	for (plug->place = 0; plug->ide && plug->place < 2; plug->place++)
		if (!definition_drive(definition, true, plug->place))
			return true;
	plug->ide = false;
	for (plug->place = 0; plug->place < DEFINITION_SCSI; plug->place++)
		if (!definition_drive(definition, false, plug->place))
			return true;
	return false;
}

static bool take_place(struct plug *plug)
{
	const char *place = request_text(plug->request, "place");
	char text[DESCRIBE_PLACE];

	if (!place && find_place(plug))
		return true;
	if (!place) {
		plug_refuse(plug, REFUSE_EXISTS, "vm disk remove makes room",
			"%s has no place for another disk",
			plug->machine->name);
		return false;
	}
	definition_place(place, &plug->ide, &plug->place);
	if (!definition_drive(&plug->machine->definition, plug->ide,
		plug->place))
		return true;
	plug_place(plug, text);
	plug_refuse(plug, REFUSE_EXISTS, "without a place it is a free one",
		"%s has a drive at %s already", plug->machine->name, text);
	return false;
}

static bool take_file(struct plug *plug)
{
	const char *file = request_text(plug->request, "file");
	const char *size = request_text(plug->request, "size");
	const char *format = request_text(plug->request, "format");

	if (!file && !size) {
		plug_refuse(plug, REFUSE_ARGUMENT, "--size 20G makes a new "
			"disk, --file NAME takes one that is there",
			"disk add: size or file is missing");
		return false;
	}
	plug->format = DISK_VHDX;
	if (format)
		format_of_name(format, &plug->format);
	else if (file)
		format_of_file(file, &plug->format);
	if (file)
		strcpy(plug->file, file);
	plug->own_name = !file;
	if (size)
		size_of_name(size, &plug->size);
	plug->read_only = request_flag(plug->request, "read-only");
	if (!size || plug->format != DISK_VHD)
		return true;
	plug_refuse(plug, REFUSE_ARGUMENT, NULL, "a new disk is VHDX or raw: "
		"VHD is only read");
	return false;
}

void run_disk_add(struct request *request)
{
	struct machine *machine = ask_defined(request);
	struct plug *plug = machine ? plug_new(request, machine) : NULL;

	if (!plug || !take_place(plug) || !take_file(plug))
		return;
	plug->now = plug_reaches(plug);
	newdisk_add(plug);
}

/* The drive that the request names; false: it is refused. */
static bool named_drive(struct request *request,
	const struct machine *machine, const char *verb, struct plug *plug)
{
	const char *place = request_text(request, "place");
	const struct drive *drive;

	definition_place(place, &plug->ide, &plug->place);
	drive = definition_drive(&machine->definition, plug->ide, plug->place);
	if (!drive) {
		plug_refuse(plug, REFUSE_ABSENT, "vm show shows its drives",
			"%s: %s has no drive at %s", verb, machine->name,
			place);
		return false;
	}
	plug->dvd = drive->dvd;
	snprintf(plug->file, sizeof(plug->file), "%s",
		drive->file ? drive->file : "");
	return true;
}

void run_disk_set(struct request *request)
{
	struct machine *machine = ask_defined(request);
	struct plug *plug = machine ? plug_new(request, machine) : NULL;
	char section[DESCRIBE_PLACE + 8], place[DESCRIBE_PLACE];
	char does[LINE_SENTENCE], did[LINE_SENTENCE];
	struct sets sets = { .count = 0 };

	if (!plug || !named_drive(request, machine, "disk set", plug))
		return;
	plug_section(plug, section);
	plug_place(plug, place);
	plug_free(plug);
	sets_add_pairs(&sets, section, json_object_get(request->args, "set"));
	snprintf(does, sizeof(does), "the drive of %s at %s would change",
		machine->name, place);
	snprintf(did, sizeof(did), "the drive of %s at %s is changed",
		machine->name, place);
	alter(request, machine, &sets, ALTER_LATER, does, did);
}

void run_disk_remove(struct request *request)
{
	struct machine *machine = ask_defined(request);
	struct plug *plug = machine ? plug_new(request, machine) : NULL;
	char section[DESCRIBE_PLACE + 8], place[DESCRIBE_PLACE];
	struct sets sets = { .count = 0 };
	char does[LINE_SENTENCE];

	if (!plug || !named_drive(request, machine, "disk remove", plug))
		return;
	plug_section(plug, section);
	plug_place(plug, place);
	sets_drop(&sets, section);
	snprintf(does, sizeof(does), "%s would lose its drive at %s",
		machine->name, place);
	plug->conf = alter_try(request, machine, &sets, does);
	if (!plug->conf) {
		plug_free(plug);
		return;
	}
	plug->now = machine_link(machine) && !plug->ide;
	snprintf(plug->did, sizeof(plug->did), "%s has no drive at %s any "
		"more%s%.300s", machine->name, place,
		plug->file[0] ? "; its file stays: " : "", plug->file);
	plug_out(plug, CONTROL_STORAGE_REMOVE);
}

void run_disk_create(struct request *request)
{
	const char *format = request_text(request, "format");
	struct machine *machine = ask_machine(request);
	struct plug *plug = machine ? plug_new(request, machine) : NULL;

	if (!plug)
		return;
	strcpy(plug->file, request_text(request, "file"));
	size_of_name(request_text(request, "size"), &plug->size);
	plug->format = DISK_VHDX;
	if (format)
		format_of_name(format, &plug->format);
	else
		format_of_file(plug->file, &plug->format);
	if (plug->format == DISK_VHD)
		plug_refuse(plug, REFUSE_ARGUMENT, "--format vhdx, or another "
			"name", "a new disk is VHDX or raw: VHD is only read");
	else
		newdisk_alone(plug);
}
