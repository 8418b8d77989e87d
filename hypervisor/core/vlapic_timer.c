/* The timer of a VP's local APIC: one-shot, periodic, TSC deadline. */
/* SPDX-License-Identifier: MIT */
#include "vlapic_timer.h"

/* Cycles of the timer's clock in a unit of reference time. */
#define CYCLES		(VLAPIC_HZ / 10000000)

static uint32_t mode(const struct vlapic *vlapic)
{
	return vlapic->lvt[VLAPIC_TIMER] & LAPIC_TIMER_MODE;
}

/* The counter runs in these two only; 3 is reserved. */
static bool is_counting(uint32_t timer_mode)
{
	return timer_mode == LAPIC_TIMER_ONE_SHOT ||
		timer_mode == LAPIC_TIMER_PERIODIC;
}

/* SDM v3 figure 11-10 */
static uint32_t divisor(const struct vlapic *vlapic)
{
	uint32_t code = (vlapic->divide & 3) | (vlapic->divide >> 1 & 4);

	return code == 7 ? 1 : 2u << code;
}

static uint64_t period(const struct vlapic *vlapic)
{
	return (uint64_t)vlapic->initial * divisor(vlapic);
}

/* From one interrupt to the next: more often than each 100 us no periodic
 * timer interrupts, else a guest had all of a processor's time. */
static uint64_t interval(const struct vlapic *vlapic)
{
	uint64_t cycles = period(vlapic);

	return mode(vlapic) == LAPIC_TIMER_PERIODIC &&
		cycles < VLAPIC_PERIOD_MIN ? VLAPIC_PERIOD_MIN : cycles;
}

/* Cycles since the origin; time that runs back stands still. */
static uint64_t elapsed(const struct vlapic *vlapic, uint64_t now)
{
	uint64_t cycles = now * CYCLES - vlapic->origin;

	return cycles >> 63 ? 0 : cycles;
}

uint32_t vlapic_timer_count(const struct vlapic *vlapic, uint64_t now)
{
	uint64_t cycles = elapsed(vlapic, now), all = period(vlapic);

	if (!vlapic->running || all == 0)
		return 0;
	if (mode(vlapic) == LAPIC_TIMER_PERIODIC)
		cycles %= all;
	else if (cycles >= all)
		return 0;
	return vlapic->initial - (uint32_t)(cycles / divisor(vlapic));
}

/* Sets the origin so that the count is this now. */
static void start(struct vlapic *vlapic, uint32_t count, uint64_t now)
{
	uint64_t done = (uint64_t)(vlapic->initial - count) * divisor(vlapic);

	vlapic->origin = now * CYCLES - done;
	vlapic->next = vlapic->origin + interval(vlapic);
}

/* The reference time at which the TSC has certainly reached the deadline: the
 * formula rounds down, so it is one more. The offset is signed. */
static uint64_t deadline_time(const struct vlapic *vlapic)
{
	uint64_t time = (uint64_t)((unsigned __int128)vlapic->tsc_deadline *
		vlapic->tsc_scale >> 64);
	uint64_t offset = vlapic->tsc_offset;

	if (offset >> 63)
		return time + offset < time ? time + offset + 1 : 1;
	return time < ~0ull - offset ? time + offset + 1 : ~0ull;
}

/* When the next expiry is, masked or not; 0: none. */
static uint64_t expiry(const struct vlapic *vlapic)
{
	if (mode(vlapic) == LAPIC_TIMER_DEADLINE)
		return vlapic->tsc_deadline ? deadline_time(vlapic) : 0;
	return vlapic->running ? (vlapic->next + CYCLES - 1) / CYCLES : 0;
}

uint64_t vlapic_deadline(const struct vlapic *vlapic)
{
	return vlapic->lvt[VLAPIC_TIMER] & LAPIC_MASKED ? 0 : expiry(vlapic);
}

static void advance(struct vlapic *vlapic, uint64_t now)
{
	uint64_t late = now * CYCLES - vlapic->next, cycles = interval(vlapic);

	if (mode(vlapic) == LAPIC_TIMER_DEADLINE)
		vlapic->tsc_deadline = 0;
	else if (mode(vlapic) == LAPIC_TIMER_PERIODIC)
		vlapic->next += (late / cycles + 1) * cycles;
	else
		vlapic->running = false;
}

bool vlapic_timer(struct vlapic *vlapic, uint64_t now)
{
	uint64_t time = expiry(vlapic);
	uint32_t lvt = vlapic->lvt[VLAPIC_TIMER];

	if (!time || time > now)
		return false;
	advance(vlapic, now);
	if (lvt & LAPIC_MASKED)
		return false;
	return vlapic_accept(vlapic, LAPIC_VECTOR(lvt), false);
}

/* To TSC deadline and back stops both (SDM v3 11.5.4.1); between one-shot and
 * periodic the count goes on. */
static void change_mode(struct vlapic *vlapic, uint32_t from, uint64_t now)
{
	uint64_t cycles = elapsed(vlapic, now);

	if (!is_counting(from) || !is_counting(mode(vlapic))) {
		vlapic->running = false;
		vlapic->initial = 0;
		vlapic->tsc_deadline = 0;
	} else if (vlapic->running) {
		vlapic->origin += cycles - cycles % period(vlapic);
		vlapic->next = vlapic->origin + interval(vlapic);
	}
}

bool vlapic_timer_set_lvt(struct vlapic *vlapic, uint32_t value, uint64_t now)
{
	bool fired = vlapic_timer(vlapic, now);
	uint32_t from = mode(vlapic);

	__atomic_store_n(&vlapic->lvt[VLAPIC_TIMER], value, __ATOMIC_RELAXED);
	if (mode(vlapic) != from)
		change_mode(vlapic, from, now);
	return fired;
}

bool vlapic_timer_set_initial(struct vlapic *vlapic, uint32_t value,
	uint64_t now)
{
	bool fired = vlapic_timer(vlapic, now);

	if (!is_counting(mode(vlapic)))
		return fired;
	vlapic->initial = value;
	vlapic->running = value != 0;
	start(vlapic, value, now);
	return fired;
}

bool vlapic_timer_set_divide(struct vlapic *vlapic, uint8_t value,
	uint64_t now)
{
	bool fired = vlapic_timer(vlapic, now);
	uint32_t count = vlapic_timer_count(vlapic, now);

	if (vlapic->divide == value)
		return fired;
	vlapic->divide = value;
	if (vlapic->running)
		start(vlapic, count, now);
	return fired;
}

bool vlapic_timer_set_deadline(struct vlapic *vlapic, uint64_t tsc,
	uint64_t now)
{
	bool fired = vlapic_timer(vlapic, now);

	if (mode(vlapic) != LAPIC_TIMER_DEADLINE)
		return fired;
	vlapic->tsc_deadline = tsc;
	return vlapic_timer(vlapic, now) || fired;
}

/* A counter that runs is never seen at 0, a periodic one neither. */
void vlapic_timer_restore(struct vlapic *vlapic, uint32_t count, uint64_t now)
{
	if (mode(vlapic) != LAPIC_TIMER_DEADLINE)
		vlapic->tsc_deadline = 0;
	vlapic->running = count != 0;
	start(vlapic, count, now);
}
