/* Synthetic timers: registers, periods and what was missed.
 * usage: test_stimer ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "../../hypervisor/abi/hypercall.h"
#include "../../hypervisor/abi/msr.h"
#include "check.h"
#include "stimer.h"

#include <time.h>

#define SINT(n)		((uint64_t)(n) << HV_STIMER_SINT_SHIFT)
#define VECTOR(n)	((uint64_t)(n) << HV_STIMER_VECTOR_SHIFT)
#define ON		(HV_STIMER_ENABLE | SINT(2))
#define PERIODIC	(ON | HV_STIMER_PERIODIC)
#define START		1000000ull
#define LONG		100000ull	/* 10 ms */

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void start(struct stimer *timer, uint64_t config, uint64_t count)
{
	memset(timer, 0, sizeof(*timer));
	stimer_set_count(timer, count, START);
	CHECK(stimer_set_config(timer, config, START));
}

static void configurations(void)
{
	struct stimer timer = {0};
	unsigned int i;

	for (i = 0; i < 64; i++) {
		uint64_t bit = 1ull << i;

		CHECK(stimer_set_config(&timer, bit, START) ==
			(bit & HV_STIMER_VALID && bit != HV_STIMER_DIRECT));
	}
	for (i = 0; i < 256; i++)
		CHECK(stimer_set_config(&timer, HV_STIMER_DIRECT | VECTOR(i),
			START) == (i >= 16));
	/* Without a SINT it cannot be on, but in direct mode. */
	CHECK(stimer_set_config(&timer, HV_STIMER_ENABLE, START));
	CHECK(timer.config == 0);
	CHECK(stimer_set_config(&timer, HV_STIMER_AUTO_ENABLE, START));
	stimer_set_count(&timer, 5, START);
	CHECK(timer.config == HV_STIMER_AUTO_ENABLE && !timer.deadline);
	CHECK(stimer_set_config(&timer, HV_STIMER_ENABLE | HV_STIMER_DIRECT |
		VECTOR(16), START));
	CHECK(timer.deadline == 5 && stimer_vector(&timer) == 16);
}

static void one_shot(void)
{
	struct stimer timer;

	start(&timer, ON, START + 7);
	CHECK(timer.deadline == START + 7 && timer.due == START + 7);
	CHECK(stimer_sint(&timer) == 2);
	CHECK(stimer_expire(&timer, START + 9));
	CHECK(timer.expired == START + 7 && !timer.deadline);
	CHECK(timer.config == SINT(2) && timer.count == START + 7);
	start(&timer, SINT(2) | HV_STIMER_AUTO_ENABLE, 0);
	CHECK(!timer.deadline);
	stimer_set_count(&timer, START + 1, START);
	CHECK(timer.deadline == START + 1 && timer.config & HV_STIMER_ENABLE);
	stimer_set_count(&timer, 0, START);
	CHECK(!timer.deadline && !(timer.config & HV_STIMER_ENABLE));
	start(&timer, ON, ~0ull);
	CHECK(timer.due == ~0ull);
}

static void periodic(void)
{
	struct stimer timer;
	unsigned int i;

	start(&timer, PERIODIC, LONG);
	for (i = 1; i < 10; i++) {
		CHECK(timer.due == START + i * LONG);
		/* Being late does not add up. */
		CHECK(stimer_expire(&timer, timer.due + 50 * i));
		CHECK(timer.expired == START + i * LONG);
	}
	start(&timer, PERIODIC, ~0ull);
	CHECK(timer.due == ~0ull);
	start(&timer, PERIODIC, ~0ull - START - 1);
	CHECK(timer.due == ~0ull - 1);
}

/* Three periods are missed: they come in half the time each. */
static void catches_up(void)
{
	uint64_t now = START + 4 * LONG + 10;
	struct stimer timer;
	unsigned int i;

	start(&timer, PERIODIC, LONG);
	for (i = 1; i <= 3; i++) {
		CHECK(stimer_expire(&timer, now));
		CHECK(timer.expired == START + i * LONG);
		CHECK(timer.due == now + LONG / 2);
		now = timer.due;
	}
	while (timer.due != timer.deadline) {
		CHECK(stimer_expire(&timer, now));
		now = timer.due;
		i++;
	}
	CHECK(timer.due == START + i * LONG && i == 7);
	/* All of a night would be too much. */
	start(&timer, PERIODIC, LONG);
	CHECK(stimer_expire(&timer, START + 1000 * LONG + 1));
	CHECK(timer.deadline == START + (1000 - STIMER_MISSED_MOST) * LONG);
}

static void lazy(void)
{
	struct stimer timer;

	start(&timer, PERIODIC | HV_STIMER_LAZY, LONG);
	CHECK(stimer_expire(&timer, START + 3 * LONG + LONG / 2));
	CHECK(timer.due == START + 4 * LONG);
	CHECK(!stimer_expire(&timer, START + 6 * LONG - 1));
	CHECK(timer.due == START + 6 * LONG);
	CHECK(stimer_expire(&timer, START + 6 * LONG + 1));
	CHECK(timer.due == START + 7 * LONG);
}

/* Four floods of all short periods: one look for each 200 us is enough. */
static void floods(void)
{
	uint64_t now = START, looks = 0, end = START + 1000 * LONG;
	struct stimer timer[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		start(&timer[i], PERIODIC, i + 1);
	while (now < end) {
		uint64_t next = ~0ull;

		for (i = 0; i < 4; i++) {
			if (timer[i].due <= now)
				stimer_expire(&timer[i], now);
			CHECK(timer[i].due > now);
			next = timer[i].due < next ? timer[i].due : next;
		}
		now = next;
		looks++;
	}
	CHECK(looks <= 1000 * LONG / STIMER_PERIOD_LEAST + 4);
}

/* Whatever is written and however late: it is never early, never due at once
 * again when it is periodic, and what is saved is what is restored. */
static void at_random(unsigned long rounds)
{
	struct stimer timer = {0}, other = {0};
	struct hv_timer_state saved, again;
	uint64_t now = START;

	while (rounds--) {
		uint64_t bits = any();

		now += any() % (1ull << bits % 40);
		if (bits & 1ull << 50)
			stimer_set_count(&timer, any() >> any() % 64, now);
		else if (bits & 1ull << 51)
			stimer_set_config(&timer, any() & (HV_STIMER_VALID |
				(bits & 1ull << 52)), now);
		if (timer.deadline)
			CHECK(timer.due >= timer.deadline || timer.due > now);
		if (timer.deadline && timer.due <= now) {
			CHECK(timer.deadline <= now);
			stimer_expire(&timer, now);
			CHECK(!timer.deadline || timer.due > now);
			timer.undelivered = !(timer.config &
				HV_STIMER_DIRECT) && bits & 1ull << 53;
		}
		stimer_get(&timer, &saved);
		CHECK(stimer_set(&other, &saved, now));
		stimer_get(&other, &again);
		CHECK(!memcmp(&saved, &again, sizeof(saved)));
	}
}

static void refused(void)
{
	struct hv_timer_state good = {.config = PERIODIC, .count = LONG,
		.adjustment = START + 5}, bad;
	struct stimer timer = {0};
	unsigned int i;

	CHECK(stimer_set(&timer, &good, START));
	CHECK(timer.deadline == START + 5);
	for (i = 1; i < 32; i++) {
		bad = good;
		bad.flags = 1u << i;
		CHECK(!stimer_set(&timer, &bad, START));
	}
	bad = good;
	bad.config = 1ull << 40;
	CHECK(!stimer_set(&timer, &bad, START));
	bad.config = HV_STIMER_ENABLE;
	CHECK(!stimer_set(&timer, &bad, START));
	bad = good;
	bad.config |= HV_STIMER_DIRECT | VECTOR(32);
	CHECK(stimer_set(&timer, &bad, START));
	bad.flags = HV_TIMER_UNDELIVERED;
	CHECK(!stimer_set(&timer, &bad, START));
	/* A next expiry beyond the period is none that a timer had. */
	good.adjustment = ~0ull;
	CHECK(stimer_set(&timer, &good, START));
	CHECK(timer.deadline == START + LONG);
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 2000;

	state = argc > 2 ? strtoul(argv[2], NULL, 0) : (uint64_t)time(NULL);
	printf("test_stimer: %lu rounds, seed %lu\n", rounds, state);
	configurations();
	one_shot();
	periodic();
	catches_up();
	lazy();
	floods();
	refused();
	at_random(rounds);
	return 0;
}
