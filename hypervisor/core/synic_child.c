/* The synthetic interrupt controller and timers of children's VPs. Messages and
 * event flags go into pages of the hypervisor's own, wherever the VP lays them
 * over its memory just now. */
/* SPDX-License-Identifier: MIT */
#include "synic_child.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/msr.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "intercept.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

bool synic_child_make(struct vp *vp, struct pool *pool)
{
	struct synic_child *synic = &vp->child->synic;

	synic->lock.rank = LOCK_SYNIC;
	if (!(vp->partition->privileges & HV_ACCESS_SYNIC))
		return true;
	return overlay_make(pool, &synic->messages) &&
		overlay_make(pool, &synic->flags);
}

void synic_child_free(struct vp *vp, struct pool *pool)
{
	struct synic_child *synic = &vp->child->synic;

	if (synic->messages.page) {
		overlay_hide(vp->partition, &synic->messages);
		overlay_free(pool, &synic->messages);
	}
	if (synic->flags.page) {
		overlay_hide(vp->partition, &synic->flags);
		overlay_free(pool, &synic->flags);
	}
}

void synic_child_reset(struct vp *vp)
{
	struct synic_child *synic = &vp->child->synic;
	unsigned int i;

	lock_take(&synic->lock);
	synic->control = 0;
	for (i = 0; i < SYNIC_SINTS; i++)
		synic->sint[i] = HV_SINT_MASKED;
	lock_give(&synic->lock);
	/* Nobody writes there any more. */
	overlay_hide(vp->partition, &synic->messages);
	overlay_hide(vp->partition, &synic->flags);
	memset(synic->auto_eoi, 0, sizeof(synic->auto_eoi));
	memset(synic->timer, 0, sizeof(synic->timer));
	synic->armed = synic->undelivered = 0;
}

/* A SINT that is polled counts as one that is not masked. TLFS 11.8.4 */
static bool is_masked(uint64_t sint)
{
	return sint & HV_SINT_MASKED && !(sint & HV_SINT_POLLING);
}

/* The vector that a SINT asserts; 0: none. */
static uint8_t vector_of(uint64_t sint)
{
	return sint & (HV_SINT_MASKED | HV_SINT_POLLING) ? 0 : (uint8_t)sint;
}

/* On any processor. */
static void assert_vector(struct vp *vp, uint8_t vector)
{
	if (vector && vlapic_accept(&vp->child->lapic, vector, false))
		child_wake(vp);
}

static bool takes_messages(const struct synic_child *synic)
{
	return synic->control & 1 && overlay_is_on(&synic->messages);
}

static struct hv_message *slot_of(const struct synic_child *synic,
	unsigned int sint)
{
	return (struct hv_message *)synic->messages.page +
		(sint & (SYNIC_SINTS - 1));
}

uint16_t synic_child_post(struct vp *vp, unsigned int sint, uint32_t type,
	uint64_t sender, const void *payload, uint32_t size)
{
	struct synic_child *synic = &vp->child->synic;
	uint16_t status = HV_STATUS_SUCCESS;
	uint8_t vector;

	if (sint >= SYNIC_SINTS || !type || size > HV_MESSAGE_PAYLOAD)
		return HV_STATUS_INVALID_PARAMETER;
	lock_take(&synic->lock);
	vector = vector_of(synic->sint[sint & (SYNIC_SINTS - 1)]);
	if (!takes_messages(synic))
		status = HV_STATUS_INVALID_SYNIC_STATE;
	else if (!synic_is_free(slot_of(synic, sint)))
		status = HV_STATUS_INSUFFICIENT_BUFFERS;
	else
		synic_fill(slot_of(synic, sint), type, sender, payload, size);
	lock_give(&synic->lock);
	if (status == HV_STATUS_SUCCESS)
		assert_vector(vp, vector);
	return status;
}

uint16_t synic_child_signal(struct vp *vp, unsigned int sint,
	unsigned int flag, bool *is_new)
{
	struct synic_child *synic = &vp->child->synic;
	uint64_t *word = synic->flags.page, bit = 1ull << flag % 64, old;
	uint64_t value;
	bool ready;

	if (sint >= SYNIC_SINTS || flag >= HV_EVENT_FLAGS)
		return HV_STATUS_INVALID_PARAMETER;
	word += (sint & (SYNIC_SINTS - 1)) * (HV_EVENT_FLAGS / 64) +
		(flag & (HV_EVENT_FLAGS - 1)) / 64;
	lock_take(&synic->lock);
	value = synic->sint[sint & (SYNIC_SINTS - 1)];
	ready = synic->control & 1 && overlay_is_on(&synic->flags) &&
		!is_masked(value);
	old = ready ? __atomic_fetch_or(word, bit, __ATOMIC_SEQ_CST) : 0;
	lock_give(&synic->lock);
	if (!ready)
		return HV_STATUS_INVALID_SYNIC_STATE;
	*is_new = !(old & bit);
	if (*is_new)
		assert_vector(vp, vector_of(value));
	return HV_STATUS_SUCCESS;
}

/* The message of a timer that has expired; false: it has to wait. */
static bool post_expired(struct vp *vp, unsigned int index, uint64_t now)
{
	const struct stimer *timer = &vp->child->synic.timer[index];
	uint64_t payload[3] = {index, timer->expired, now};

	return synic_child_post(vp, stimer_sint(timer),
		HV_MESSAGE_TIMER_EXPIRED, 0, payload, sizeof(payload)) ==
		HV_STATUS_SUCCESS;
}

static void note(struct synic_child *synic, unsigned int index)
{
	const struct stimer *timer = &synic->timer[index];
	uint16_t bit = (uint16_t)(1u << index);

	synic->armed &= (uint16_t)~bit;
	synic->undelivered &= (uint16_t)~bit;
	if (timer->deadline)
		synic->armed |= bit;
	if (timer->undelivered)
		synic->undelivered |= bit;
}

static void serve_timer(struct vp *vp, unsigned int index, uint64_t now)
{
	struct synic_child *synic = &vp->child->synic;
	struct stimer *timer = &synic->timer[index];

	if (timer->deadline && timer->due <= now && stimer_expire(timer, now)) {
		if (timer->config & HV_STIMER_DIRECT)
			assert_vector(vp, stimer_vector(timer));
		else
			timer->undelivered = true;
	}
	if (timer->undelivered)
		timer->undelivered = !post_expired(vp, index, now);
	note(synic, index);
}

/* The SINTs of these whose slots are empty. */
static uint16_t empty_slots(struct synic_child *synic, uint16_t sints)
{
	uint16_t empty = 0;
	unsigned int i;

	lock_take(&synic->lock);
	for (i = 0; takes_messages(synic) && i < SYNIC_SINTS; i++) {
		if (sints >> i & 1 && synic_is_free(slot_of(synic, i)))
			empty |= (uint16_t)(1u << i);
	}
	lock_give(&synic->lock);
	return empty;
}

void synic_child_serve(struct vp *vp)
{
	struct synic_child *synic = &vp->child->synic;
	uint16_t timers = synic->armed | synic->undelivered, empty;
	uint64_t now = partition_time(vp->partition);

	for (; timers; timers &= (uint16_t)(timers - 1))
		serve_timer(vp, (unsigned int)__builtin_ctz(timers), now);
	empty = synic->wanted ? empty_slots(synic, synic->wanted) : 0;
	if (empty && !vp->child->waits_sipi && !vp->child->dead) {
		synic->wanted &= (uint16_t)~empty;
		intercept_sints(vp, empty);
	}
}

/* Whether the VP would notice: the rest can wait for it. */
static bool is_heard(const struct synic_child *synic, unsigned int index)
{
	const struct stimer *timer = &synic->timer[index];

	return timer->config & HV_STIMER_DIRECT || (!timer->undelivered &&
		takes_messages(synic) && vector_of(synic->sint[
		stimer_sint(timer)]));
}

uint64_t synic_child_deadline(const struct synic_child *synic, bool asleep)
{
	uint64_t earliest = ~0ull;
	uint16_t timers = synic->armed;

	for (; timers; timers &= (uint16_t)(timers - 1)) {
		unsigned int i = (unsigned int)__builtin_ctz(timers);

		if (synic->timer[i].due < earliest &&
				(!asleep || is_heard(synic, i)))
			earliest = synic->timer[i].due;
	}
	return earliest == ~0ull ? 0 : earliest;
}

static bool set_sint(struct synic_child *synic, unsigned int index,
	uint64_t value)
{
	unsigned int i;

	if (!synic_sint(&value))
		return false;
	lock_take(&synic->lock);
	synic->sint[index] = value & ~(uint64_t)HV_SINT_AS_INTERCEPT;
	lock_give(&synic->lock);
	/* Of a SINT that is masked now, an interrupt may be under way. */
	memset(synic->auto_eoi, 0, sizeof(synic->auto_eoi));
	for (i = 0; i < SYNIC_SINTS; i++) {
		uint8_t vector = (uint8_t)synic->sint[i];

		if (synic->sint[i] & HV_SINT_AUTO_EOI)
			synic->auto_eoi[vector / 64] |= 1ull << vector % 64;
	}
	return true;
}

bool synic_child_is_auto_eoi(const struct synic_child *synic, uint8_t vector)
{
	return synic->auto_eoi[vector / 64] >> vector % 64 & 1;
}

static bool set_timer(struct vp *vp, uint32_t offset, uint64_t value)
{
	struct synic_child *synic = &vp->child->synic;
	struct stimer *timer = &synic->timer[offset / 2];
	uint64_t now = partition_time(vp->partition);

	/* Direct mode is a feature of its own. TLFS 2.4.4 */
	if (!(offset & 1) && value & HV_STIMER_DIRECT &&
			!(vp->partition->synthetic & HV_FEATURE_STIMER_DIRECT))
		return false;
	if (offset & 1)
		stimer_set_count(timer, value, now);
	else if (!stimer_set_config(timer, value, now))
		return false;
	note(synic, offset / 2);
	return true;
}

/* Who posts there at this moment is done before the VP goes on. */
static bool set_overlay(struct vp *vp, struct overlay *overlay, uint64_t value)
{
	struct lock *lock = &vp->child->synic.lock;

	if (!overlay->page || !overlay_write(vp->partition, overlay, value,
			MAP_READ | MAP_WRITE))
		return false;
	lock_take(lock);
	lock_give(lock);
	return true;
}

static void set_control(struct synic_child *synic, uint64_t value)
{
	lock_take(&synic->lock);
	synic->control = value & 1;
	lock_give(&synic->lock);
}

bool synic_child_write(struct vp *vp, uint32_t msr, uint64_t value)
{
	struct synic_child *synic = &vp->child->synic;

	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15)
		return set_sint(synic, msr - HV_MSR_SINT0, value);
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT)
		return set_timer(vp, msr - HV_MSR_STIMER0_CONFIG, value);
	switch (msr) {
	case HV_MSR_SCONTROL:
		set_control(synic, value);
		return true;
	case HV_MSR_SIEFP:
		return set_overlay(vp, &synic->flags, value);
	case HV_MSR_SIMP:
		return set_overlay(vp, &synic->messages, value);
	case HV_MSR_EOM:
		/* What waits is looked at before each entry. */
		return true;
	}
	return false;
}

bool synic_child_read(const struct vp *vp, uint32_t msr, uint64_t *value)
{
	const struct synic_child *synic = &vp->child->synic;

	*value = 0;
	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15) {
		*value = synic->sint[msr - HV_MSR_SINT0];
		return true;
	}
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT) {
		uint32_t offset = msr - HV_MSR_STIMER0_CONFIG;
		const struct stimer *timer = &synic->timer[offset / 2];

		*value = offset & 1 ? timer->count : timer->config;
		return true;
	}
	switch (msr) {
	case HV_MSR_SCONTROL:
		*value = synic->control;
		return true;
	case HV_MSR_SVERSION:
		*value = 1;
		return true;
	case HV_MSR_SIEFP:
		*value = synic->flags.msr;
		return true;
	case HV_MSR_SIMP:
		*value = synic->messages.msr;
		return true;
	case HV_MSR_EOM:
		return true;
	}
	return false;
}

void synic_child_get_timers(const struct vp *vp,
	struct hv_timers_state *state)
{
	unsigned int i;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < SYNIC_TIMERS; i++)
		stimer_get(&vp->child->synic.timer[i], &state->timer[i]);
}

bool synic_child_set_timers(struct vp *vp,
	const struct hv_timers_state *state)
{
	struct synic_child *synic = &vp->child->synic;
	struct stimer timer[SYNIC_TIMERS];
	uint64_t now = partition_time(vp->partition);
	unsigned int i;

	for (i = 0; i < SYNIC_TIMERS; i++) {
		if (!stimer_set(&timer[i], &state->timer[i], now))
			return false;
	}
	memcpy(synic->timer, timer, sizeof(timer));
	for (i = 0; i < SYNIC_TIMERS; i++)
		note(synic, i);
	return true;
}

void synic_child_set_page(struct synic_child *synic,
	struct overlay *overlay, const void *data)
{
	lock_take(&synic->lock);
	memcpy(overlay->page, data, HV_PAGE_SIZE);
	lock_give(&synic->lock);
}
