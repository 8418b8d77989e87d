/* What a VM does between start and end: what its parts, machines.c and adopt.c
 * share. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_MACHINE_LIFE_H
#define VMMS_MACHINE_LIFE_H

#include "adopt.h"
#include "helper.h"
#include "machine.h"

/* One that is off. */
void machine_init(struct machine *machine, struct machines *machines,
	const char *name, int storage);
/* Nobody hears of its worker any more; who waits is not answered. */
void machine_exit(struct machine *machine);

/* machine_state.c */

struct timers *machine_timers(const struct machine *machine);
/* machine->limit, ns from now. */
void machine_limit_to(struct machine *machine, uint64_t after);
/* A request that has no more than that; done has the machine as context. */
void machine_tell_helper(struct machine *machine, enum helper_type type,
	uint32_t number, dialogue_done *done);
/* Told to all; who waits is not answered yet. A limit of the state before is
 * none any more. */
void machine_set_state(struct machine *machine, enum life_state state,
	bool critical);
/* What follows from it, answers included. */
void machine_happened(struct machine *machine, enum life_fact fact);
/* Takes the mark away that says it ran when the host went down. */
void machine_unmark(struct machine *machine);
/* Its guest shuts down, as it was asked to. */
bool machine_is_asked(const struct machine *machine);

/* machine_end.c */

/* There is no worker any more, and nothing of one. */
void machine_is_off(struct machine *machine);
/* The worker, or the start that will have one; its end comes later. */
void machine_kill(struct machine *machine);
/* Looks for its worker: after its definition was read, or when it is lost. */
void machine_find_worker(struct machine *machine);
/* What adopt_begin() came to. */
void machine_found(struct machine *machine, enum adopted adopted);
void machine_worker_ended(struct worker *worker);
void machine_worker_lost(struct worker *worker, int error);
void machine_find_again(struct timer *timer);	/* machine->again */

/* machine_deed.c */

void machine_do(struct machine *machine, enum life_deed deed);
void machine_told(struct worker *worker, const struct control_reply *reply);
void machine_limit_reached(struct timer *timer);	/* machine->limit */

#endif
