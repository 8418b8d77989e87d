/* How long a lane looks again before it sleeps. */
/* SPDX-License-Identifier: MIT */
#include "net/watch.h"

#include "vmwp.h"

#define START	1000000u

/* A sleep of that long after a turn with something to do. */
static void sleep_for(struct watch *watch, uint64_t ns)
{
	watch_busy(watch);
	watch_sleep(watch, START);
	watch_wake(watch, START + ns);
}

static void short_sleeps(void)
{
	static const uint32_t windows[] = { 5000, 10000, 20000, 40000, 50000,
		50000 };
	struct watch watch = { 0 };
	unsigned int i;

	for (i = 0; i < 6; i++) {
		CHECK(watch.window == (i ? windows[i - 1] : 0));
		sleep_for(&watch, i % 2 ? 1 : WATCH_MOST);
		CHECK(watch.window == windows[i] && !watch.idle);
	}
}

static void long_sleeps(void)
{
	static const uint32_t windows[] = { 25000, 12500, 6250, 3125, 0, 0 };
	struct watch watch = { .window = WATCH_MOST };
	unsigned int i;

	for (i = 0; i < 6; i++) {
		sleep_for(&watch, WATCH_MOST + 1);
		CHECK(watch.window == windows[i]);
	}
	/* Then it does not look again. */
	watch_busy(&watch);
	CHECK(!watch.on);
	watch_idle(&watch, START);
	CHECK(!watch.on && !watch.idle);
}

/* From the first turn without anything on, to the window's end. */
static void looks(void)
{
	struct watch watch = { .window = 10000 };

	watch_idle(&watch, START);
	CHECK(!watch.on && !watch.idle);
	watch_busy(&watch);
	CHECK(watch.on && !watch.idle);
	watch_idle(&watch, START);
	CHECK(watch.on && watch.idle == START);
	watch_idle(&watch, START + 9999);
	CHECK(watch.on && watch.idle == START);
	watch_idle(&watch, START + 10000);
	CHECK(!watch.on);
	/* What it looked for counts as sleep. */
	watch_sleep(&watch, START + 10001);
	watch_wake(&watch, START + WATCH_MOST);
	CHECK(watch.window == 20000);
	watch_busy(&watch);
	watch_idle(&watch, START);
	/* A packet comes: the next time counts anew. */
	watch_busy(&watch);
	watch_idle(&watch, START + 30000);
	CHECK(watch.on && watch.idle == START + 30000);
}

/* Any times, also of a clock that goes back. */
static void at_random(void)
{
	struct watch watch = { 0 };
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		switch (any() % 4) {
		case 0: watch_busy(&watch); break;
		case 1: watch_idle(&watch, any() % 100000 + 1); break;
		case 2: watch_sleep(&watch, any() % 100000 + 1); break;
		default: watch_wake(&watch, any() % 200000 + 1); break;
		}
		CHECK(watch.window <= WATCH_MOST);
	}
}

int main(int count, char **arguments)
{
	start("watch", count, arguments);
	short_sleeps();
	long_sleeps();
	looks();
	at_random();
	return 0;
}
