/* What a worker needs, fetched from the helper: one thing after the other. */
/* SPDX-License-Identifier: MIT */
#include "launch_parts.h"

#include <errno.h>
#include <string.h>

static const char *const socket_names[LAUNCH_SOCKETS] = {
	"control", "serial", "screen",
};

static void go_on(struct launch *launch);

static void fetched(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct launch *launch = context;
	int fd;

	if (!reply || !launch_good(launch, error, reply) ||
	    !launch_take(launch, parcel, 0, &fd))
		return;
	launch->fds[launch->next++] = fd;
	go_on(launch);
}

static void got_sockets(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	struct launch *launch = context;
	unsigned int i;

	if (!reply || !launch_good(launch, error, reply))
		return;
	for (i = 0; i < LAUNCH_SOCKETS; i++)
		if (!launch_take(launch, parcel, i, &launch->sockets[i]))
			return;
	go_on(launch);
}

/* All queues of one adapter's tap. */
static void got_tap(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct launch *launch = context;
	unsigned int first = launch->next, i = 0,
		nic = launch->plan.descriptors[first].index;

	if (!reply || !launch_good(launch, error, reply))
		return;
	do {
		if (!launch_take(launch, parcel, i++,
			&launch->fds[launch->next]))
			return;
		launch->next++;
	} while (launch->next < launch->plan.count &&
		launch->plan.descriptors[launch->next].index == nic);
	error = plan_add_nic(&launch->plan, &launch->machine->definition, nic,
		first, said->number);
	if (error) {
		launch_fail(launch, error, "there is no memory");
		launch_undo(launch);
		return;
	}
	go_on(launch);
}

static bool ask_image(struct launch *launch, unsigned int index)
{
	const struct drive *drive = &launch->machine->definition.drives[index];
	struct helper_request request = { .type = HELPER_IMAGE,
		.number = drive->dvd || drive->read_only };

	strcpy(request.file, drive->file);
	return launch_ask(launch, &request, NULL, fetched);
}

static bool ask_tap(struct launch *launch, unsigned int index)
{
	const struct definition *definition = &launch->machine->definition;
	struct helper_request request = { .type = HELPER_TAP };

	plan_nic(&request.nic, definition, &definition->nics[index]);
	return launch_ask(launch, &request, NULL, got_tap);
}

static bool ask_fixed(struct launch *launch, enum helper_type type)
{
	struct helper_request request = { .type = type };

	return launch_ask(launch, &request, NULL, fetched);
}

/* They came together. */
static bool give_socket(struct launch *launch, unsigned int which)
{
	int *from = &launch->sockets[which];

	launch->fds[launch->next++] = *from;
	if (*from < 0) {
		launch_fail(launch, -EBADF, "there is no %s socket",
			socket_names[which]);
		launch_undo(launch);
		return true;
	}
	*from = -1;
	go_on(launch);
	return true;
}

static bool fetch(struct launch *launch)
{
	const struct plan_descriptor *what =
		&launch->plan.descriptors[launch->next];

	switch (what->kind) {
	case PLAN_DRIVER: return ask_fixed(launch, HELPER_DRIVER);
	case PLAN_FIRMWARE: return ask_fixed(launch, HELPER_FIRMWARE);
	case PLAN_CONTROL: return give_socket(launch, 0);
	case PLAN_SERIAL: return give_socket(launch, 1);
	case PLAN_SCREEN: return give_socket(launch, 2);
	case PLAN_DRIVE: return ask_image(launch, what->index);
	case PLAN_NIC: return ask_tap(launch, what->index);
	}
	return false;
}

/* What cannot be sent has no other end: then the service ends. */
static void go_on(struct launch *launch)
{
	if (launch->next < launch->plan.count)
		fetch(launch);
	else
		launch_start_worker(launch);
}

bool launch_fetch_all(struct launch *launch)
{
	struct helper_request request = { .type = HELPER_SOCKETS };

	return launch_ask(launch, &request, NULL, got_sockets);
}
