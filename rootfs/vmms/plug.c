/* A drive of a VM on its way: into its definition, and, where the VM runs, into
 * the VM. */
/* SPDX-License-Identifier: MIT */
#include "plug.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errand.h"

struct plug *plug_new(struct request *request, struct machine *machine)
{
	struct plug *plug = calloc(1, sizeof(*plug));

	if (!plug) {
		ask_no_memory(request);
		return NULL;
	}
	plug->request = request;
	plug->machine = machine;
	return plug;
}

void plug_free(struct plug *plug)
{
	conf_free(plug->conf);
	free(plug);
}

void plug_place(const struct plug *plug, char text[DESCRIBE_PLACE])
{
	describe_place(plug->ide, plug->place, text);
}

void plug_section(const struct plug *plug, char text[DESCRIBE_PLACE + 8])
{
	char place[DESCRIBE_PLACE];

	plug_place(plug, place);
	snprintf(text, DESCRIBE_PLACE + 8, "%s %s",
		plug->dvd ? "dvd" : "disk", place);
}

bool plug_reaches(const struct plug *plug)
{
	return machine_link(plug->machine) && (!plug->ide || plug->dvd);
}

/* Nobody waits for that: a file too many does no harm. */
static void forget(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	(void)context, (void)error, (void)reply, (void)parcel;
}

static struct helper_request errand_of(const struct plug *plug,
	enum helper_type type)
{
	struct helper_request request = { .type = type };

	strcpy(request.name, plug->machine->name);
	strcpy(request.file, plug->file);
	return request;
}

void plug_refuse(struct plug *plug, enum refusal refusal, const char *hint,
	const char *format, ...)
{
	struct helper_request errand = errand_of(plug, HELPER_DISK_DELETE);
	char text[ASK_SENTENCE];
	va_list list;

	va_start(list, format);
	ask_print(text, format, list);
	va_end(list);
	if (plug->made)
		errand_send(&plug->machine->machines->errands, &errand, NULL,
			forget, NULL);
	request_refuse(plug->request, refusal, hint, "%s", text);
	plug_free(plug);
}

static void save(struct plug *plug)
{
	struct conf *conf = plug->conf;

	plug->conf = NULL;
	alter_save(plug->request, plug->machine, conf, plug->now ?
		ALTER_NOW : ALTER_LATER, plug->did);
	plug_free(plug);
}

static void refuse_worker(struct plug *plug, int error,
	const struct control_storage *said)
{
	char text[sizeof(said->text) + 1] = "";

	/* What is not said is zeros. */
	if (said)
		memcpy(text, said->text, sizeof(said->text));
	if (error == -EPIPE || error == -ETIMEDOUT)
		strcpy(text, "it does not answer");
	plug_refuse(plug, outcome_refusal(error), NULL,
		"%s runs, and does not do it: %s", plug->machine->name,
		text[0] ? text : strerror(-error));
}

static void worker_has_it(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct plug *plug = context;

	(void)parcel;
	if (error)
		refuse_worker(plug, error, reply);
	else
		save(plug);
}

/* What is not there need not go. */
static void worker_has_it_not(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	bool gone = error == -ENODEV || error == -ENOENT ||
		error == -ENOMEDIUM;

	worker_has_it(context, gone ? 0 : error, reply, parcel);
}

static void tell_worker(struct plug *plug, enum control_type command, int fd,
	dialogue_done *done)
{
	struct control_storage_request request = {
		.request = { CONTROL_MAGIC, CONTROL_VERSION, command,
			plug->ide ? CONTROL_IDE + plug->place : plug->place },
		.kind = plug->dvd ? CONTROL_DVD : CONTROL_DISK,
		.format = plug->dvd ? DISK_RAW : plug->format,
		.read_only = plug->read_only,
	};
	struct dialogue *link = machine_link(plug->machine);
	struct parcel parcel = { .count = 0 };
	int error = link ? 0 : -EPIPE;

	snprintf(request.name, sizeof(request.name), "%.255s", plug->file);
	if (fd >= 0)
		error = parcel_add(&parcel, fd);
	if (!link)
		parcel_empty(&parcel);
	else if (!error)
		error = link_ask(link, &request.request, sizeof(request),
			&parcel, done, plug);
	if (error)
		refuse_worker(plug, error, NULL);
}

struct opening {
	struct plug *plug;
	enum control_type command;
};

static void opened(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct opening *opening = context;
	struct plug *plug = opening->plug;
	enum control_type command = opening->command;

	free(opening);
	if (error)
		plug_refuse(plug, outcome_refusal(error), plug->dvd ?
			"vm iso list shows all discs" : NULL, "%s", said &&
			said->text[0] ? said->text : strerror(-error));
	else if (plug->now)
		tell_worker(plug, command, parcel_take(parcel, 0),
			worker_has_it);
	else
		save(plug);
}

void plug_in(struct plug *plug, enum control_type command)
{
	struct helper_request errand = errand_of(plug, HELPER_IMAGE);
	struct opening *opening = calloc(1, sizeof(*opening));
	int error = -ENOMEM;

	errand.number = plug->read_only || plug->dvd;
	if (opening) {
		*opening = (struct opening){ plug, command };
		error = errand_send(&plug->machine->machines->errands,
			&errand, NULL, opened, opening);
	}
	if (!error)
		return;
	free(opening);
	plug_refuse(plug, outcome_refusal(error), NULL, "%s",
		strerror(-error));
}

void plug_out(struct plug *plug, enum control_type command)
{
	if (plug->now)
		tell_worker(plug, command, -1, worker_has_it_not);
	else
		save(plug);
}
