/* Synthetic timers of children's VPs: when they expire, what they cost, what is
 * saved. docs/guests.md, "SynIC" */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "option.h"
#include "synics.h"
#include "tests.h"

#define CONFIG(i)	(HV_REG_STIMER0_CONFIG + 2 * (i))
#define COUNT(i)	(CONFIG(i) + 1)
#define SINT(n)		((uint64_t)(n) << HV_STIMER_SINT_SHIFT)
#define DIRECT(v)	(HV_STIMER_DIRECT | HV_STIMER_ENABLE | \
	(uint64_t)(v) << HV_STIMER_VECTOR_SHIFT)
#define MESSAGE		(HV_STIMER_ENABLE | SINT(SYNICS_SINT))
#define TIMERS		HV_VP_STATE_TIMERS
#define TICKS		10
#define SHORTEST	5000ull		/* period, 100 ns */

/* An expiry's message. */
struct expiry {
	uint64_t index, expired, delivered;
};

static uint64_t time_of(const struct child *child)
{
	struct hv_get_property_in in = {child->id,
		HV_PARTITION_REFERENCE_TIME, 0};

	EXPECT(child_call(HVCALL_GET_PARTITION_PROPERTY, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	return child_out()[0];
}

static uint32_t set_property(const struct child *child, uint32_t property,
	uint64_t value)
{
	struct hv_set_property_in in = {child->id, property, 0, value};

	return child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

static void arm(const struct child *child, unsigned int i, uint64_t config,
	uint64_t count)
{
	EXPECT(child_set(child, 0, CONFIG(i), 0), HV_STATUS_SUCCESS);
	EXPECT(child_set(child, 0, COUNT(i), count), HV_STATUS_SUCCESS);
	EXPECT(child_set(child, 0, CONFIG(i), config), HV_STATUS_SUCCESS);
}

/* A child whose VP waits, its SynIC on. */
static bool make(struct child *child, unsigned int vps)
{
	unsigned int i;

	synics_signals(true);
	if (!synics_make(child, 0, SYNICS_FEATURES, vps))
		return false;
	for (i = 0; i < vps; i++)
		synics_on(child, i, SYNICS_VECTOR);
	synics_handle(child, 0x62);
	return true;
}

static void end(struct child *child)
{
	child_end(child);
	synics_signals(false);
}

/* The message of the timer is in the slot, and not early. */
static uint64_t check_expiry(const struct child *child, unsigned int index,
	uint64_t least)
{
	const struct hv_message *slot = synics_slot(child, 0, SYNICS_SINT);
	const struct expiry *expiry = (const void *)slot->payload;

	EXPECT(slot->type, HV_MESSAGE_TIMER_EXPIRED);
	EXPECT(slot->size, 24);
	EXPECT((uint32_t)expiry->index, index);
	EXPECT(expiry->expired >= least, true);
	EXPECT(expiry->delivered >= expiry->expired, true);
	EXPECT(time_of(child) >= expiry->delivered, true);
	return expiry->expired;
}

static void one_shot(void)
{
	struct child child;
	unsigned int i;

	if (!make(&child, 1))
		return;
	for (i = 0; i < 4; i++) {
		uint64_t when = time_of(&child) + 5 * MILLISECOND;

		report_about("timer %u, message", i);
		arm(&child, i, MESSAGE, when);
		EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
		EXPECT(check_expiry(&child, i, when), when);
		EXPECT(child_get(&child, 0, CONFIG(i)), SINT(SYNICS_SINT));
		EXPECT(child_get(&child, 0, COUNT(i)), when);
		EXPECT(synics_await(&child, 0, 2), 0);
		report_about("timer %u, direct, by its count", i);
		when = time_of(&child) + 5 * MILLISECOND;
		child_set(&child, 0, CONFIG(i), (DIRECT(0x62) |
			HV_STIMER_AUTO_ENABLE) & ~1ull);
		child_set(&child, 0, COUNT(i), when);
		EXPECT(child_get(&child, 0, CONFIG(i)) & 1, 1);
		EXPECT(synics_await(&child, 0, PATIENCE), 0x62);
		EXPECT(time_of(&child) >= when, true);
		EXPECT(child_get(&child, 0, CONFIG(i)) & 1, 0);
		EXPECT(synics_await(&child, 0, 2), 0);
		report_about("timer %u, in the past", i);
		arm(&child, i, MESSAGE, 1);
		EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
		EXPECT(check_expiry(&child, i, 1), 1);
		EXPECT(synics_await(&child, 0, 2), 0);
	}
	end(&child);
}

static void periodic(void)
{
	uint64_t start, last = 0, now = 0;
	struct child child;
	unsigned int i;

	if (!make(&child, 1))
		return;
	start = time_of(&child);
	arm(&child, 1, MESSAGE | HV_STIMER_PERIODIC, 5 * MILLISECOND);
	for (i = 0; i < TICKS; i++) {
		EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
		now = check_expiry(&child, 1, start + 5 * MILLISECOND);
		if (i)
			EXPECT((now - last) % (5 * MILLISECOND), 0);
		EXPECT(now > last, true);
		last = now;
	}
	EXPECT(child_get(&child, 0, CONFIG(1)), MESSAGE | HV_STIMER_PERIODIC);
	report_about("stopped by its count");
	child_set(&child, 0, COUNT(1), 0);
	for (i = 0; i < 3 && synics_await(&child, 0, 2); i++)
		;
	EXPECT(synics_await(&child, 0, 20), 0);
	EXPECT(child_get(&child, 0, CONFIG(1)) & 1, 0);
	end(&child);
}

/* Counts and periods that never come. */
static void never(void)
{
	static const uint64_t counts[] = {~0ull, ~0ull - 1, 1ull << 63,
		(1ull << 63) - 1, 1ull << 60, 0};
	struct child child;
	unsigned int i, j;

	if (!make(&child, 1))
		return;
	for (i = 0; i < 6; i++) {
		for (j = 0; j < 4; j++)
			arm(&child, j, (j & 1 ? MESSAGE : DIRECT(0x62)) |
				(j & 2 ? HV_STIMER_PERIODIC : 0), counts[i]);
		report_about("%lx", counts[i]);
		EXPECT(synics_await(&child, 0, 10), 0);
	}
	end(&child);
}

/* Two timers and a message want one slot: one after the other. */
static void queued(void)
{
	struct child child;
	uint64_t when;

	if (!make(&child, 1))
		return;
	EXPECT(synics_post(&child, 0, SYNICS_SINT, 7, 0, 8),
		HV_STATUS_SUCCESS);
	child_set(&child, 0, HV_REG_RFLAGS, 2);
	when = time_of(&child);
	arm(&child, 0, MESSAGE, when);
	arm(&child, 3, MESSAGE, when + 1);
	EXPECT(synics_await(&child, 0, 2), 0);
	EXPECT(synics_slot(&child, 0, SYNICS_SINT)->type, 7);
	EXPECT(synics_slot(&child, 0, SYNICS_SINT)->flags, 1);
	synics_wait(&child, 0);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(check_expiry(&child, 0, when), when);
	EXPECT(synics_slot(&child, 0, SYNICS_SINT)->flags, 1);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(check_expiry(&child, 3, when), when + 1);
	EXPECT(synics_slot(&child, 0, SYNICS_SINT)->flags, 0);
	EXPECT(synics_await(&child, 0, 2), 0);
	report_about("off when it expires");
	child_set(&child, 0, HV_REG_SCONTROL, 0);
	arm(&child, 2, MESSAGE, 1);
	EXPECT(synics_await(&child, 0, 2), 0);
	EXPECT(child_get(&child, 0, CONFIG(2)) & 1, 0);
	child_set(&child, 0, HV_REG_SCONTROL, 1);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(check_expiry(&child, 2, 1), 1);
	end(&child);
}

/* Time stands still for a child that is frozen, and for its timers. */
static void frozen(void)
{
	struct child child;
	uint64_t when, start;

	if (!make(&child, 1))
		return;
	when = time_of(&child) + 30 * MILLISECOND;
	arm(&child, 0, MESSAGE, when);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	EXPECT(set_property(&child, HV_PARTITION_TIME_FREEZE, 1),
		HV_STATUS_SUCCESS);
	start = time_of(&child);
	clock_wait(60 * MILLISECOND);
	EXPECT(time_of(&child), start);
	EXPECT(set_property(&child, HV_PARTITION_TIME_FREEZE, 0),
		HV_STATUS_SUCCESS);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(check_expiry(&child, 0, when), when);
	end(&child);
}

/* Running and waiting timers go on in another child. */
static void saved(void)
{
	static struct hv_timers_state *state;
	struct child child, other;
	unsigned int i;
	uint64_t when;

	state = memory_take(1);
	if (!make(&child, 1) || !synics_make(&other, 1, SYNICS_FEATURES, 1))
		return;
	synics_on(&other, 0, SYNICS_VECTOR);
	synics_handle(&other, 0x62);
	when = time_of(&child) + 500 * MILLISECOND;
	arm(&child, 0, DIRECT(0x62), when);
	arm(&child, 1, MESSAGE | HV_STIMER_PERIODIC, 100 * MILLISECOND);
	child_set(&child, 0, HV_REG_RFLAGS, 2);
	synics_post(&child, 0, SYNICS_SINT, 7, 0, 8);
	arm(&child, 2, MESSAGE, 5);
	child_set(&child, 0, HV_REG_ACTIVITY_STATE, 0);
	EXPECT(synics_await(&child, 0, 2), 0);
	memset(state, 0xff, HV_PAGE_SIZE);
	EXPECT(synics_state(&child, HVCALL_GET_VP_STATE, TIMERS, 0, state),
		HV_STATUS_SUCCESS);
	EXPECT(state->timer[0].config, DIRECT(0x62));
	EXPECT(state->timer[0].count, when);
	EXPECT(state->timer[1].count, 100 * MILLISECOND);
	EXPECT_BETWEEN(state->timer[1].adjustment, 1, when);
	EXPECT(state->timer[2].flags, HV_TIMER_UNDELIVERED);
	EXPECT(state->timer[2].undelivered_time, 5);
	EXPECT(state->timer[3].config | state->timer[3].count, 0);
	EXPECT(set_property(&other, HV_PARTITION_REFERENCE_TIME,
		time_of(&child)), HV_STATUS_SUCCESS);
	EXPECT(synics_state(&other, HVCALL_SET_VP_STATE, TIMERS, 0, state),
		HV_STATUS_SUCCESS);
	EXPECT(synics_await(&other, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(check_expiry(&other, 2, 5), 5);
	for (i = 0; i < 20 && synics_await(&other, 0, PATIENCE) != 0x62; i++)
		;
	EXPECT_BETWEEN(i, 1, 19);
	EXPECT(time_of(&other) >= when, true);
	report_about("what cannot be");
	for (i = 0; i < 64; i++) {
		uint64_t old = state->timer[2].config;

		state->timer[2].config = 1ull << i;
		EXPECT(synics_state(&other, HVCALL_SET_VP_STATE, TIMERS, 0,
			state), i && (1ull << i & HV_STIMER_VALID) &&
			i != 12 ? HV_STATUS_SUCCESS :
			HV_STATUS_INVALID_PARAMETER);
		state->timer[2].config = old;
	}
	child_end(&other);
	end(&child);
}

static uint64_t hypervisor_time(void)
{
	static const volatile uint64_t *page;
	struct hv_stats_in in = {.type = HV_STATS_LP};

	if (!page && EXPECT(child_feed(SELF, HVCALL_MAP_STATS_PAGE, &in,
			sizeof(in), NULL), HV_STATUS_SUCCESS))
		page = (const volatile uint64_t *)(child_out()[0] *
			HV_PAGE_SIZE);
	return page[3];
}

/* Handlers that do not stop the VP. */
static void silence(struct child *child, uint8_t vector)
{
	memcpy(child->memory + AT_TAKES + (vector >> 4) * 64 + 2, "\x90\x90",
		2);
}

/* Sixteen timers of four VPs, all alike. */
static void arm_all(const struct child *child, uint64_t config, uint64_t count,
	uint64_t sint)
{
	unsigned int i, j;

	for (i = 0; i < 4; i++) {
		child_set(child, i, HV_REG_SINT0 + SYNICS_SINT, sint);
		for (j = 0; j < 4; j++) {
			child_set(child, i, COUNT(j), count);
			child_set(child, i, CONFIG(j), config);
		}
		child_dispatch(child, i);
	}
}

/* What timers cost, in 100 ns. */
struct cost {
	uint64_t own;		/* in dispatches: who schedules decides it */
	uint64_t own_hypervisor;	/* of this in the hypervisor */
	unsigned int wakes;
};

static void dispatch(const struct child *child, uint32_t vp,
	struct cost *cost)
{
	uint64_t start = clock_now(), before = hypervisor_time();

	child_dispatch(child, vp);
	cost->own += clock_now() - start;
	cost->own_hypervisor += hypervisor_time() - before;
}

/* As the parent's driver does it: who is signalled runs until it waits, but 100
 * ms at most. */
static void serve(const struct child *child, uint64_t end, struct cost *cost)
{
	struct hv_signal_pair pair;
	unsigned int i;

	while (clock_now() < end) {
		if (!synics_signalled(&pair))
			continue;
		for (i = 0; i < pair.vp_count; i++, cost->wakes++)
			dispatch(child, pair.vp_index[i], cost);
	}
}

/* What the hypervisor takes from everybody else in a second of it. */
static void flood(uint64_t config, uint64_t count, uint64_t sint)
{
	struct cost cost = {0};
	uint64_t start, spent;
	struct child child;

	if (!make(&child, 4))
		return;
	silence(&child, SYNICS_VECTOR);
	silence(&child, 0x62);
	arm_all(&child, config, count, sint);
	start = clock_now();
	spent = hypervisor_time();
	serve(&child, start + 1000 * MILLISECOND, &cost);
	spent = hypervisor_time() - spent - cost.own_hypervisor;
	start = clock_now() - start;
	report_note("childtimer: config %lx, count %lx, SINT %lx: %u wakes, "
		"%lu %% in VPs, %lu %% beside them", config, count, sint,
		cost.wakes, cost.own * 100 / start, spent * 100 / start);
	EXPECT_BETWEEN(spent * 100 / start, 0, 20);
	EXPECT_BETWEEN(cost.wakes, 0, 4 * start / SHORTEST + 8);
	if (sint & HV_SINT_MASKED && !(config & HV_STIMER_DIRECT))
		EXPECT_BETWEEN(cost.wakes, 0, 8);
	end(&child);
}

static void floods(void)
{
	static const uint64_t counts[] = {1, 2, 0, ~0ull};
	unsigned int i;

	for (i = 0; i < 4; i++) {
		flood(MESSAGE | HV_STIMER_PERIODIC, counts[i], SYNICS_VECTOR);
		flood(MESSAGE | HV_STIMER_PERIODIC, counts[i], HV_SINT_MASKED);
		flood(DIRECT(0x62) | HV_STIMER_PERIODIC, counts[i],
			HV_SINT_MASKED);
	}
}

const struct test childtimer_tests[] = {
	{"childtimer: one shot", one_shot},
	{"childtimer: periodic", periodic},
	{"childtimer: counts that never come", never},
	{"childtimer: messages wait for their slot", queued},
	{"childtimer: frozen time", frozen},
	{"childtimer: saved and restored", saved},
	{"childtimer: floods", floods},
	{0},
};
