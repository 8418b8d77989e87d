/* What is done to VMs' files: made, written, renamed, deleted. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition_keys.h"
#include "errand.h"
#include "image.h"
#include "machine_list.h"

/* One of these, until the helper has done it. */
struct change {
	struct machine *machine;
	struct conf *conf;	/* that is written; owned */
	struct outcome_for whom;
	char name[NAME_SIZE];	/* that it gets */
	bool in_list;
};

static void drop(struct change *change)
{
	conf_free(change->conf);
	free(change);
}

/* The sentence is the helper's. */
static void refused(struct change *change, int error,
	const struct helper_reply *said, const char *what)
{
	struct machine *machine = change->machine;
	const struct outcome_for whom = change->whom;
	char name[NAME_SIZE];

	machine->busy = false;
	strcpy(name, machine->name);
	if (!change->in_list)
		machines_free(machine);
	drop(change);
	outcome_bad(&whom, outcome_refusal(error), NULL,
		"%s cannot be %s: %s", name, what, said ? said->text :
		strerror(-error));
}

static void succeeded(struct change *change, const char *event,
	const char *old, const char *text)
{
	struct machine *machine = change->machine;
	const struct outcome_for whom = change->whom;

	machine->busy = false;
	machines_compare(machine->machines);
	drop(change);
	machines_tell(machine, event, old);
	outcome_good(&whom, text);
}

/* NULL, and it is refused. Conf is owned in either case. */
static struct change *begin(struct machine *machine, struct conf *conf,
	const struct outcome_for *whom)
{
	struct change *change = calloc(1, sizeof(*change));

	if (!change) {
		conf_free(conf);
		outcome_bad(whom, REFUSE_FAILED, NULL, "there is no memory");
		return NULL;
	}
	*change = (struct change){ .machine = machine, .conf = conf,
		.whom = *whom, .in_list = true };
	machine->busy = true;
	return change;
}

/* Why its files cannot be changed now; NULL: they can. */
static const char *is_used(const struct machine *machine)
{
	if (machine->reading)
		return "its definition is being read";
	if (machine->busy)
		return "its files are being changed";
	return NULL;
}

static bool must_wait(const struct machine *machine, bool off,
	const char *what, const struct outcome_for *whom)
{
	const char *why = is_used(machine);

	if (why)
		outcome_bad(whom, REFUSE_BUSY, NULL, "%s cannot be %s: %s",
			machine->name, what, why);
	else if (off && machine->state != LIFE_OFF)
		outcome_bad(whom, REFUSE_STATE, "vm stop stops it first",
			"%s cannot be %s: it is not off, but %s",
			machine->name, what, machine_state(machine));
	else
		return false;
	return true;
}

/* With the bytes of conf. 0 or -errno. */
static int send_conf(struct change *change, struct helper_request *request,
	dialogue_done *done)
{
	struct parcel parcel = { .count = 0 };
	size_t size;
	char *text = conf_text(change->conf, &size);
	int fd = text ? parcel_file(text, size) : -errno;

	free(text);
	if (fd < 0)
		return fd;
	parcel_add(&parcel, fd);
	strcpy(request->name, change->machine->name);
	return errand_send(&change->machine->machines->errands, request,
		&parcel, done, change);
}

/* A new one. */

static void created(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct change *change = context;
	struct machine *machine = change->machine;
	struct conf *conf = change->conf;

	(void)parcel;
	if (!error && machines_find(machine->machines, machine->name))
		error = -EEXIST;
	if (error) {
		refused(change, error, reply, "made");
		return;
	}
	change->conf = NULL;
	machines_add(machine);
	if (machines_take(machine, conf))
		strcpy(machine->trouble, "there is no memory");
	succeeded(change, "created", NULL, NULL);
}

/* NULL, and it is refused. */
static struct machine *new_machine(struct machines *machines, int storage,
	const char *name, const struct outcome_for *whom)
{
	const struct machine *other = machines_find(machines, name);
	struct machine *machine;
	struct trouble why;

	why.text[0] = '\0';
	if (name_check(name, strlen(name), &why)) {
		outcome_bad(whom, REFUSE_ARGUMENT, NULL, "%s", why.text);
		return NULL;
	}
	if (other) {
		outcome_bad(whom, REFUSE_EXISTS, NULL,
			"there is a VM %s already", other->name);
		return NULL;
	}
	machine = machines_new(machines, name, storage);
	if (!machine)
		outcome_bad(whom, REFUSE_FAILED, NULL, "there is no memory");
	return machine;
}

void machines_create(struct machines *machines, int storage, const char *name,
	struct conf *conf, const struct outcome_for *whom)
{
	struct helper_request request = { .type = HELPER_CREATE,
		.storage = (uint32_t)storage };
	struct machine *machine = new_machine(machines, storage, name, whom);
	struct change *change;
	int error;

	if (!machine) {
		conf_free(conf);
		return;
	}
	change = begin(machine, conf, whom);
	if (!change) {
		machines_free(machine);
		return;
	}
	change->in_list = false;
	error = send_conf(change, &request, created);
	if (error)
		refused(change, error, NULL, "made");
}

/* Another definition. */

struct conf *machines_copy(const struct machine *machine)
{
	struct conf *conf = NULL;
	size_t size;
	char *text;

	if (!machine->conf) {
		errno = ENOENT;
		return NULL;
	}
	text = conf_text(machine->conf, &size);
	if (text)
		conf = conf_parse(text, size, definition_kinds, NULL, NULL);
	free(text);
	return conf;
}

static void saved(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct change *change = context;
	struct machine *machine = change->machine;
	struct conf *conf = change->conf;

	(void)parcel;
	if (error) {
		refused(change, error, reply, "changed");
		return;
	}
	change->conf = NULL;
	definition_written(&machine->source);
	if (machines_take(machine, conf))
		refused(change, -ENOMEM, NULL, "changed");
	else
		succeeded(change, "changed", NULL, NULL);
}

void machines_save(struct machine *machine, struct conf *conf,
	const struct outcome_for *whom)
{
	struct helper_request request = { .type = HELPER_SAVE,
		.number = definition_keeps(&machine->source) };
	struct change *change;
	int error;

	if (must_wait(machine, false, "changed", whom)) {
		conf_free(conf);
		return;
	}
	change = begin(machine, conf, whom);
	if (!change)
		return;
	error = send_conf(change, &request, saved);
	if (error)
		refused(change, error, NULL, "changed");
}

/* Another name. */

static void renamed(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct change *change = context;
	struct machine *machine = change->machine;
	char old[NAME_SIZE];

	(void)parcel;
	if (error) {
		refused(change, error, reply, "renamed");
		return;
	}
	strcpy(old, machine->name);
	machines_remove(machine);
	strcpy(machine->name, change->name);
	machines_add(machine);
	succeeded(change, "renamed", old, NULL);
}

static bool bad_name(const struct machine *machine, const char *name,
	const struct outcome_for *whom)
{
	const struct machine *other = machines_find(machine->machines, name);
	struct trouble why;

	why.text[0] = '\0';
	if (name_check(name, strlen(name), &why))
		outcome_bad(whom, REFUSE_ARGUMENT, NULL, "%s", why.text);
	else if (other && other != machine)
		outcome_bad(whom, REFUSE_EXISTS, NULL,
			"there is a VM %s already", other->name);
	else
		return false;
	return true;
}

void machines_rename(struct machine *machine, const char *name,
	const struct outcome_for *whom)
{
	struct helper_request request = { .type = HELPER_RENAME };
	struct change *change;
	int error;

	if (bad_name(machine, name, whom) ||
	    must_wait(machine, true, "renamed", whom))
		return;
	change = begin(machine, NULL, whom);
	if (!change)
		return;
	strcpy(change->name, name);
	strcpy(request.name, machine->name);
	strcpy(request.other, name);
	error = errand_send(&machine->machines->errands, &request, NULL,
		renamed, change);
	if (error)
		refused(change, error, NULL, "renamed");
}

/* None any more. */

static void deleted(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct change *change = context;
	struct machine *machine = change->machine;
	size_t size;
	char *stays;

	if (error) {
		refused(change, error, reply, "deleted");
		return;
	}
	stays = parcel->count ? parcel_read(parcel->fds[0], HELPER_FILE_MAX,
		&size) : NULL;
	machines_remove(machine);
	succeeded(change, "deleted", NULL, stays && *stays ? stays : NULL);
	free(stays);
	machines_free(machine);
}

/* Names of files in its folder, each with its zero. */
static int own_disks(const struct machine *machine, struct parcel *parcel)
{
	const struct definition *definition = &machine->definition;
	unsigned int i;
	size_t size = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);
	int fd;

	if (!stream)
		return -ENOMEM;
	for (i = 0; machine->conf && i < definition->drive_count; i++) {
		const struct drive *drive = &definition->drives[i];

		if (!drive->dvd && drive->file &&
		    !image_is_path(drive->file))
			fwrite(drive->file, 1, strlen(drive->file) + 1, stream);
	}
	fd = fclose(stream) ? -ENOMEM : parcel_file(text, size);
	free(text);
	return fd < 0 ? fd : parcel_add(parcel, fd);
}

void machines_delete(struct machine *machine, bool disks,
	const struct outcome_for *whom)
{
	struct helper_request request = { .type = HELPER_DELETE };
	struct parcel parcel = { .count = 0 };
	struct change *change;
	int error;

	if (must_wait(machine, true, "deleted", whom))
		return;
	change = begin(machine, NULL, whom);
	if (!change)
		return;
	strcpy(request.name, machine->name);
	error = disks ? own_disks(machine, &parcel) :
		parcel_add(&parcel, parcel_file("", 0));
	if (!error)
		error = errand_send(&machine->machines->errands, &request,
			&parcel, deleted, change);
	if (error)
		refused(change, error, NULL, "deleted");
}
