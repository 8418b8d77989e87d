/* A VM as lines for people. */
/* SPDX-License-Identifier: MIT */
#include "vm_text.h"

#include <stdio.h>
#include <string.h>

#include "rootfs/vmms/cell.h"
#include "rootfs/vmms/table.h"

enum { LINE = 3 * CELL_TEXT };

static const char *cell_of(const json_t *object, const char *key,
	char room[CELL_TEXT])
{
	const json_t *value = json_object_get(object, key);

	return cell_is_empty(value) ? "" : cell_text(key, value, room);
}

/* A label on the first of its lines. */
static void put(FILE *stream, const char *label, const char *text)
{
	fprintf(stream, "%-*s", VM_TEXT_LABEL, label);
	table_text(stream, text, -1);
	fputc('\n', stream);
}

static void put_key(FILE *stream, const char *label, const json_t *object,
	const char *key)
{
	char room[CELL_TEXT];
	const char *text = cell_of(object, key, room);

	if (*text)
		put(stream, label, text);
}

static void put_each(FILE *stream, const char *label, const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		put(stream, i ? "" : label, json_string_value(item) ?
			json_string_value(item) : "?");
}

static void put_state(FILE *stream, const json_t *vm)
{
	char state[CELL_TEXT], uptime[CELL_TEXT], line[LINE];
	const char *up = cell_of(vm, "uptime", uptime);

	snprintf(line, sizeof(line), "%s%s%s", cell_of(vm, "state", state),
		*up ? ", up " : "", up);
	put(stream, "State", line);
	put_key(stream, "Ended", vm, "reason");
	put_each(stream, "PROBLEM", json_object_get(vm, "problems"));
	put_each(stream, "Remark", json_object_get(vm, "remarks"));
}

/* "heartbeat good, web.example, Debian" */
static void put_guest(FILE *stream, const json_t *vm)
{
	char beat[CELL_TEXT], name[CELL_TEXT], system[CELL_TEXT], line[LINE];
	const char *heartbeat = cell_of(vm, "heartbeat", beat);
	const char *guest = cell_of(vm, "guest", name);
	const char *what = cell_of(vm, "system", system);

	snprintf(line, sizeof(line), "heartbeat %.20s%s%s%s%s", heartbeat,
		*guest ? ", " : "", guest, *what ? ", " : "", what);
	if (*heartbeat)
		put(stream, "Guest", line);
	put_key(stream, "Addresses", vm, "addresses");
}

static void put_size(FILE *stream, const char *label, const json_t *object)
{
	json_int_t processors = json_integer_value(json_object_get(object,
		"processors"));
	char memory[CELL_TEXT], line[LINE];

	snprintf(line, sizeof(line), "%s, %lld processor%s",
		cell_of(object, "memory", memory), (long long)processors,
		processors == 1 ? "" : "s");
	put(stream, label, line);
}

static void put_share(FILE *stream, const json_t *vm)
{
	char weight[CELL_TEXT], cap[CELL_TEXT], line[LINE];

	snprintf(line, sizeof(line), "weight %s, at most %s %% of its "
		"processors", cell_of(vm, "cpu-weight", weight),
		cell_of(vm, "cpu-cap", cap));
	put(stream, "Share", line);
}

static const char *shown(const char *word)
{
	static const char *const words[][2] = {
		{ "nothing", "not with the host" },
		{ "if-running", "with the host, if it ran" },
		{ "always", "always with the host" },
		{ "shut-down", "it is asked to shut down with the host" },
		{ "turn-off", "it is turned off with the host" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i][0], word))
			return words[i][1];
	return word;
}

static void put_life(FILE *stream, const json_t *vm)
{
	char one[CELL_TEXT], two[CELL_TEXT], three[CELL_TEXT];
	char four[CELL_TEXT], line[LINE];
	bool waits = !strcmp(cell_of(vm, "start-wait", four), "heartbeat");

	snprintf(line, sizeof(line), "%s; order %s, after %s s%s",
		shown(cell_of(vm, "start", one)),
		cell_of(vm, "start-order", two),
		cell_of(vm, "start-delay", three),
		waits ? "; the next waits for its heartbeat" : "");
	put(stream, "Starts", line);
	snprintf(line, sizeof(line), "%s; %s s for that",
		shown(cell_of(vm, "stop", one)),
		cell_of(vm, "stop-limit", two));
	put(stream, "Stops", line);
}

static void put_drive(FILE *stream, const char *label, const json_t *drive)
{
	char place[CELL_TEXT], file[CELL_TEXT], format[CELL_TEXT], line[LINE];
	char kind[CELL_TEXT];
	const char *name = cell_of(drive, "file", file);
	const char *how = cell_of(drive, "format", format);

	snprintf(line, sizeof(line), "%-8s %-4s  %s%s%s%s",
		cell_of(drive, "place", place), cell_of(drive, "kind", kind),
		*name ? name : "(empty)", *how ? ", " : "", how,
		*how && json_is_true(json_object_get(drive, "read-only")) ?
			", read-only" : "");
	put(stream, label, line);
}

static void put_adapter(FILE *stream, const char *label,
	const json_t *adapter)
{
	static const char *const keys[] = { "vlan", "mac", "model", NULL };
	char nic[CELL_TEXT], name[CELL_TEXT], line[LINE];
	const char *vswitch = cell_of(adapter, "switch", name);
	char rest[CELL_TEXT];
	size_t used, i;

	used = snprintf(line, sizeof(line), "%s  %s", cell_of(adapter, "nic",
		nic), *vswitch ? vswitch : "(no cable)");
	for (i = 0; keys[i] && used < sizeof(line); i++)
		used += snprintf(line + used, sizeof(line) - used, "%s%s",
			i ? ", " : ", VLAN ", cell_of(adapter, keys[i], rest));
	put(stream, label, line);
}

static void put_parts(FILE *stream, const char *label, const json_t *list,
	void (*put_part)(FILE *stream, const char *label, const json_t *part))
{
	const json_t *part;
	size_t i;

	json_array_foreach((json_t *)list, i, part)
		put_part(stream, i ? "" : label, part);
	if (list && !json_array_size(list))
		put(stream, label, "none");
}

/* Of a VM whose definition is none there is no more than its state. */
static void put_settings(FILE *stream, const json_t *vm)
{
	if (!json_object_get(vm, "memory"))
		return;
	put_size(stream, "Memory", vm);
	if (json_object_get(vm, "running"))
		put_size(stream, "Now it has", json_object_get(vm, "running"));
	put_share(stream, vm);
	put_key(stream, "Boots from", vm, "boot");
	put_parts(stream, "Drives", json_object_get(vm, "drives"), put_drive);
	put_parts(stream, "Adapters", json_object_get(vm, "adapters"),
		put_adapter);
	put_life(stream, vm);
	put_key(stream, "Services", vm, "integration");
	put_key(stream, "Notes", vm, "notes");
}

char *vm_text(const json_t *result)
{
	char *lines = NULL;
	size_t size;
	FILE *stream = open_memstream(&lines, &size);

	if (!stream)
		return NULL;
	put_state(stream, result);
	put_guest(stream, result);
	put_settings(stream, result);
	put_key(stream, "Folder", result, "storage");
	put_key(stream, "Id", result, "id");
	fclose(stream);
	return lines;
}
