/* A VM as the service has it: its definition, its state, its worker. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_MACHINE_H
#define VMMS_MACHINE_H

#include "definition.h"
#include "definition_check.h"
#include "definition_file.h"
#include "helper.h"
#include "life.h"
#include "name.h"
#include "outcome.h"
#include "worker.h"

enum { MACHINE_SENTENCE = 256 };

/* What is waited for, ns. */
struct machine_times {
	uint64_t start;		/* for a worker that runs */
	uint64_t end;		/* for one that was killed */
	uint64_t soon;		/* for the end of one that has hung up */
	uint64_t again;		/* between questions for one that hangs */
	uint64_t poll, patience;	/* worker.h */
};
extern const struct machine_times machine_times;

struct launch;
struct machine_wait;
struct machines;

struct machine {
	struct machines *machines;
	struct machine *next;	/* by name, without regard to case */
	char name[NAME_SIZE];
	int storage;		/* index of its storage folder */

	/* As it is on the medium; machines.h changes it. */
	struct conf *conf;	/* NULL: it cannot be read; trouble says why */
	struct definition definition;	/* of conf; all zeros without it */
	struct definition_source source;
	char trouble[MACHINE_SENTENCE];
	/* The id or a MAC address that another VM has, too; or "". */
	char twin[MACHINE_SENTENCE];
	/* Something is done to its files: it is neither started nor changed. */
	bool busy;

	enum life_state state;
	bool critical;		/* a medium has an error */
	bool lost;		/* Stopping, as its worker does not answer */
	uint64_t since;		/* of this state: CLOCK_MONOTONIC, ns */
	uint64_t started;	/* its worker: CLOCK_MONOTONIC, ns; 0: off */
	/* Why it ended by itself, or did not start, or is lost; or "". */
	char reason[MACHINE_SENTENCE];
	/* On the medium: the id of the host's boot in which it ran last and was
	 * not stopped; "": none. */
	char marked[HELPER_MARK_MAX + 1];

	/* The rest is of machine*.c, launch.c and adopt.c. */
	struct worker worker;
	struct launch *launch;	/* Starting, or what it took is given back */
	struct machine_wait *waits;
	struct timer limit;	/* of a start, a guest's shutdown, an end */
	struct timer again;	/* to look for a worker that was lost */
	unsigned int asked;	/* places whose I/O shall go on */
	/* Since the start of the service: its definition is not read, or its
	 * worker not found yet. */
	bool reading, asked_for;
	bool adopting;		/* the helper is asked for its worker */
	bool going_down;	/* Stopping with the host: it is turned off */
	bool ending;		/* its worker was killed */
	char failure[MACHINE_SENTENCE];	/* of what was wanted last; or "" */
};

/* "Running", "Running-Critical". */
const char *machine_state(const struct machine *machine);
/* Where it is, for definition_check() and definition_change(). */
struct definition_home machine_home(const struct machine *machine);

/*
 * All that keeps it from starting: a definition that cannot be read, what
 * definition_check() finds, what another VM has, too. Their number; report may
 * be NULL. And what is only odd: definition_remarks(), the generation before
 * that counts, a vm.conf.bad.
 */
int machine_problems(const struct machine *machine, conf_report *report,
	void *context);
int machine_remarks(const struct machine *machine, conf_report *report,
	void *context);

/*
 * Why a wish is refused now, as an outcome (REFUSE_STATE, REFUSE_BUSY,
 * REFUSE_FAILED for problems); REFUSALS: it would be granted. text: of
 * MACHINE_SENTENCE bytes, for the outcome's text.
 */
struct outcome machine_would(const struct machine *machine,
	enum life_wish wish, char *text);
/*
 * Carries it out; whom (copied) hears of it when the state that is wanted is
 * reached, or another one that it will not leave. It is never deleted before
 * that.
 */
void machine_wish(struct machine *machine, enum life_wish wish,
	const struct outcome_for *whom);
/* As WISH_STOP, but as the definition says, and turned off after its limit. */
void machine_go_down(struct machine *machine, const struct outcome_for *whom);

/* For link_ask(): its worker; NULL: the VM is off, starts, or does not answer.
 * What is under way there is told (-EPIPE) if the worker ends. */
struct dialogue *machine_link(struct machine *machine);

#endif
