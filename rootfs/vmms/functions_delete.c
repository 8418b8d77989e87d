/* Verbs that end a VM, or its name. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include <strings.h>

#include "ask.h"

/* What is done to a VM's folder is done while it is off. */
static bool is_off(struct request *request, const struct machine *machine)
{
	if (machine->state == LIFE_OFF)
		return true;
	request_refuse(request, REFUSE_STATE, "vm stop, or vm stop --hard, "
		"turns it off", "%s is not off: it is %s", machine->name,
		machine_state(machine));
	return false;
}

void run_delete(struct request *request)
{
	bool disks = !request_flag(request, "keep-disks");
	struct machine *machine = ask_machine(request);
	struct outcome_for whom = ask_outcome(request);

	if (!machine || !is_off(request, machine))
		return;
	if (request->dry_run)
		ask_say(request, "%s would be deleted%s", machine->name,
			disks ? ", with the disks in its folder" : "");
	else
		machines_delete(machine, disks, &whom);
}

void run_rename(struct request *request)
{
	const char *to = request_text(request, "to");
	struct machine *machine = ask_machine(request), *other;
	struct outcome_for whom = ask_outcome(request);

	if (!machine || !is_off(request, machine))
		return;
	other = machines_find(ask_machines(request), to);
	if (other && other != machine)
		request_refuse(request, REFUSE_EXISTS, "vm list shows all",
			"there is a VM %s already", other->name);
	else if (request->dry_run)
		ask_say(request, "%s would become %s", machine->name, to);
	else
		machines_rename(machine, to, &whom);
}
