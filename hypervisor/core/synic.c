/* The synthetic interrupt controller and timers of the parent's VPs.
 *
 * The processor's timer carries the parent's vector, and expires without an
 * exit, when a direct-mode timer is the only deadline; else it carries
 * DEADLINE_VECTOR, for which the parent's IDT has no gate: the fault exits.
 * docs/hypervisor.md, "Timers". */
/* SPDX-License-Identifier: MIT */
#include "synic.h"

#include "../abi/msr.h"
#include "../lib/string.h"
#include "deadline.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "vp.h"

#define HV_MESSAGE_TIMER_EXPIRED	0x80000010
#define PERIOD_LEAST			1000	/* 100 us */

/* A message slot. TLFS 11.8.3 */
struct message {
	uint32_t type;
	uint8_t size;
	uint8_t flags;		/* bit 0: another one is pending */
	uint8_t reserved[2];
	uint64_t sender;
	uint64_t payload[30];
};
static_assert(sizeof(struct message) == 256, "TLFS 11.8.3");

static uint64_t own_page(void)
{
	void *page = memory_parent_page(MAP_READ | MAP_WRITE);

	return (uint64_t)page;
}

void synic_init(struct vp *vp)
{
	vp->synic.assist = own_page();
	vp->synic.messages = own_page();
	vp->synic.flags = own_page();
	vp->synic.rings = own_page();
	synic_reset(vp);
}

static void clear_page(uint64_t *overlay)
{
	*overlay &= ~(uint64_t)(HV_PAGE_SIZE - 1);
	memset((void *)*overlay, 0, HV_PAGE_SIZE);
}

void synic_reset(struct vp *vp)
{
	struct synic *synic = &vp->synic;
	unsigned int i;

	synic->control = 0;
	for (i = 0; i < SYNIC_SINTS; i++)
		synic->sint[i] = HV_SINT_MASKED;
	clear_page(&synic->assist);
	clear_page(&synic->messages);
	clear_page(&synic->flags);
	clear_page(&synic->rings);
	memset(synic->timer, 0, sizeof(synic->timer));
	synic->armed = 0;
	synic->deadline = 0;
	synic->native = NULL;
}

/* The interrupt of a SINT, by the parent's own APIC. */
static void assert_sint(struct vp *vp, unsigned int index)
{
	uint64_t sint = vp->synic.sint[index];

	if (sint & (HV_SINT_MASKED | HV_SINT_POLLING))
		return;
	machine_interrupt(vp->cpu->index, (uint8_t)sint);
}

/* Puts a timer's message into its slot; false when it is not empty. */
static bool post_expired(struct vp *vp, unsigned int index)
{
	struct synic *synic = &vp->synic;
	struct stimer *timer = &synic->timer[index];
	unsigned int sint = timer->config >> HV_STIMER_SINT_SHIFT & 15;
	struct message *slot;

	if (!(synic->control & 1) || !(synic->messages & HV_OVERLAY_ENABLE))
		return true;
	slot = (struct message *)(synic->messages & ~1ull) + sint;
	if (slot->type) {
		slot->flags |= 1;
		return false;
	}
	slot->size = 24;
	slot->flags = 0;
	slot->sender = 0;
	slot->payload[0] = index;
	slot->payload[1] = timer->expired;
	slot->payload[2] = machine_time();
	/* The parent looks at the type first: it is written last. */
	__atomic_store_n(&slot->type, HV_MESSAGE_TIMER_EXPIRED,
		__ATOMIC_RELEASE);
	assert_sint(vp, sint);
	return true;
}

/* When a period that starts now ends; never for one that has no end. Shorter
 * ones than 100 us would leave the processor no time for anything else. */
static uint64_t period_end(const struct stimer *timer, uint64_t now)
{
	uint64_t period = timer->count < PERIOD_LEAST ? PERIOD_LEAST :
		timer->count;

	return period > ~0ull - now ? ~0ull : now + period;
}

/* One that has expired: the next period, or off. TLFS 12.3 */
static void expire(struct vp *vp, unsigned int index, uint64_t now)
{
	struct stimer *timer = &vp->synic.timer[index];

	timer->expired = timer->deadline;
	if (timer->config & HV_STIMER_DIRECT) {
		machine_interrupt(vp->cpu->index, (uint8_t)(timer->config >>
			HV_STIMER_VECTOR_SHIFT));
	} else {
		timer->undelivered = !post_expired(vp, index);
	}
	if (!(timer->config & HV_STIMER_PERIODIC)) {
		timer->config &= ~(uint64_t)HV_STIMER_ENABLE;
		timer->deadline = 0;
		return;
	}
	timer->deadline = period_end(timer, timer->deadline);
	/* Missed periods are not made up for one by one. */
	if (timer->deadline <= now)
		timer->deadline = period_end(timer, now);
}

/* The only deadline is a timer's whose vector the processor's can carry. */
static bool is_native(const struct synic *synic, uint64_t delay)
{
	const struct stimer *timer;

	if (synic->deadline || synic->armed & (synic->armed - 1) ||
			delay > MACHINE_TIMER_REACH)
		return false;
	timer = &synic->timer[__builtin_ctz(synic->armed)];
	return timer->deadline && timer->config & HV_STIMER_DIRECT &&
		!(timer->config & HV_STIMER_PERIODIC);
}

/* Arms the processor's timer for the earliest deadline. */
static void program(struct synic *synic, uint64_t now)
{
	uint64_t earliest = synic->deadline ? synic->deadline : ~0ull, delay;
	uint8_t vector = DEADLINE_VECTOR;
	uint32_t left;

	synic->native = NULL;
	for (left = synic->armed; left; left &= left - 1) {
		const struct stimer *timer = &synic->timer[__builtin_ctz(left)];

		if (timer->deadline && timer->deadline < earliest)
			earliest = timer->deadline;
	}
	if (earliest == ~0ull) {
		machine_timer(0, 0);
		return;
	}
	delay = earliest > now ? earliest - now : 0;
	if (is_native(synic, delay)) {
		synic->native = &synic->timer[__builtin_ctz(synic->armed)];
		vector = (uint8_t)(synic->native->config >>
			HV_STIMER_VECTOR_SHIFT);
	}
	machine_timer(delay, vector);
}

static void note_armed(struct synic *synic, const struct stimer *timer)
{
	uint32_t bit = 1u << (timer - synic->timer);

	if (timer->deadline || timer->undelivered)
		synic->armed |= bit;
	else
		synic->armed &= ~bit;
}

/* The one whose interrupt the processor's timer has delivered is done. */
static void settle_native(struct synic *synic)
{
	struct stimer *timer = synic->native;

	if (!timer || !machine_timer_fired())
		return;
	timer->config &= ~(uint64_t)HV_STIMER_ENABLE;
	timer->deadline = 0;
	note_armed(synic, timer);
	synic->native = NULL;
}

void synic_timers(struct vp *vp)
{
	struct synic *synic = &vp->synic;
	uint64_t now = machine_time();
	uint32_t left;

	settle_native(synic);
	for (left = synic->armed; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);
		struct stimer *timer = &synic->timer[i];

		if (timer->undelivered)
			timer->undelivered = !post_expired(vp, i);
		if (timer->deadline && timer->deadline <= now)
			expire(vp, i, now);
		note_armed(synic, timer);
	}
	if (synic->deadline && synic->deadline <= now)
		synic->deadline = 0;
	program(synic, now);
}

/* What a timer's registers say now decides when it expires. TLFS 12.4 */
static void arm(struct vp *vp, struct stimer *timer)
{
	if (vp->synic.native == timer)
		vp->synic.native = NULL;
	timer->undelivered = false;
	timer->deadline = 0;
	if (timer->config & HV_STIMER_ENABLE && timer->count) {
		timer->deadline = timer->count;
		if (timer->config & HV_STIMER_PERIODIC)
			timer->deadline = period_end(timer, machine_time());
	}
	note_armed(&vp->synic, timer);
	synic_timers(vp);
}

/* Whether the configuration may be; TLFS 12.4.1. */
static bool config_valid(uint64_t config)
{
	uint8_t vector = (uint8_t)(config >> HV_STIMER_VECTOR_SHIFT);

	if (config & ~(uint64_t)HV_STIMER_VALID)
		return false;
	return !(config & HV_STIMER_DIRECT) || vector >= 16;
}

static bool timer_write(struct vp *vp, uint32_t offset, uint64_t value)
{
	struct stimer *timer = &vp->synic.timer[offset / 2];

	if (offset & 1) {
		timer->count = value;
		if (!value)
			timer->config &= ~(uint64_t)HV_STIMER_ENABLE;
		else if (timer->config & HV_STIMER_AUTO_ENABLE)
			timer->config |= HV_STIMER_ENABLE;
	} else {
		if (!config_valid(value))
			return false;
		/* A message timer without a SINT cannot be on. TLFS 12.4.1 */
		if (!(value & HV_STIMER_DIRECT) &&
				!(value >> HV_STIMER_SINT_SHIFT & 15))
			value &= ~(uint64_t)HV_STIMER_ENABLE;
		timer->config = value;
	}
	arm(vp, timer);
	return true;
}

static uint64_t timer_read(const struct vp *vp, uint32_t offset)
{
	const struct stimer *timer = &vp->synic.timer[offset / 2];

	return offset & 1 ? timer->count : timer->config;
}

/* The parent may turn its overlay pages on and off, not move them. */
static bool overlay_write(uint64_t *overlay, uint64_t value)
{
	*overlay = (*overlay & ~1ull) | (value & HV_OVERLAY_ENABLE);
	return true;
}

static bool sint_write(struct vp *vp, unsigned int index, uint64_t value)
{
	uint64_t valid = 0xff | HV_SINT_MASKED | HV_SINT_AUTO_EOI |
		HV_SINT_POLLING | HV_SINT_AS_INTERCEPT;

	/* TLFS 11.8.4: vectors 0 to 15 are not for interrupts. */
	if (!(value & HV_SINT_MASKED) && (uint8_t)value < 16)
		return false;
	vp->synic.sint[index] = value & valid;
	return true;
}

static bool control_write(struct vp *vp, uint64_t value)
{
	vp->synic.control = value & 1;
	return true;
}

bool synic_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	struct synic *synic = &vp->synic;

	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15)
		return sint_write(vp, msr - HV_MSR_SINT0, value);
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT)
		return timer_write(vp, msr - HV_MSR_STIMER0_CONFIG, value);
	switch (msr) {
	case HV_MSR_VP_ASSIST_PAGE:
		return overlay_write(&synic->assist, value);
	case HV_MSR_SCONTROL:
		return control_write(vp, value);
	case HV_MSR_SIEFP:
		return overlay_write(&synic->flags, value);
	case HV_MSR_SIMP:
		return overlay_write(&synic->messages, value);
	case HV_MSR_SIRBP:
		return overlay_write(&synic->rings, value);
	case HV_MSR_EOM:
		synic_timers(vp);
		return true;
	}
	return false;
}

bool synic_read(struct vp *vp, uint32_t msr, uint64_t *value)
{
	struct synic *synic = &vp->synic;

	*value = 0;
	settle_native(synic);
	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15) {
		*value = synic->sint[msr - HV_MSR_SINT0];
		return true;
	}
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT) {
		*value = timer_read(vp, msr - HV_MSR_STIMER0_CONFIG);
		return true;
	}
	switch (msr) {
	case HV_MSR_VP_ASSIST_PAGE:
		*value = synic->assist;
		return true;
	case HV_MSR_SCONTROL:
		*value = synic->control;
		return true;
	case HV_MSR_SVERSION:
		*value = 1;
		return true;
	case HV_MSR_SIEFP:
		*value = synic->flags;
		return true;
	case HV_MSR_SIMP:
		*value = synic->messages;
		return true;
	case HV_MSR_SIRBP:
		*value = synic->rings;
		return true;
	case HV_MSR_EOM:
		return true;
	}
	return false;
}
