/* What the parts of a start share: launch.c, launch_fetch.c, launch_worker.c. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_LAUNCH_PARTS_H
#define VMMS_LAUNCH_PARTS_H

#include "launch.h"
#include "machines.h"
#include "plan.h"

#define LAUNCH_SOCKETS	3u

struct launch {
	struct machine *machine;
	launch_done *done;
	struct plan plan;
	unsigned int next;	/* of the plan's descriptors */
	int fds[CONFINE_FDS];	/* those before it; -1: handed over */
	int sockets[LAUNCH_SOCKETS];	/* control, serial, screen */
	int log;
	bool failed, undoing;	/* undoing: it has begun */
	int error;
	char sentence[MACHINE_SENTENCE];
};

/* An errand; done has the launch as context. False: the helper is gone. */
bool launch_ask(struct launch *launch, struct helper_request *request,
	struct parcel *parcel, dialogue_done *done);
/* An errand's answer: false, and all is given back. */
bool launch_good(struct launch *launch, int error,
	const struct helper_reply *said);
/* A descriptor of a parcel, owned from then on; false: as above. */
bool launch_take(struct launch *launch, struct parcel *parcel,
	unsigned int index, int *fd);

/* The first sentence is the reason. */
void launch_fail(struct launch *launch, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What was taken is given back, once; then it is finished. */
void launch_undo(struct launch *launch);
/* The end of it, told. */
void launch_finish(struct launch *launch);

/* Begins with the first thing; then the worker. False: the helper is gone. */
bool launch_fetch_all(struct launch *launch);
bool launch_start_worker(struct launch *launch);

#endif
