/* A VM in JSON: what it has, as its definition says. */
/* SPDX-License-Identifier: MIT */
#include "describe.h"

#include <stdio.h>
#include <string.h>

#include "definition_keys.h"
#include "disk/names.h"
#include "vlans.h"

void describe_place(bool ide, unsigned int place, char text[DESCRIBE_PLACE])
{
	if (ide)
		snprintf(text, DESCRIBE_PLACE, "ide%u:%u", place / 2 & 1,
			place % 2);
	else
		snprintf(text, DESCRIBE_PLACE, "scsi0:%u", place);
}

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void put_number(json_t *object, const char *key, uint64_t value)
{
	put(object, key, json_integer((json_int_t)value));
}

static json_t *boot_of(const struct definition *definition)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < definition->boots; i++)
		json_array_append_new(list,
			json_string(words_boot[definition->boot[i]]));
	return list;
}

static json_t *services_of(const struct definition *definition)
{
	json_t *list = json_array();
	int i;

	for (i = 0; words_integration[i]; i++)
		if (!(definition->services_off >> i & 1))
			json_array_append_new(list,
				json_string(words_integration[i]));
	return list;
}

json_t *describe_settings(const struct machine *machine)
{
	const struct definition *definition = &machine->definition;
	json_t *object = json_object();
	char id[ID_TEXT];

	id_print(&definition->id, id);
	put(object, "id", json_string(id));
	put_number(object, "generation", definition->generation);
	put_number(object, "memory", definition->memory);
	put_number(object, "processors", definition->processors);
	put_number(object, "cpu-weight", definition->cpu_weight);
	put_number(object, "cpu-cap", definition->cpu_cap);
	put(object, "boot", boot_of(definition));
	put(object, "notes", json_string(definition->notes));
	put(object, "start", json_string(words_start[definition->start]));
	put_number(object, "start-order", definition->start_order);
	put_number(object, "start-delay", definition->start_delay);
	put(object, "start-wait",
		json_string(words_wait[definition->start_wait]));
	put(object, "stop", json_string(words_stop[definition->stop]));
	put_number(object, "stop-limit", definition->stop_limit);
	put(object, "integration", services_of(definition));
	return object;
}

static json_t *drive_of(const struct drive *drive)
{
	char place[DESCRIBE_PLACE];

	describe_place(drive->ide, drive->place, place);
	return json_pack("{s:s, s:s, s:s?, s:o, s:b}",
		"place", place, "kind", drive->dvd ? "dvd" : "disk",
		"file", drive->file,
		"format", drive->dvd ? json_null() :
			json_string(format_name(drive->format)),
		"read-only", drive->read_only);
}

json_t *describe_drives(const struct definition *definition)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < definition->drive_count; i++)
		json_array_append_new(list,
			drive_of(&definition->drives[i]));
	return list;
}

/* "20", or of a trunk "10,20-29", and what has no tag behind a slash. */
static json_t *vlans_of(const struct port *port)
{
	char text[16384];

	if (!port->trunk)
		return json_integer(port->native);
	if (!vlans_print(&port->tagged, text, sizeof(text) - 8))
		return json_null();
	if (port->native)
		sprintf(text + strlen(text), "/%u", port->native);
	return json_string(text);
}

static json_t *guards_of(const struct port *port)
{
	static const char *const names[] = { "mac", "dhcp", "router" };
	json_t *list = json_array();
	int i;

	for (i = 0; i < 3; i++)
		if (port->guards >> i & 1)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *addresses_of(const struct port *port)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < port->addresses; i++)
		json_array_append_new(list, json_string(port->address[i]));
	return list;
}

static json_t *nic_of(const struct nic *nic)
{
	char mac[18];

	define_mac_text(nic->port.mac, mac);
	return json_pack("{s:I, s:s, s:s, s:s?, s:o, s:o, s:o}",
		"nic", (json_int_t)nic->number,
		"model", words_model[nic->e1000], "mac", mac,
		"switch", nic->port.of[0] ? nic->port.of : NULL,
		"vlan", vlans_of(&nic->port), "guard", guards_of(&nic->port),
		"addresses", addresses_of(&nic->port));
}

json_t *describe_nics(const struct definition *definition)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < definition->nic_count; i++)
		json_array_append_new(list, nic_of(&definition->nics[i]));
	return list;
}

static void add(void *list, int line, const char *text)
{
	(void)line;
	json_array_append_new(list, json_string(text));
}

json_t *describe_problems(const struct machine *machine)
{
	json_t *list = json_array();

	machine_problems(machine, add, list);
	return list;
}

json_t *describe_remarks(const struct machine *machine)
{
	json_t *list = json_array();

	machine_remarks(machine, add, list);
	return list;
}
