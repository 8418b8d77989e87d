/* A VM's states, what may be asked in each, and what comes of it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_LIFE_H
#define VMMS_LIFE_H

#include <stdbool.h>

enum life_state {
	LIFE_OFF,
	LIFE_STARTING,	/* its worker is being started */
	LIFE_RUNNING,
	LIFE_PAUSING,
	LIFE_PAUSED,
	LIFE_RESUMING,
	LIFE_RESETTING,
	LIFE_STOPPING,	/* the guest shuts down, or the worker ends */
	LIFE_STATES,
};

/* What an administrator, or the host's start and end, want. */
enum life_wish {
	WISH_START,
	WISH_STOP,	/* the guest shall shut down */
	WISH_TURN_OFF,	/* without asking the guest */
	WISH_REBOOT,	/* the guest shall restart */
	WISH_RESET,
	WISH_PAUSE,
	WISH_RESUME,	/* also after a medium's error */
	WISHES,
};

/* What has happened. */
enum life_fact {
	FACT_READY,	/* the worker runs the VM */
	FACT_DONE,	/* it has done what it was asked */
	FACT_REFUSED,	/* it, or the guest, will not; or time is up */
	FACT_ENDED,	/* there is no worker any more */
	/* A worker of an earlier service, or one that was lost, answers. */
	FACT_FOUND_RUNNING,
	FACT_FOUND_PAUSED,
	FACT_LOST,	/* it is there, and does not answer */
	FACTS,
};

/* What is to be done about it. */
enum life_deed {
	DEED_NOTHING,
	DEED_LAUNCH,		/* a worker */
	DEED_SHUT_DOWN,		/* ask the guest, with the stop's limit */
	DEED_RESTART,		/* ask the guest */
	DEED_RESET, DEED_PAUSE, DEED_RESUME,	/* ask the worker */
	DEED_KILL,		/* the worker; its end is a fact to come */
};

struct life_step {
	enum life_state state;	/* from now on */
	enum life_deed deed;
	const char *refusal;	/* or NULL; the rest is as before then */
	const char *hint;	/* what can be done instead, or NULL */
};

/* Critical: a medium has an error, the VM's I/O stands still. */
struct life_step life_wish(enum life_state state, bool critical,
	enum life_wish wish);
struct life_step life_fact(enum life_state state, enum life_fact fact);

/* "Running", or "Running-Critical". */
const char *life_name(enum life_state state, bool critical);

#endif
