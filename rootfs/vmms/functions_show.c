/* vm show: all that a VM is and has. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include "ask.h"
#include "describe.h"
#include "look.h"

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void put_text(json_t *object, const char *key, const char *text)
{
	if (*text)
		put(object, key, json_string(text));
}

static json_t *state_of(const struct machine *machine)
{
	const struct machines *machines = machine->machines;
	json_t *object = json_pack("{s:s, s:s}", "name", machine->name,
		"state", machine_state(machine));

	if (machine->started)
		put(object, "uptime", json_integer((json_int_t)((events_now() -
			machine->started) / TIMERS_SECOND)));
	put_text(object, "reason", machine->reason);
	if (machine->storage >= 0 &&
	    machine->storage < machines->storage_count)
		put_text(object, "storage",
			machines->storages[machine->storage]);
	return object;
}

/* Of a change that is from its next start on. */
static void put_running(json_t *object, const struct look *look)
{
	const struct definition *definition = &look->machine->definition;

	if (look->processors && (look->processors != definition->processors ||
	    look->memory != definition->memory))
		put(object, "running", json_pack("{s:I, s:I}",
			"processors", (json_int_t)look->processors,
			"memory", (json_int_t)look->memory));
}

static void put_guest(json_t *object, const struct look *look)
{
	json_t *addresses = look_addresses(look);

	put(object, "heartbeat", json_string(look->heartbeat));
	put_text(object, "guest", look->host);
	put_text(object, "system", look->system);
	if (json_array_size(addresses))
		put(object, "addresses", json_incref(addresses));
	json_decref(addresses);
}

/* With what the guest tells, or NULL. */
static void answer(struct request *request, const struct machine *machine,
	const struct look *look)
{
	json_t *object = state_of(machine), *settings;

	if (look) {
		put_running(object, look);
		put_guest(object, look);
	}
	if (machine->conf) {
		settings = describe_settings(machine);
		json_object_update(object, settings);
		json_decref(settings);
		put(object, "drives", describe_drives(&machine->definition));
		put(object, "adapters", describe_nics(&machine->definition));
	}
	put(object, "problems", describe_problems(machine));
	put(object, "remarks", describe_remarks(machine));
	request_answer(request, object);
}

static void told(void *context, const struct look *look)
{
	answer(context, look->machine, look);
}

void run_show(struct request *request)
{
	struct machine *machine = ask_machine(request);

	if (machine && !look_begin(machine, true, told, request))
		answer(request, machine, NULL);
}
