/* The synthetic interrupt controller and timers of the parent's VPs.
 *
 * The processor's timer carries the parent's vector, and expires without an
 * exit, when a direct-mode timer is the only deadline; else it carries
 * DEADLINE_VECTOR, for which the parent's IDT has no gate: the fault exits.
 * docs/hypervisor.md, "Timers". */
/* SPDX-License-Identifier: MIT */
#include "synic.h"

#include "../abi/message.h"
#include "../abi/msr.h"
#include "../lib/string.h"
#include "deadline.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "ring.h"
#include "signal.h"
#include "sleeper.h"
#include "synic_child.h"
#include "vp.h"

#define CLOCKS_DIFFER			10000	/* 1 ms in a second */

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
	ring_turned(vp);
	memset(vp->ring_head, 0, sizeof(vp->ring_head));
	for (i = 0; i < SYNIC_SINTS; i++)
		synic->sint[i] = HV_SINT_MASKED;
	clear_page(&synic->assist);
	clear_page(&synic->messages);
	clear_page(&synic->flags);
	clear_page(&synic->rings);
	/* Off: else they would go into the slot that nobody reads any more. */
	signal_flee(vp);
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

void synic_assert(struct vp *vp, unsigned int sint)
{
	assert_sint(vp, sint);
}

static struct hv_message *slot_of(struct vp *vp, unsigned int sint)
{
	return (struct hv_message *)(vp->synic.messages & ~1ull) + sint;
}

static bool is_on(const struct synic *synic)
{
	return synic->control & 1 && synic->messages & HV_OVERLAY_ENABLE;
}

bool synic_is_on(const struct vp *vp)
{
	return is_on(&vp->synic);
}

bool synic_is_free(struct hv_message *slot)
{
	if (!__atomic_load_n(&slot->type, __ATOMIC_SEQ_CST))
		return true;
	__atomic_fetch_or(&slot->flags, HV_MESSAGE_PENDING, __ATOMIC_SEQ_CST);
	/* It may have been emptied before the flag was there. */
	return !__atomic_load_n(&slot->type, __ATOMIC_SEQ_CST);
}

void synic_fill(struct hv_message *slot, uint32_t type, uint64_t sender,
	const void *payload, uint32_t size)
{
	slot->size = (uint8_t)size;
	slot->flags = 0;
	slot->sender = sender;
	memcpy(slot->payload, payload, size);
	/* The VP looks at the type first: it is written last. */
	__atomic_store_n(&slot->type, type, __ATOMIC_SEQ_CST);
}

bool synic_slot_free(struct vp *vp, unsigned int sint)
{
	return is_on(&vp->synic) && synic_is_free(slot_of(vp, sint));
}

void synic_post(struct vp *vp, unsigned int sint, uint32_t type,
	const void *payload, uint32_t size)
{
	synic_fill(slot_of(vp, sint), type, 0, payload, size);
	assert_sint(vp, sint);
}

/* Puts a timer's message into its slot; false when it is not empty. */
static bool post_expired(struct vp *vp, unsigned int index)
{
	struct stimer *timer = &vp->synic.timer[index];
	unsigned int sint = stimer_sint(timer);
	uint64_t payload[3] = {index, timer->expired, machine_time()};

	if (!is_on(&vp->synic))
		return true;
	if (!synic_slot_free(vp, sint))
		return false;
	synic_post(vp, sint, HV_MESSAGE_TIMER_EXPIRED, payload,
		sizeof(payload));
	return true;
}

static void expire(struct vp *vp, unsigned int index, uint64_t now)
{
	struct stimer *timer = &vp->synic.timer[index];

	if (!stimer_expire(timer, now))
		return;
	if (timer->config & HV_STIMER_DIRECT)
		machine_interrupt(vp->cpu->index, stimer_vector(timer));
	else
		timer->undelivered = !post_expired(vp, index);
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

		if (timer->deadline && timer->due < earliest)
			earliest = timer->due;
	}
	if (earliest == ~0ull) {
		machine_timer(0, 0);
		return;
	}
	delay = earliest > now ? earliest - now : 0;
	if (is_native(synic, delay)) {
		synic->native = &synic->timer[__builtin_ctz(synic->armed)];
		vector = stimer_vector(synic->native);
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

/* The one whose interrupt the processor's timer has delivered is done. That
 * its count is 0 is no proof: the count also stands there when it was not
 * started, or was stopped. The two clocks may differ by a little. */
static struct stimer *settle_native(struct synic *synic)
{
	struct stimer *timer = synic->native;
	uint64_t differ = machine.emulated ? 0 : CLOCKS_DIFFER;

	if (!timer || !machine_timer_fired() ||
			machine_time() + differ < timer->deadline)
		return NULL;
	timer->config &= ~(uint64_t)HV_STIMER_ENABLE;
	timer->deadline = 0;
	note_armed(synic, timer);
	synic->native = NULL;
	return timer;
}

/* An emulator's count is 0 a moment before the interrupt is there, and who
 * programs the timer in between takes it away: then it is ours to send. If the
 * parent has had it already it gets one too many, which does no harm. */
static void rescue(const struct stimer *timer)
{
	uint8_t vector = stimer_vector(timer);

	if (machine.emulated && !machine_is_pending(vector))
		machine_interrupt(cpu_self()->index, vector);
}

static void settle(struct synic *synic)
{
	const struct stimer *native = settle_native(synic);

	if (native)
		rescue(native);
}

/* Of two times, where 0 is none. */
static uint64_t earlier(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

void synic_deadline(struct vp *vp, uint64_t deadline)
{
	struct synic *synic = &vp->synic;

	if (synic->running == deadline)
		return;
	synic->running = deadline;
	synic_timers(vp);
}

void synic_timers(struct vp *vp)
{
	struct synic *synic = &vp->synic;
	uint64_t now = machine_time();
	uint32_t left;

	settle(synic);
	for (left = synic->armed; left; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);
		struct stimer *timer = &synic->timer[i];

		if (timer->undelivered)
			timer->undelivered = !post_expired(vp, i);
		if (timer->deadline && timer->due <= now)
			expire(vp, i, now);
		note_armed(synic, timer);
	}
	synic->deadline = earlier(sleeper_run(now), synic->running);
	program(synic, now);
}

static bool timer_write(struct vp *vp, uint32_t offset, uint64_t value)
{
	struct stimer *timer = &vp->synic.timer[offset / 2];

	if (offset & 1)
		stimer_set_count(timer, value, machine_time());
	else if (!stimer_set_config(timer, value, machine_time()))
		return false;
	if (vp->synic.native == timer)
		vp->synic.native = NULL;
	note_armed(&vp->synic, timer);
	synic_timers(vp);
	return true;
}

static uint64_t timer_read(const struct vp *vp, uint32_t offset)
{
	const struct stimer *timer = &vp->synic.timer[offset / 2];

	return offset & 1 ? timer->count : timer->config;
}

/* Messages can be taken now, or not any more. */
static void turned(struct vp *vp)
{
	if (is_on(&vp->synic))
		signal_next(vp);
	else
		signal_flee(vp);
}

/* The parent may turn its overlay pages on and off, not move them. */
static bool turn(uint64_t *overlay, uint64_t value)
{
	*overlay = (*overlay & ~1ull) | (value & HV_OVERLAY_ENABLE);
	return true;
}

bool synic_sint(uint64_t *value)
{
	uint64_t valid = 0xff | HV_SINT_MASKED | HV_SINT_AUTO_EOI |
		HV_SINT_POLLING | HV_SINT_AS_INTERCEPT;

	/* TLFS 11.8.4: vectors 0 to 15 are not for interrupts. */
	if (!(*value & HV_SINT_MASKED) && (uint8_t)*value < 16)
		return false;
	*value &= valid;
	return true;
}

static bool sint_write(struct vp *vp, unsigned int index, uint64_t value)
{
	if (!synic_sint(&value))
		return false;
	vp->synic.sint[index] = value;
	return true;
}

static bool control_write(struct vp *vp, uint64_t value)
{
	vp->synic.control = value & 1;
	turned(vp);
	ring_turned(vp);
	return true;
}

bool synic_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	struct synic *synic = &vp->synic;

	if (vp->child)
		return synic_child_write(vp, msr, value);
	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15)
		return sint_write(vp, msr - HV_MSR_SINT0, value);
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT)
		return timer_write(vp, msr - HV_MSR_STIMER0_CONFIG, value);
	switch (msr) {
	case HV_MSR_VP_ASSIST_PAGE:
		return turn(&synic->assist, value);
	case HV_MSR_SCONTROL:
		return control_write(vp, value);
	case HV_MSR_SIEFP:
		return turn(&synic->flags, value);
	case HV_MSR_SIMP:
		turn(&synic->messages, value);
		turned(vp);
		return true;
	case HV_MSR_SIRBP:
		turn(&synic->rings, value);
		ring_turned(vp);
		return true;
	case HV_MSR_EOM:
		signal_next(vp);
		synic_timers(vp);
		return true;
	}
	return false;
}

bool synic_read(struct vp *vp, uint32_t msr, uint64_t *value)
{
	struct synic *synic = &vp->synic;

	*value = 0;
	if (vp->child)
		return synic_child_read(vp, msr, value);
	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15) {
		*value = synic->sint[msr - HV_MSR_SINT0];
		return true;
	}
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT) {
		settle(synic);
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
