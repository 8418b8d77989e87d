/* The host goes down: all VMs are stopped as their definitions say. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_GOING_DOWN_H
#define VMMS_GOING_DOWN_H

#include "machines.h"

/* All zeros at first. */
struct going_down {
	struct outcome_for whom;
	unsigned int left;	/* VMs that are not off yet */
	bool begun;
};

/*
 * Nothing is started any more, and what runs will be started again with the
 * host (marks stay). A line for each VM when it is off, then the outcome.
 * Called again while it is at work: REFUSE_BUSY.
 */
void going_down_begin(struct going_down *going_down,
	struct machines *machines, const struct outcome_for *whom);

#endif
