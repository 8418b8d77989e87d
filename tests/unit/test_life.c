/* States of a VM: every wish and every fact in every state.
 * usage: test_life DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdbool.h>
#include <time.h>

#include "life.h"
#include "random.h"

static bool same(struct life_step step, enum life_state state,
	enum life_deed deed)
{
	return !step.refusal && step.state == state && step.deed == deed;
}

static void test_story(void)
{
	CHECK(same(life_wish(LIFE_OFF, false, WISH_START), LIFE_STARTING,
		DEED_LAUNCH));
	CHECK(same(life_fact(LIFE_STARTING, FACT_READY), LIFE_RUNNING,
		DEED_NOTHING));
	CHECK(same(life_wish(LIFE_RUNNING, false, WISH_PAUSE), LIFE_PAUSING,
		DEED_PAUSE));
	CHECK(same(life_fact(LIFE_PAUSING, FACT_DONE), LIFE_PAUSED,
		DEED_NOTHING));
	CHECK(same(life_wish(LIFE_PAUSED, false, WISH_RESUME), LIFE_RESUMING,
		DEED_RESUME));
	CHECK(same(life_fact(LIFE_RESUMING, FACT_DONE), LIFE_RUNNING,
		DEED_NOTHING));
	CHECK(same(life_wish(LIFE_RUNNING, false, WISH_STOP), LIFE_STOPPING,
		DEED_SHUT_DOWN));
	/* The guest has said that it will; its worker ends later. */
	CHECK(same(life_fact(LIFE_STOPPING, FACT_DONE), LIFE_STOPPING,
		DEED_NOTHING));
	CHECK(same(life_fact(LIFE_STOPPING, FACT_ENDED), LIFE_OFF,
		DEED_NOTHING));
}

static void test_refusals(void)
{
	CHECK(same(life_fact(LIFE_STARTING, FACT_REFUSED), LIFE_OFF,
		DEED_NOTHING));
	CHECK(same(life_fact(LIFE_STOPPING, FACT_REFUSED), LIFE_RUNNING,
		DEED_NOTHING));
	CHECK(same(life_fact(LIFE_PAUSING, FACT_REFUSED), LIFE_RUNNING,
		DEED_NOTHING));
	CHECK(same(life_fact(LIFE_RESUMING, FACT_REFUSED), LIFE_PAUSED,
		DEED_NOTHING));
	CHECK_STRING("the VM is running",
		life_wish(LIFE_RUNNING, false, WISH_START).refusal);
	CHECK_STRING("the VM is off",
		life_wish(LIFE_OFF, false, WISH_STOP).refusal);
	CHECK_STRING("vm start starts it",
		life_wish(LIFE_OFF, false, WISH_STOP).hint);
}

static void test_critical(void)
{
	CHECK(same(life_wish(LIFE_RUNNING, true, WISH_RESUME), LIFE_RUNNING,
		DEED_RESUME));
	CHECK(life_wish(LIFE_RUNNING, false, WISH_RESUME).refusal);
	CHECK(strstr(life_wish(LIFE_RUNNING, true, WISH_STOP).refusal,
		"has an error"));
	CHECK(same(life_wish(LIFE_RUNNING, true, WISH_TURN_OFF),
		LIFE_STOPPING, DEED_KILL));
	CHECK_STRING("Running-Critical", life_name(LIFE_RUNNING, true));
}

/* In each: whatever has no worker is off, what has one can be turned off, and
 * nothing is refused without a sentence or done along with one. */
static void test_all(void)
{
	enum life_state state;
	struct life_step step;
	int wish, critical;

	for (state = 0; state < LIFE_STATES; state++) {
		CHECK(life_fact(state, FACT_ENDED).state == LIFE_OFF);
		CHECK(life_name(state, false) && life_name(state, true));
		for (critical = 0; critical < 2; critical++) {
			step = life_wish(state, critical, WISH_TURN_OFF);
			CHECK((state == LIFE_OFF) == !!step.refusal);
			for (wish = 0; wish < WISHES; wish++) {
				step = life_wish(state, critical,
					(enum life_wish)wish);
				CHECK(!step.refusal == (step.deed !=
					DEED_NOTHING));
				CHECK(!step.refusal || step.state == state);
			}
		}
	}
}

/* A worker lives from LAUNCH to its end, whatever comes in which order. */
static void test_random(long rounds)
{
	enum life_state state = LIFE_OFF;
	struct life_step step;
	bool worker = false;

	while (rounds-- > 0) {
		if (random_below(2)) {
			step = life_wish(state, random_below(2),
				(enum life_wish)random_below(WISHES));
			CHECK(step.deed != DEED_LAUNCH || !worker);
			worker |= step.deed == DEED_LAUNCH;
		} else if (worker) {
			enum life_fact fact = random_below(FACTS);

			step = life_fact(state, fact);
			if (step.state == LIFE_OFF)
				worker = false;
		} else {
			continue;
		}
		state = step.state;
		CHECK(worker == (state != LIFE_OFF));
	}
}

int main(int argc, char **argv)
{
	random_state = argc > 3 ? strtoull(argv[3], NULL, 0) :
		(uint64_t)time(NULL);
	printf("test_life: seed %llu\n", (unsigned long long)random_state);
	test_story();
	test_refusals();
	test_critical();
	test_all();
	test_random(argc > 2 ? atol(argv[2]) : 10000);
	return 0;
}
