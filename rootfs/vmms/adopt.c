/* Workers that run already: of an earlier service, or lost for a while. */
/* SPDX-License-Identifier: MIT */
#include "adopt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errand.h"
#include "machine_life.h"
#include "machines.h"

static void finish(struct machine *machine, enum adopted adopted)
{
	machine->adopting = false;
	machine_found(machine, adopted);
}

static void status_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct control_reply *said = reply;
	struct machine *machine = context;

	(void)parcel;
	if (reply)
		machine->worker.link.patience = machine->worker.patience;
	if (error)
		finish(machine, ADOPT_SILENT);
	else if ((said->state & ~CONTROL_CRITICAL) == VM_PAUSED)
		finish(machine, ADOPT_PAUSED);
	else
		finish(machine, ADOPT_RUNNING);
}

/* It is not known to end before it is watched: both descriptors are taken. */
static int attach(struct machine *machine, struct parcel *parcel)
{
	int process = parcel_take(parcel, 0);

	if (process < 0)
		return -EBADF;
	if (worker_is_there(&machine->worker)) {
		/* The one in the parcel is the same, and closed with it. */
		parcel->fds[0] = process;
		return 0;
	}
	return worker_attach(&machine->worker, process, -1);
}

static void ask_status(struct machine *machine, int socket)
{
	struct worker *worker = &machine->worker;

	if (socket < 0 || worker_connect(worker, socket)) {
		finish(machine, ADOPT_SILENT);
		return;
	}
	if (worker->link.patience > ADOPT_PATIENCE)
		worker->link.patience = ADOPT_PATIENCE;
	if (link_say(&worker->link, CONTROL_STATUS, 0, status_said, machine))
		finish(machine, ADOPT_SILENT);
}

static void found(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct machine *machine = context;

	if (!reply || !machine->adopting)
		return;
	if (error) {
		finish(machine, error == -ESRCH ? ADOPT_NONE : ADOPT_UNKNOWN);
		return;
	}
	if (attach(machine, parcel))
		finish(machine, ADOPT_UNKNOWN);
	else
		ask_status(machine, parcel_take(parcel, 1));
}

int adopt_begin(struct machine *machine)
{
	struct helper_request request = { .type = HELPER_FIND };
	int error;

	if (machine->adopting)
		return -EALREADY;
	strcpy(request.name, machine->name);
	error = errand_send(&machine->machines->errands, &request, NULL, found,
		machine);
	machine->adopting = !error;
	return error;
}
