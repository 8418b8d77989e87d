/* A VP's synthetic interrupt controller and timers. TLFS 11 and 12. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_SYNIC_H
#define CORE_SYNIC_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

#define SYNIC_SINTS	16
#define SYNIC_TIMERS	4

struct stimer {
	uint64_t config, count;
	uint64_t deadline;	/* reference time; 0: not armed */
	uint64_t expired;	/* the deadline that passed last */
	bool undelivered;	/* expired, its message slot was full */
};

/* Only the VP's own processor writes here. */
struct synic {
	uint64_t control;	/* SCONTROL */
	uint64_t sint[SYNIC_SINTS];
	/* Pages of ours that the parent sees; the MSRs hold their enable. */
	uint64_t assist, messages, flags, rings;
	uint64_t icr;		/* the last one written by the MSR */
	struct stimer timer[SYNIC_TIMERS];
	uint32_t armed;		/* bits of those with a deadline or a message */
	uint64_t deadline;	/* the hypervisor's own; 0: none */
	struct stimer *native;	/* whose vector the processor's timer carries */
};

/* Gives a parent's VP its pages. */
void synic_init(struct vp *vp);

/* As after reset or INIT: masked, timers off. */
void synic_reset(struct vp *vp);

/* Reads and writes of the MSRs from VP_ASSIST_PAGE to STIMER3_COUNT; false
 * means #GP. */
bool synic_read(struct vp *vp, uint32_t msr, uint64_t *value);
bool synic_write(struct vp *vp, uint32_t msr, uint64_t value);

/* Serves what has expired and programs the processor's timer anew. */
void synic_timers(struct vp *vp);

#endif
