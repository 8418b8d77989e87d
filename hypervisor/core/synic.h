/* A VP's synthetic interrupt controller and timers. TLFS 11 and 12. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_SYNIC_H
#define CORE_SYNIC_H

#include "stimer.h"

#include <stdbool.h>
#include <stdint.h>

struct vp;
struct hv_message;

#define SYNIC_SINTS	16
#define SYNIC_TIMERS	4

/* Of a parent's VP; a child's has struct synic_child. Only the VP's own processor
 * writes here. */
struct synic {
	uint64_t control;	/* SCONTROL */
	uint64_t sint[SYNIC_SINTS];
	/* Pages of ours that the parent sees; the MSRs hold their enable. */
	uint64_t assist, messages, flags, rings;
	uint64_t icr;		/* the last one written by the MSR */
	struct stimer timer[SYNIC_TIMERS];
	uint32_t armed;		/* bits of those with a deadline or a message */
	uint64_t deadline;	/* the hypervisor's own; 0: none */
	uint64_t running;	/* of these, the child's VP that runs here */
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

/* Whether a message slot is empty; if not, the VP will say when it is. */
bool synic_is_free(struct hv_message *slot);

/* Puts a message into an empty slot. */
void synic_fill(struct hv_message *slot, uint32_t type, uint64_t sender,
	const void *payload, uint32_t size);

/* A SINT's value as it may be written; false: #GP. */
bool synic_sint(uint64_t *value);

/* Whether the slot of a SINT is empty; if not, the VP will say when it is. */
bool synic_slot_free(struct vp *vp, unsigned int sint);

/* Whether the parent's VP takes messages at all. */
bool synic_is_on(const struct vp *vp);

/* The interrupt of a parent's SINT, unless that has none. */
void synic_assert(struct vp *vp, unsigned int sint);

/* Puts a message into an empty slot, and asserts the SINT. */
void synic_post(struct vp *vp, unsigned int sint, uint32_t type,
	const void *payload, uint32_t size);

/* The deadline of the child's VP that runs on the processor; 0: none. */
void synic_deadline(struct vp *vp, uint64_t deadline);

/* Serves what has expired and programs the processor's timer anew. */
void synic_timers(struct vp *vp);

/* The same for VPs of children, on any processor and without a lock of the VP
 * or of its SynIC: core/synic_child.c.
 *
 * A message into a SINT's slot; a masked SINT gets it without an interrupt.
 * INVALID_PARAMETER: no such SINT, too long, type 0; INVALID_SYNIC_STATE: the
 * SynIC or its page is off; INSUFFICIENT_BUFFERS: the slot is full, and the VP
 * will write EOM when it is empty (see the SINTs in DELIVERABILITY). size:
 * bytes, 240 at most. */
uint16_t synic_child_post(struct vp *vp, unsigned int sint, uint32_t type,
	uint64_t sender, const void *payload, uint32_t size);

/* Sets an event flag; one that is set already is no interrupt. Answers as
 * above, and INVALID_SYNIC_STATE for a masked SINT; flags are 0 to 2047. */
uint16_t synic_child_signal(struct vp *vp, unsigned int sint,
	unsigned int flag, bool *is_new);

#endif
