/* What the guest looks at: its processors together. */
/* SPDX-License-Identifier: MIT */
#include "smp.h"

#include <stdint.h>

#include "call.h"
#include "say.h"
#include "thread.h"

#define PAGE		4096ul
#define SHORT		1	/* pages: flushed one by one */
#define LONG		40	/* more than Linux flushes one by one */
#define SLOTS		8	/* of LONG pages, in the file */
#define CHECK_MS	2000
#define ROUNDS_LEAST	10	/* longer, if many wait for a processor */
#define LATE_US		3000000	/* on an emulated, busy machine */
#define SLEEPS		5
#define SLEEP_MS	40

#define LOAD(x)		__atomic_load_n(&(x), __ATOMIC_SEQ_CST)
#define STORE(x, y)	__atomic_store_n(&(x), y, __ATOMIC_SEQ_CST)

/* linux/membarrier.h, linux/futex.h */
#define MEMBARRIER_PRIVATE	8
#define MEMBARRIER_REGISTER	16
#define FUTEX_WAIT		128	/* private */
#define FUTEX_WAKE		129

static bool stop;	/* atomic, as all below that threads share */
static unsigned long wrong, rounds;

/*
 * Flushes. The writer puts other pages of a file at the same addresses; in
 * them is the round's number already. Who sees a round announced and then reads
 * a lower number has used a translation that was to be forgotten.
 */
static unsigned long announced[2];
static volatile unsigned long *shown[2];	/* what all read */
static volatile unsigned long *pages;		/* the whole file */
static const unsigned int extents[2] = { SHORT, LONG };

static volatile unsigned long *page_at(volatile unsigned long *base,
	unsigned long page)
{
	return base + page * PAGE / sizeof(long);
}

static void read_shown(unsigned int processor)
{
	unsigned long last, bad = 0;
	unsigned int i;

	(void)processor;
	while (!LOAD(stop)) {
		for (i = 0; i < 2; i++) {
			last = LOAD(announced[i]);
			bad += *shown[i] < last;
			last = LOAD(announced[i]);
			bad += *page_at(shown[i], extents[i] - 1) < last;
		}
	}
	__atomic_add_fetch(&wrong, bad, __ATOMIC_SEQ_CST);
}

static bool show(unsigned int which, unsigned long round, long file)
{
	unsigned long first = round % SLOTS * LONG + (which ? 0 :
		SLOTS * LONG);
	unsigned int extent = extents[which];

	*page_at(pages, first) = round;
	*page_at(pages, first + extent - 1) = round;
	if (!call_map((void *)shown[which], extent * PAGE, file,
			first * PAGE))
		return false;
	STORE(announced[which], round);
	return true;
}

/* Twice SLOTS * LONG pages: for the long extents and for the short ones. */
static long make_pages(void)
{
	long file = call(CALL_MEMFD, (long)"smp", 0, 0, 0, 0);
	unsigned long size = 2 * SLOTS * LONG * PAGE;

	if (file < 0 || call(CALL_FTRUNCATE, file, size, 0, 0, 0))
		return -1;
	pages = call_map(NULL, size, file, 0);
	shown[0] = call_map(NULL, SHORT * PAGE, file, 0);
	shown[1] = call_map(NULL, LONG * PAGE, file, 0);
	STORE(announced[0], 0);
	STORE(announced[1], 0);
	return pages && shown[0] && shown[1] ? file : -1;
}

static void check_flushes(void)
{
	unsigned long end, round = 0;
	long file = make_pages();

	STORE(stop, false);
	STORE(wrong, 0);
	thread_move(0);
	if (file < 0 || !thread_start_all(1, read_shown)) {
		check(false, "flushes", "no memory or threads");
		return;
	}
	end = call_time() + CHECK_MS;
	while (call_time() < end || round < ROUNDS_LEAST) {
		round++;
		if (!show(round % 2, round, file))
			break;
	}
	STORE(stop, true);
	thread_join_all();
	check(!LOAD(wrong) && round >= ROUNDS_LEAST,
		"old translations used (times)", number(LOAD(wrong)));
	say("flushes: ", number(round), NULL);
}

/*
 * Barriers: an interrupt to each processor. Each thread stores a number, then
 * reads ours; we store ours, order the barrier, then read theirs. One of the
 * two must see the other's store.
 */
#define LOGGED 64

static unsigned long ours;
static struct theirs {
	unsigned long number, done, acknowledged;
	unsigned long seen[LOGGED];
	unsigned long space[53];	/* no cache line in common */
} theirs[THREADS_MAX];

static void store_and_read(unsigned int processor)
{
	struct theirs *mine = &theirs[processor];
	unsigned long next;

	while (!LOAD(stop)) {
		next = mine->done + 1;
		if (next - LOAD(mine->acknowledged) >= LOGGED - 1) {
			call(CALL_YIELD, 0, 0, 0, 0, 0);
			continue;
		}
		/* Nothing but the barrier orders these two. */
		__atomic_store_n(&mine->number, next, __ATOMIC_RELAXED);
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		mine->seen[next % LOGGED] =
			__atomic_load_n(&ours, __ATOMIC_RELAXED);
		STORE(mine->done, next);
	}
}

/* What they did next after what we saw of them must know our number. */
static unsigned long missed(struct theirs *one)
{
	unsigned long seen = __atomic_load_n(&one->number, __ATOMIC_RELAXED);
	unsigned long bad = 0;

	if (LOAD(one->done) > seen)
		bad = one->seen[(seen + 1) % LOGGED] < ours;
	STORE(one->acknowledged, seen);
	return bad;
}

static void check_barriers(void)
{
	unsigned long end, bad = 0, count = 0;
	unsigned int processors = thread_processors(), i;

	if (call(CALL_MEMBARRIER, MEMBARRIER_REGISTER, 0, 0, 0, 0)) {
		check(false, "barriers", "the kernel has none");
		return;
	}
	STORE(stop, false);
	thread_move(0);
	if (!thread_start_all(1, store_and_read)) {
		check(false, "barriers", "no threads");
		return;
	}
	end = call_time() + CHECK_MS;
	for (; call_time() < end || count < ROUNDS_LEAST; count++) {
		__atomic_store_n(&ours, ours + 1, __ATOMIC_RELAXED);
		if (call(CALL_MEMBARRIER, MEMBARRIER_PRIVATE, 0, 0, 0, 0))
			break;
		for (i = 1; i < processors && i < THREADS_MAX; i++)
			bad += missed(&theirs[i]);
	}
	STORE(stop, true);
	thread_join_all();
	check(!bad && count >= ROUNDS_LEAST,
		"barriers that ordered nothing (times)", number(bad));
	say("barriers: ", number(count), NULL);
}

/* A token goes around; all others are asleep, so each hop wakes a processor. */
static uint32_t hops[THREADS_MAX];	/* that have come to each */
static unsigned long passed_at, longest;	/* whose the token is */

static void pass_on(unsigned int to)
{
	passed_at = call_time_us();
	__atomic_add_fetch(&hops[to], 1, __ATOMIC_SEQ_CST);
	call(CALL_FUTEX, (long)&hops[to], FUTEX_WAKE, 1, 0, 0);
}

static void pass(unsigned int processor)
{
	unsigned int count = thread_processors();
	unsigned long took;
	uint32_t before;

	for (before = 0; !LOAD(stop); before++) {
		while (LOAD(hops[processor]) == before)
			call(CALL_FUTEX, (long)&hops[processor], FUTEX_WAIT,
				before, 0, 0);
		took = call_time_us() - passed_at;
		if (took > longest)
			longest = took;
		rounds++;
		pass_on((processor + 1) % count);
	}
	/* Who sleeps still shall see it, too. */
	pass_on((processor + 1) % count);
}

static void check_wakes(void)
{
	STORE(stop, false);
	if (!thread_start_all(0, pass)) {
		check(false, "wake-ups", "no threads");
		return;
	}
	pass_on(0);
	call_sleep(CHECK_MS);
	STORE(stop, true);
	thread_join_all();
	check(rounds > 1 && longest < LATE_US,
		"the longest wake-up took (us)", number(longest));
	say("wake-ups: ", number(rounds), NULL);
}

/* Each processor's own timer, and a move to each of the others. */
static void sleep_and_move(unsigned int processor)
{
	unsigned int count = thread_processors(), i;
	unsigned long before, took;

	for (i = 0; i < SLEEPS; i++) {
		before = call_time_us();
		call_sleep(SLEEP_MS);
		took = call_time_us() - before;
		if (took < SLEEP_MS * 1000 || took > LATE_US)
			__atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST);
	}
	for (i = 1; i <= count; i++)
		if (!thread_move((processor + i) % count))
			__atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST);
}

static void check_timers(void)
{
	STORE(wrong, 0);
	if (!thread_start_all(0, sleep_and_move)) {
		check(false, "timers", "no threads");
		return;
	}
	thread_join_all();
	check(!LOAD(wrong), "sleeps and moves that went wrong (times)",
		number(LOAD(wrong)));
}

void check_smp(void)
{
	say("processors: ", number(thread_processors()), NULL);
	check_timers();
	check_wakes();
	check_flushes();
	check_barriers();
}

/* Its memory goes at the end of each round: the others forget it, too. */
static void work(unsigned int processor)
{
	volatile unsigned long *own;
	unsigned long at = processor;
	unsigned int i;

	for (;;) {
		own = call_memory(LONG * PAGE);
		for (i = 0; own && i < 1000000; i++) {
			at = (at * 5 + 1) % (LONG * PAGE / sizeof(long));
			own[at] = i;
		}
		if (own)
			call(CALL_MUNMAP, (long)own, LONG * PAGE, 0, 0, 0);
	}
}

void smp_load(void)
{
	if (!thread_start_all(0, work))
		check(false, "load", "no threads");
}
