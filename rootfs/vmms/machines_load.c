/* Reading which VMs there are, and their definitions. */
/* SPDX-License-Identifier: MIT */
#include "machine_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errand.h"

/* The next of the files that came, if it is one that is there. */
static void take_text(struct definition_text *text, uint32_t found,
	enum generation which, struct parcel *parcel, unsigned int *next)
{
	char *bytes;

	*text = (struct definition_text){ .error = ENOENT };
	if (found & 1u << (which + HELPER_NO_FILE))
		text->error = EINVAL;
	if (!(found & 1u << which))
		return;
	bytes = *next < parcel->count ? parcel_read(parcel->fds[(*next)++],
		HELPER_FILE_MAX, &text->size) : NULL;
	text->text = bytes;
	text->error = bytes ? 0 : ENOMEM;
}

/* The last of the files. */
static void take_mark(struct machine *machine, uint32_t found,
	const struct parcel *parcel)
{
	char *text = NULL;
	size_t size;

	if (found & HELPER_MARKED && parcel->count)
		text = parcel_read(parcel->fds[parcel->count - 1],
			HELPER_MARK_MAX, &size);
	if (text)
		strcpy(machine->marked, text);
	free(text);
}

static void read_definition(struct machine *machine, uint32_t found,
	struct parcel *parcel)
{
	struct definition_text current, previous;
	const uint32_t bad = 1u << GENERATION_BAD |
		1u << (GENERATION_BAD + HELPER_NO_FILE);
	struct trouble why = { "" };
	unsigned int next = 0;
	struct conf *conf;

	take_text(&current, found, GENERATION_CURRENT, parcel, &next);
	take_text(&previous, found, GENERATION_PREVIOUS, parcel, &next);
	conf = definition_parse(&current, &previous, found & bad,
		&machine->source, &why);
	free((char *)current.text);
	free((char *)previous.text);
	take_mark(machine, found, parcel);
	if (!conf || machines_take(machine, conf))
		snprintf(machine->trouble, sizeof(machine->trouble), "%s",
			conf ? "there is no memory" : why.text);
}

static void load_next(struct machines *machines);

static void definition_came(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct machine *machine = context;
	struct machines *machines = machine->machines;

	if (!reply)
		return;
	if (error)
		snprintf(machine->trouble, sizeof(machine->trouble),
			"the definition cannot be read: %.200s", said->text);
	else
		read_definition(machine, said->number, parcel);
	machine->asked_for = true;
	load_next(machines);
}

static void find_workers(struct machines *machines)
{
	struct machine *machine = machines->first, *next;

	machines_compare(machines);
	/* The last one of them may end the loading. */
	for (; machine; machine = next) {
		next = machine->next;
		if (machine->reading)
			machine_find_worker(machine);
	}
}

/* One at a time: what else is asked of the helper comes in between. */
static void load_next(struct machines *machines)
{
	struct helper_request request = { .type = HELPER_LOAD };
	struct machine *machine = machines->first;

	while (machine && (!machine->reading || machine->asked_for))
		machine = machine->next;
	if (!machine) {
		find_workers(machines);
		return;
	}
	strcpy(request.name, machine->name);
	errand_send(&machines->errands, &request, NULL, definition_came,
		machine);
}

static bool good_entry(const struct machines *machines,
	const struct store_entry *entry)
{
	return memchr(entry->name, 0, sizeof(entry->name)) &&
		name_good(entry->name) && entry->storage >= 0 &&
		entry->storage < machines->storage_count &&
		!machines_find(machines, entry->name);
}

static int add_entries(struct machines *machines,
	const struct store_entry *entries, size_t count)
{
	struct machine *machine;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!good_entry(machines, &entries[i]))
			continue;
		machine = machines_new(machines, entries[i].name,
			entries[i].storage);
		if (!machine)
			return -ENOMEM;
		machine->reading = true;
		machines->loading++;
		machines_add(machine);
	}
	return 0;
}

static void list_came(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct machines *machines = context;
	struct store_entry *entries;
	size_t size;

	if (!reply)
		return;
	if (error || parcel->count < 2) {
		outcome_bad(&machines->loaded, REFUSE_FAILED, NULL,
			"it cannot be read which VMs there are: %s",
			error ? said->text : "nothing came");
		return;
	}
	entries = (void *)parcel_read(parcel->fds[0],
		STORE_VMS * sizeof(*entries), &size);
	machines->odd = parcel_read(parcel->fds[1], HELPER_FILE_MAX,
		&(size_t){ 0 });
	error = entries ? add_entries(machines, entries,
		size / sizeof(*entries)) : -errno;
	free(entries);
	if (error)
		outcome_bad(&machines->loaded, REFUSE_FAILED, NULL,
			"it cannot be read which VMs there are: %s",
			strerror(-error));
	else if (!machines->loading)
		outcome_good(&machines->loaded, NULL);
	else
		load_next(machines);
}

void machines_load(struct machines *machines, const struct outcome_for *whom)
{
	struct helper_request request = { .type = HELPER_LIST_VMS };

	machines->loaded = *whom;
	if (errand_send(&machines->errands, &request, NULL, list_came,
		machines))
		outcome_bad(whom, REFUSE_FAILED, NULL,
			"the helper is gone");
}
