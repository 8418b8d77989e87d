/* What a VM is made of, as its definition says. */
/* SPDX-License-Identifier: MIT */
#include "definition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition_keys.h"
#include "disk/names.h"

static const char vm[] = "vm";

/* The values are good: conf has no others. */
static unsigned int number(const struct conf *conf, const char *key,
	unsigned int none)
{
	const char *value = conf_value(conf, vm, key, 0);

	return value ? (unsigned int)strtoul(value, NULL, 10) : none;
}

static int word(const struct conf *conf, const char *section, const char *key,
	const char *const *words, int none)
{
	const char *value = conf_value(conf, section, key, 0);

	return value ? definition_word(words, value, strlen(value)) : none;
}

static void take_boot(struct definition *definition, const char *value)
{
	size_t length;

	for (; *value; value += strspn(value, " ")) {
		length = strcspn(value, " ");
		definition->boot[definition->boots++] =
			definition_word(words_boot, value, length);
		value += length;
	}
}

static void take_vm(struct definition *definition, const struct conf *conf)
{
	const char *id = conf_value(conf, vm, "id", 0);
	const char *memory = conf_value(conf, vm, "memory", 0);
	const char *boot = conf_value(conf, vm, "boot", 0);
	const char *off;
	int i;

	if (id)
		id_read(id, &definition->id);
	definition_memory(memory ? memory : "1024M", &definition->memory);
	take_boot(definition, boot ? boot : "disk dvd");
	definition->generation = number(conf, "generation", 1);
	definition->processors = number(conf, "processors", 1);
	definition->start = word(conf, vm, "start", words_start,
		START_IF_RUNNING);
	definition->start_order = number(conf, "start-order", 500);
	definition->start_delay = number(conf, "start-delay", 0);
	definition->start_wait = word(conf, vm, "start-wait", words_wait, 0);
	definition->stop = word(conf, vm, "stop", words_stop, STOP_SHUT_DOWN);
	definition->stop_limit = number(conf, "stop-limit", 120);
	definition->cpu_weight = number(conf, "cpu-weight", 100);
	definition->cpu_cap = number(conf, "cpu-cap", 100);
	for (i = 0; (off = conf_value(conf, vm, "integration", i)); i++)
		definition->services_off |= 1u << definition_word(
			words_integration, off, strlen(off));
}

/* All but the file. */
static struct drive drive_of(const struct conf *conf, const char *section)
{
	const char *format = conf_value(conf, section, "format", 0);
	const char *read_only = conf_value(conf, section, "read-only", 0);
	struct drive drive = { .dvd = !strncmp(section, "dvd", 3),
		.format = DISK_VHDX };

	definition_place(strchr(section, ' ') + 1, &drive.ide, &drive.place);
	if (drive.dvd)
		drive.format = DISK_RAW;
	else if (format)
		format_of_name(format, &drive.format);
	/* Nothing writes a VHD. */
	drive.read_only = drive.dvd || drive.format == DISK_VHD ||
		(read_only && !strcmp(read_only, "yes"));
	return drive;
}

static int take_drive(struct definition *definition, const struct conf *conf,
	const char *section)
{
	const char *file = conf_value(conf, section, "file", 0);
	struct drive *drives = realloc(definition->drives,
		(definition->drive_count + 1) * sizeof(*drives)), *drive;

	if (!drives)
		return -ENOMEM;
	definition->drives = drives;
	drive = &drives[definition->drive_count++];
	*drive = drive_of(conf, section);
	if (file)
		drive->file = strdup(file);
	return file && !drive->file ? -ENOMEM : 0;
}

static int take_drives(struct definition *definition, const struct conf *conf)
{
	const char *section;
	int i, result = 0;

	for (i = 0; !result && (section = conf_section(conf, NULL, i)); i++)
		if (definition_is_drive(section))
			result = take_drive(definition, conf, section);
	return result;
}

static int take_nic(struct definition *definition, const struct conf *conf,
	unsigned int at)
{
	struct nic *nics = realloc(definition->nics,
		(definition->nic_count + 1) * sizeof(*nics)), *nic;
	char section[sizeof("nic 0")];

	if (!nics)
		return -ENOMEM;
	definition->nics = nics;
	nic = &nics[definition->nic_count++];
	snprintf(section, sizeof(section), "nic %u", at);
	nic->number = at;
	nic->e1000 = word(conf, section, "model", words_model, 0);
	define_port_keys(conf, section, &nic->port);
	return 0;
}

static int take_nics(struct definition *definition, const struct conf *conf)
{
	char section[sizeof("nic 0")];
	unsigned int at;
	int result = 0;

	for (at = 0; !result && at < DEFINITION_NICS; at++) {
		snprintf(section, sizeof(section), "nic %u", at % 10);
		if (conf_line(conf, section, NULL))
			result = take_nic(definition, conf, at);
	}
	return result;
}

int definition_take(struct definition *definition, const struct conf *conf)
{
	const char *notes = conf_value(conf, vm, "notes", 0);
	int result;

	*definition = (struct definition){ .notes = strdup(notes ? notes :
		"") };
	take_vm(definition, conf);
	result = definition->notes ? take_drives(definition, conf) : -ENOMEM;
	if (!result)
		result = take_nics(definition, conf);
	if (result)
		definition_free(definition);
	return result;
}

void definition_free(struct definition *definition)
{
	unsigned int i;

	for (i = 0; i < definition->drive_count; i++)
		free(definition->drives[i].file);
	free(definition->drives);
	free(definition->nics);
	free(definition->notes);
	*definition = (struct definition){ .notes = NULL };
}

const struct drive *definition_drive(const struct definition *definition,
	bool ide, unsigned int place)
{
	const struct drive *drive = definition->drives;
	unsigned int i;

	for (i = 0; i < definition->drive_count; i++, drive++)
		if (drive->ide == ide && drive->place == place)
			return drive;
	return NULL;
}

const struct nic *definition_nic(const struct definition *definition,
	unsigned int number)
{
	const struct nic *nic = definition->nics;
	unsigned int i;

	for (i = 0; i < definition->nic_count; i++, nic++)
		if (nic->number == number)
			return nic;
	return NULL;
}

static int put(struct conf *conf, const char *key, const char *value)
{
	return conf_set(conf, vm, key, &value, 1, NULL, NULL);
}

int definition_new_id(struct conf *conf)
{
	char text[ID_TEXT];
	struct id id;
	int result = id_make(&id);

	if (result)
		return result;
	id_print(&id, text);
	return put(conf, "id", text);
}

struct conf *definition_new(void)
{
	struct conf *conf = conf_new(definition_kinds);
	int result;

	if (!conf)
		return NULL;
	result = definition_new_id(conf);
	if (!result)
		result = put(conf, "generation", "1");
	if (!result)
		return conf;
	conf_free(conf);
	errno = -result;
	return NULL;
}
