/* Children with a SynIC: what the tests of messages, event flags and synthetic
 * timers share. */
/* SPDX-License-Identifier: MIT */
#ifndef SYNICS_H
#define SYNICS_H

#include "child.h"

#include <stdbool.h>
#include <stdint.h>

#define SYNICS_FEATURES	0x3fffffffffull	/* whatever is offered */
#define SYNICS_SINT	2	/* whose messages the VP's handler takes */
#define SYNICS_VECTOR	0x52u
#define AT_MESSAGES	0x9000u
#define AT_FLAGS	0xa000u
#define AT_FACE		0x2000u	/* code for synics_act() */
#define AT_WAITS	0x2100u
#define AT_TAKES	0x2200u

/* A child with these features whose VPs have their x2APIC on and wait; their
 * SynIC is off. */
bool synics_make(struct child *child, unsigned int region, uint64_t features,
	unsigned int vps);

/* SynIC and pages on, SINT with that value, and its handler. */
void synics_on(struct child *child, uint32_t vp, uint64_t sint);

/* A handler that takes messages of SYNICS_SINT and ends its interrupt. */
void synics_handle(struct child *child, uint8_t vector);

/* The VP waits again, with interrupts on. */
void synics_wait(const struct child *child, uint32_t vp);

/* RDMSR and WRMSR on VP 0: the value, or SYNICS_FAULT. */
#define SYNICS_FAULT	(1ull << 63 | 13)
uint64_t synics_read(const struct child *child, uint32_t msr);
uint64_t synics_write(const struct child *child, uint32_t msr, uint64_t value);

/* POST_MESSAGE_DIRECT, with the value as first word, and SIGNAL_EVENT_DIRECT:
 * HV_STATUS. */
uint32_t synics_post(const struct child *child, uint32_t vp, uint32_t sint,
	uint32_t type, uint64_t value, uint8_t size);
uint32_t synics_signal(const struct child *child, uint32_t vp, uint32_t sint,
	uint32_t flag);

/* GET_VP_STATE and SET_VP_STATE with one page: HV_STATUS. */
uint32_t synics_state(const struct child *child, uint16_t code, uint32_t type,
	uint32_t vp, const void *page);

/* A copy of a SINT's slot. */
const struct hv_message *synics_slot(const struct child *child, uint32_t vp,
	unsigned int sint);

/* The vector that the VP says it took, or how its run ended above 32 bits. */
uint64_t synics_trap(const struct child *child, uint32_t vp);

/* The same, across times of waiting, within so many milliseconds; 0: none. */
uint64_t synics_await(const struct child *child, uint32_t vp, unsigned int ms);

/* The parent's own SynIC, for the signals of VPs that wait. */
void synics_signals(bool on);

/* The next signal, and its slot is free again; false when there is none. */
bool synics_signalled(struct hv_signal_pair *pair);

#endif
