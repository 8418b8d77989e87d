/* Verbs for virtual switches. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <string.h>
#include <stdlib.h>

#include "command_words.h"

/* Its words; of a switch that carries the host's connections, tried first. */
static void act(struct request *request, const char *verb, bool external)
{
	struct command_words *words = calloc(1, sizeof(*words));

	if (!words) {
		ask_no_memory(request);
		return;
	}
	if (external) {
		command_words_add(words, "host");
		command_words_add(words, "network");
	}
	command_words_add(words, "switch");
	command_words_add(words, verb);
	command_words_add(words, request_text(request, "name"));
	command_words_pairs(words, json_object_get(request->args, "set"));
	command_words_run(words, request, command_words_said);
	free(words);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void run_switch_create(struct request *request)
{
	const json_t *pairs = json_object_get(request->args, "set");

	act(request, "create", !strcmp(text_of(pairs, "type"), "external"));
}

/* Of the one that the request is about. */
static bool is_external(const struct request *request, const char *output)
{
	json_t *switches = json_loads(output, 0, NULL), *each;
	bool external = false;
	size_t i;

	json_array_foreach(switches, i, each)
		if (!strcmp(text_of(each, "name"), request_text(request,
			"name")))
			external = !strcmp(text_of(each, "type"), "external");
	json_decref(switches);
	return external;
}

static void listed_to_set(struct request *request, const char *output)
{
	act(request, "set", is_external(request, output));
}

void run_switch_set(struct request *request)
{
	command_words_switches(request, request_text(request, "name"),
		listed_to_set);
}

static void listed_to_delete(struct request *request, const char *output)
{
	act(request, "delete", is_external(request, output));
}

/* The next VM with an adapter plugged in it, from machine on; or NULL. */
static const struct machine *next_plugged(const struct machine *machine,
	const char *name)
{
	unsigned int i;

	for (; machine; machine = machine->next)
		for (i = 0; i < machine->definition.nic_count; i++)
			if (!strcmp(machine->definition.nics[i].port.of, name))
				return machine;
	return NULL;
}

void run_switch_delete(struct request *request)
{
	const char *name = request_text(request, "name");
	const struct machine *machine = next_plugged(
		ask_machines(request)->first, name);

	if (machine)
		request_refuse(request, REFUSE_STATE, "vm nic disconnect, or "
			"vm nic connect to another switch", "an adapter of %s "
			"is plugged in %s", machine->name, name);
	else
		command_words_switches(request, name, listed_to_delete);
}

/* "v", 8 digits of an id, "-", a number: a VM that runs. */
static bool is_of_vm(const char *port)
{
	return *port == 'v' && strspn(port + 1, "0123456789abcdef") == 8 &&
		port[9] == '-';
}

/* VMs as the definitions have it, and what else is a port of it. */
static json_t *plugged_in(const struct machines *machines, const char *name,
	const json_t *ports)
{
	const struct machine *machine = next_plugged(machines->first, name);
	json_t *list = json_array(), *port;
	const char *text;
	size_t i;

	for (; machine; machine = next_plugged(machine->next, name))
		json_array_append_new(list, json_string(machine->name));
	json_array_foreach((json_t *)ports, i, port) {
		text = text_of(port, "name");
		if (*text && !is_of_vm(text))
			json_array_append_new(list,
				json_sprintf("port:%s", text));
	}
	return list;
}

static json_t *text_or_null(const json_t *object, const char *key)
{
	const char *text = text_of(object, key);

	return *text ? json_string(text) : json_null();
}

static json_t *row_of(const struct machines *machines, const json_t *vswitch)
{
	const char *name = text_of(vswitch, "name");

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:O?, s:O?, "
		"s:O?, s:O?, s:o}", "name", name,
		"type", text_of(vswitch, "type"),
		"uplink", text_or_null(vswitch, "uplink"),
		"nic", text_or_null(vswitch, "nic"),
		"address", text_or_null(vswitch, "address"),
		"address6", text_or_null(vswitch, "address6"),
		"dhcp", text_or_null(vswitch, "dhcp"),
		"host", json_object_get(vswitch, "host"),
		"nat", json_object_get(vswitch, "nat"),
		"mtu", json_object_get(vswitch, "mtu"),
		"made", json_object_get(vswitch, "made"),
		"in-it", plugged_in(machines, name,
			json_object_get(vswitch, "ports")));
}

static void show_list(struct request *request, const char *output)
{
	json_t *switches = json_loads(output, 0, NULL), *vswitch;
	json_t *rows = json_array();
	size_t i;

	if (!json_is_array(switches)) {
		json_decref(switches);
		json_decref(rows);
		request_refuse(request, REFUSE_FAILED, NULL,
			"the list of switches is not to be read");
		return;
	}
	json_array_foreach(switches, i, vswitch)
		json_array_append_new(rows, row_of(ask_machines(request),
			vswitch));
	json_decref(switches);
	request_answer(request, rows);
}

void run_switch_list(struct request *request)
{
	command_words_switches(request, request_text(request, "name"), show_list);
}
