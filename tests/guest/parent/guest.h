/* Children that make hypercalls. */
/* SPDX-License-Identifier: MIT */
#ifndef GUEST_H
#define GUEST_H

#include "child.h"

#include <stdbool.h>
#include <stdint.h>

/* What we ask for: the interface and all that has to do with calls. */
#define GUEST_FEATURES (HV_FEATURE_PRESENT | HV_FEATURE_HV1 | \
	HV_FEATURE_HYPERCALL | HV_FEATURE_VP_INDEX | \
	HV_FEATURE_EXTENDED_RANGES | HV_FEATURE_FAST_OUTPUT | \
	HV_FEATURE_START_VP | HV_FEATURE_EX_MASKS | HV_FEATURE_FLUSH | \
	HV_FEATURE_CLUSTER_IPI | HV_FEATURE_LONG_SPIN | \
	HV_FEATURE_VP_REGISTERS | HV_FEATURE_SYNIC | \
	HV_FEATURE_SIGNAL_EVENTS)

#define AT_INPUT	0x30000u	/* two pages */
#define AT_OUTPUT	0x32000u
#define AT_HYPERCALL	0x34000u
#define AT_BEYOND	0x40000u	/* the end of its memory */

/* A call's end, when it is not RAX: the exception, the message, or how the
 * dispatch ended. */
#define GUEST_TRAP	0x1000000000000ull
#define GUEST_MESSAGE	0x2000000000000ull
#define GUEST_ENDED	0x4000000000000ull

#define GUEST_STATUS(rax)	((uint16_t)(rax))
#define GUEST_DONE(rax)		((uint32_t)((rax) >> HVCALL_DONE_SHIFT) & 0xfff)

/* A child with the interface on, whose first VP waits to make calls. */
bool guest_make(struct child *child, unsigned int vps, uint64_t features);

/* The same in steps: without the interface's MSRs; these; and before there are
 * VPs, a property. */
bool guest_make_silent(struct child *child, unsigned int vps,
	uint64_t features);
void guest_enable(struct child *child);
uint32_t guest_offer(const struct child *child, uint32_t property,
	uint64_t value);

/* The VP waits to make calls, in that mode. */
void guest_ready(struct child *child, uint32_t vp, enum child_mode mode);

/* Makes one in 64-bit mode, and answers RAX; checks that no other register has
 * changed. A VP that trapped must be made ready again. */
uint64_t guest_call(struct child *child, uint32_t vp, uint64_t control,
	uint64_t in, uint64_t out);
/* From 32-bit code: EDX:EAX. */
uint64_t guest_call_32(struct child *child, uint64_t control, uint64_t in,
	uint64_t out);
/* As it stopped: RIP and general registers stay. */
uint64_t guest_again(struct child *child, uint32_t vp);

/* Its parameters, as we see them. */
void *guest_in(const struct child *child);
void *guest_out(const struct child *child);

#endif
