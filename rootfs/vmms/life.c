/* A VM's states, what may be asked in each, and what comes of it. */
/* SPDX-License-Identifier: MIT */
#include "life.h"

#include <stddef.h>

/* Of a wish that a state takes. */
struct way {
	bool open;
	enum life_state state;
	enum life_deed deed;
};

#define TO(state, deed)	{ true, LIFE_##state, DEED_##deed }

/* What is not there is refused. */
static const struct way ways[LIFE_STATES][WISHES] = {
	[LIFE_OFF] = {
		[WISH_START] = TO(STARTING, LAUNCH),
	},
	[LIFE_STARTING] = {
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
	},
	[LIFE_RUNNING] = {
		[WISH_STOP] = TO(STOPPING, SHUT_DOWN),
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
		[WISH_REBOOT] = TO(RUNNING, RESTART),
		[WISH_RESET] = TO(RESETTING, RESET),
		[WISH_PAUSE] = TO(PAUSING, PAUSE),
	},
	[LIFE_PAUSING] = {
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
	},
	[LIFE_PAUSED] = {
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
		[WISH_RESET] = TO(RESETTING, RESET),
		[WISH_RESUME] = TO(RESUMING, RESUME),
	},
	[LIFE_RESUMING] = {
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
	},
	[LIFE_RESETTING] = {
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
	},
	[LIFE_STOPPING] = {
		[WISH_TURN_OFF] = TO(STOPPING, KILL),
	},
};

static const char *const refusals[LIFE_STATES] = {
	[LIFE_OFF] = "the VM is off",
	[LIFE_STARTING] = "the VM is being started",
	[LIFE_RUNNING] = "the VM is running",
	[LIFE_PAUSING] = "the VM is being paused",
	[LIFE_PAUSED] = "the VM is paused",
	[LIFE_RESUMING] = "the VM is being resumed",
	[LIFE_RESETTING] = "the VM is being reset",
	[LIFE_STOPPING] = "the VM is being stopped",
};

static const char *hint_for(enum life_state state, enum life_wish wish)
{
	switch (state) {
	case LIFE_OFF:
		return "vm start starts it";
	case LIFE_PAUSED:
		return wish == WISH_START || wish == WISH_STOP ||
			wish == WISH_REBOOT ?
			"vm resume lets it run, vm stop --hard turns it off" :
			NULL;
	case LIFE_STOPPING:
		return "vm stop --hard does not wait for the guest";
	default:
		return NULL;
	}
}

struct life_step life_wish(enum life_state state, bool critical,
	enum life_wish wish)
{
	const struct way *way = &ways[state][wish];
	struct life_step step = { state, DEED_NOTHING, NULL, NULL };

	/* It runs as before if the medium is no better. */
	if (critical && state == LIFE_RUNNING && wish == WISH_RESUME) {
		step.deed = DEED_RESUME;
		return step;
	}
	/* The guest may wait for its disk, and so would who asks it. */
	if (critical && (wish == WISH_STOP || wish == WISH_REBOOT)) {
		step.refusal = "a disk of the VM has an error, and its guest "
			"waits";
		step.hint = "vm resume tries again, vm stop --hard turns it "
			"off";
		return step;
	}
	if (way->open) {
		step.state = way->state;
		step.deed = way->deed;
		return step;
	}
	step.refusal = refusals[state];
	step.hint = hint_for(state, wish);
	return step;
}

/* Where a worker's answer leads. */
static enum life_state answered(enum life_state state, enum life_fact fact)
{
	bool done = fact == FACT_DONE;

	switch (state) {
	case LIFE_PAUSING:
		return done ? LIFE_PAUSED : LIFE_RUNNING;
	case LIFE_RESUMING:
		return done ? LIFE_RUNNING : LIFE_PAUSED;
	case LIFE_RESETTING:
		return LIFE_RUNNING;
	/* A guest that shuts down is done when its worker ends. */
	case LIFE_STOPPING:
		return done ? LIFE_STOPPING : LIFE_RUNNING;
	default:
		return state;
	}
}

struct life_step life_fact(enum life_state state, enum life_fact fact)
{
	struct life_step step = { state, DEED_NOTHING, NULL, NULL };

	switch (fact) {
	case FACT_READY:
		if (state == LIFE_STARTING)
			step.state = LIFE_RUNNING;
		break;
	case FACT_DONE:
	case FACT_REFUSED:
		step.state = answered(state, fact);
		/* A worker that could not be made. */
		if (state == LIFE_STARTING && fact == FACT_REFUSED)
			step.state = LIFE_OFF;
		break;
	case FACT_ENDED:
		step.state = LIFE_OFF;
		break;
	case FACT_FOUND_RUNNING:
		step.state = LIFE_RUNNING;
		break;
	case FACT_FOUND_PAUSED:
		step.state = LIFE_PAUSED;
		break;
	case FACT_LOST:
		step.state = LIFE_STOPPING;
		break;
	default:
		break;
	}
	return step;
}

const char *life_name(enum life_state state, bool critical)
{
	static const char *const names[LIFE_STATES][2] = {
		[LIFE_OFF] = { "Off", "Off" },
		[LIFE_STARTING] = { "Starting", "Starting-Critical" },
		[LIFE_RUNNING] = { "Running", "Running-Critical" },
		[LIFE_PAUSING] = { "Pausing", "Pausing-Critical" },
		[LIFE_PAUSED] = { "Paused", "Paused-Critical" },
		[LIFE_RESUMING] = { "Resuming", "Resuming-Critical" },
		[LIFE_RESETTING] = { "Resetting", "Resetting-Critical" },
		[LIFE_STOPPING] = { "Stopping", "Stopping-Critical" },
	};

	return names[state][critical];
}
