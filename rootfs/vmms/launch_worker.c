/* The start of a VM: its worker, until it answers. */
/* SPDX-License-Identifier: MIT */
#include "launch_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Of a worker besides the VM's memory: its own, tables, what disks buffer. */
#define OVERHEAD	(256ull << 20)

static void status_said(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct launch *launch = context;

	(void)parcel;
	/* It is lost, or its end is known by now. */
	if (!reply || launch->undoing)
		return;
	launch->machine->worker.link.patience =
		launch->machine->worker.patience;
	if (error) {
		launch_fail(launch, error, "its worker says: %s",
			strerror(-error));
		launch_undo(launch);
		return;
	}
	launch_finish(launch);
}

/* It answers when it runs the VM; who waits for all has a limit. */
static int ask_status(struct launch *launch, int socket)
{
	struct worker *worker = &launch->machine->worker;
	int error = worker_connect(worker, socket);

	if (error)
		return error;
	worker->link.patience = launch->machine->machines->times->start;
	return link_say(&worker->link, CONTROL_STATUS, 0, status_said, launch);
}

static int attach(struct launch *launch, struct parcel *parcel)
{
	int process = parcel_take(parcel, 0), log = launch->log;

	launch->log = -1;
	if (process >= 0)
		return worker_attach(&launch->machine->worker, process, log);
	if (log >= 0)
		close(log);
	return -EBADF;
}

static void started(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct launch *launch = context;
	int socket;

	if (!reply || (error && !launch_good(launch, error, reply)))
		return;
	error = attach(launch, parcel);
	if (error)
		launch_fail(launch, error, "its worker cannot be watched: %s",
			strerror(-error));
	if (!launch_good(launch, 0, NULL) ||
	    !launch_take(launch, parcel, 1, &socket))
		return;
	error = ask_status(launch, socket);
	if (!error)
		return;
	launch_fail(launch, error, "nothing can be said to its worker: %s",
		strerror(-error));
	launch_undo(launch);
}

static int pack(struct launch *launch, struct parcel *parcel)
{
	unsigned int i;
	int fd = parcel_file(launch->plan.words, launch->plan.size);

	if (fd < 0 || parcel_add(parcel, fd))
		return fd < 0 ? fd : -EMFILE;
	launch->log = worker_log();
	fd = launch->log < 0 ? -1 : dup(launch->log);
	if (fd < 0 || parcel_add(parcel, fd))
		return -EMFILE;
	for (i = 0; i < launch->plan.count; i++) {
		if (parcel_add(parcel, launch->fds[i]))
			fd = -1;
		launch->fds[i] = -1;
	}
	return fd < 0 ? -EMFILE : 0;
}

bool launch_start_worker(struct launch *launch)
{
	const struct definition *definition = &launch->machine->definition;
	struct helper_request request = { .type = HELPER_WORKER,
		.limits = {
			.memory = definition->memory + OVERHEAD,
			.weight = definition->cpu_weight,
			.cap = definition->cpu_cap == 100 ? 0 :
				definition->cpu_cap * definition->processors,
		} };
	struct parcel parcel = { .count = 0 };
	int error = pack(launch, &parcel);

	if (!error)
		return launch_ask(launch, &request, &parcel, started);
	parcel_empty(&parcel);
	launch_fail(launch, error, "its worker cannot be started: %s",
		strerror(-error));
	launch_undo(launch);
	return true;
}
