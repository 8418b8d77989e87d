/* Time, synthetic timers and messages. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "clock.h"
#include "cpu.h"
#include "tests.h"
#include "trap.h"

#define VECTOR		0x61
#define MESSAGES	0x62
#define SINT		2
#define CONFIG(i)	(HV_MSR_STIMER0_CONFIG + 2 * (i))
#define COUNT(i)	(CONFIG(i) + 1)
#define DIRECT(vector)	(HV_STIMER_DIRECT | (vector) << HV_STIMER_VECTOR_SHIFT)
/* Late by at most so much: the emulator's host is busy. */
#define LATE		(500 * MILLISECOND)

static void reference_time(void)
{
	uint64_t page = clock_now(), msr = rdmsr(HV_MSR_TIME_REF_COUNT);
	uint64_t later = clock_now();
	unsigned int i;

	EXPECT_BETWEEN(msr, page, later);
	for (i = 0; i < 1000; i++) {
		uint64_t now = rdmsr(HV_MSR_TIME_REF_COUNT);

		EXPECT(now >= msr, true);
		msr = now;
	}
}

/* One expiry at a deadline, on time. */
static void expect_once(unsigned int timer, uint64_t deadline, uint64_t ms)
{
	uint64_t before = trap_count(VECTOR), start = clock_now();

	wrmsr(COUNT(timer), deadline);
	EXPECT(WAIT_UNTIL(trap_count(VECTOR) != before, ms), true);
	if (deadline > start)
		EXPECT_BETWEEN(trap_came(VECTOR), deadline, deadline + LATE);
	EXPECT(rdmsr(CONFIG(timer)) & HV_STIMER_ENABLE, 0);
	clock_wait(5 * MILLISECOND);
	EXPECT(trap_count(VECTOR), before + 1);
}

static void direct(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		report_about("timer %u", i);
		wrmsr(CONFIG(i), DIRECT(VECTOR) | HV_STIMER_AUTO_ENABLE);
		expect_once(i, clock_now() + 5 * MILLISECOND, 1000);
		expect_once(i, clock_now() + MILLISECOND / 10, 1000);
		/* Past deadlines expire at once. */
		expect_once(i, 1, 1000);
		expect_once(i, clock_now(), 1000);
		/* Beyond what the processor's timer is set to at once. */
		if (i == 1)
			expect_once(i, clock_now() + 1300 * MILLISECOND, 4000);
		wrmsr(CONFIG(i), 0);
	}
}

static void disabled(void)
{
	uint64_t before = trap_count(VECTOR);

	wrmsr(CONFIG(0), DIRECT(VECTOR));
	wrmsr(COUNT(0), clock_now() + MILLISECOND);
	clock_wait(20 * MILLISECOND);
	EXPECT(trap_count(VECTOR), before);
	report_about("count 0 turns it off");
	wrmsr(CONFIG(0), DIRECT(VECTOR) | HV_STIMER_AUTO_ENABLE);
	wrmsr(COUNT(0), clock_now() + 10 * MILLISECOND);
	EXPECT(rdmsr(CONFIG(0)) & HV_STIMER_ENABLE, HV_STIMER_ENABLE);
	wrmsr(COUNT(0), 0);
	EXPECT(rdmsr(CONFIG(0)) & HV_STIMER_ENABLE, 0);
	clock_wait(20 * MILLISECOND);
	EXPECT(trap_count(VECTOR), before);
	report_about("never");
	wrmsr(COUNT(0), ~0ull);
	clock_wait(20 * MILLISECOND);
	EXPECT(trap_count(VECTOR), before);
	wrmsr(CONFIG(0), 0);
}

static void periodic(void)
{
	uint64_t before = trap_count(VECTOR), start = clock_now(), count;

	wrmsr(COUNT(1), 4 * MILLISECOND);
	wrmsr(CONFIG(1), DIRECT(VECTOR) | HV_STIMER_PERIODIC |
		HV_STIMER_ENABLE);
	WAIT_UNTIL(trap_count(VECTOR) >= before + 20, 3000);
	count = trap_count(VECTOR) - before;
	EXPECT(count >= 20, true);
	EXPECT(clock_now() - start >= 79 * MILLISECOND, true);
	EXPECT(rdmsr(CONFIG(1)) & HV_STIMER_ENABLE, HV_STIMER_ENABLE);
	wrmsr(CONFIG(1), 0);
	before = trap_count(VECTOR);
	clock_wait(20 * MILLISECOND);
	EXPECT(trap_count(VECTOR), before);
	report_about("a period without end");
	wrmsr(COUNT(1), ~0ull);
	wrmsr(CONFIG(1), DIRECT(VECTOR) | HV_STIMER_PERIODIC |
		HV_STIMER_ENABLE);
	clock_wait(20 * MILLISECOND);
	EXPECT(trap_count(VECTOR), before);
	wrmsr(CONFIG(1), 0);
	wrmsr(COUNT(1), 0);
}

/* The shortest periods may not keep the processor for good. */
static void shortest(void)
{
	unsigned int i;
	uint64_t before = trap_count(VECTOR);

	for (i = 0; i < 4; i++) {
		wrmsr(COUNT(i), 1);
		wrmsr(CONFIG(i), DIRECT(VECTOR) | HV_STIMER_PERIODIC |
			HV_STIMER_ENABLE);
	}
	for (i = 0; i < 4; i++) {
		wrmsr(CONFIG(i), 0);
		wrmsr(COUNT(i), 0);
	}
	EXPECT(trap_count(VECTOR) > before, true);
}

static void together(void)
{
	uint64_t before = trap_count(VECTOR), start = clock_now();
	unsigned int i;

	for (i = 0; i < 4; i++) {
		wrmsr(CONFIG(i), DIRECT(VECTOR) | HV_STIMER_AUTO_ENABLE);
		wrmsr(COUNT(i), start + (40 - 10 * i) * MILLISECOND);
	}
	EXPECT(WAIT_UNTIL(trap_count(VECTOR) == before + 4, 2000), true);
	EXPECT(clock_now() - start >= 40 * MILLISECOND, true);
	for (i = 0; i < 4; i++) {
		EXPECT(rdmsr(CONFIG(i)) & HV_STIMER_ENABLE, 0);
		wrmsr(CONFIG(i), 0);
	}
}

/* TLFS 11.8.3: type 0x80000010; payload: timer, expiration, delivery. */
static void messages(void)
{
	volatile uint32_t *slot = (volatile uint32_t *)
		(rdmsr(HV_MSR_SIMP) & ~0xfffull) + 64 * SINT;
	volatile uint64_t *payload = (volatile uint64_t *)(slot + 4);
	uint64_t before = trap_count(MESSAGES), deadline;

	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) | 1);
	wrmsr(HV_MSR_SCONTROL, 1);
	wrmsr(HV_MSR_SINT0 + SINT, MESSAGES);
	wrmsr(CONFIG(2), SINT << HV_STIMER_SINT_SHIFT | HV_STIMER_AUTO_ENABLE);
	deadline = clock_now() + 3 * MILLISECOND;
	wrmsr(COUNT(2), deadline);
	EXPECT(WAIT_UNTIL(trap_count(MESSAGES) != before, 1000), true);
	EXPECT(slot[0], 0x80000010);
	EXPECT(slot[1] & 0xffff, 24);
	EXPECT((uint32_t)payload[0], 2);
	EXPECT(payload[1], deadline);
	EXPECT(payload[2] >= deadline && payload[2] <= clock_now(), true);
	report_about("the slot is full: one is pending");
	before = trap_count(MESSAGES);
	wrmsr(COUNT(2), clock_now());
	clock_wait(5 * MILLISECOND);
	EXPECT(trap_count(MESSAGES), before);
	EXPECT(slot[1] >> 8 & 1, 1);
	slot[0] = 0;
	wrmsr(HV_MSR_EOM, 0);
	EXPECT(WAIT_UNTIL(trap_count(MESSAGES) != before, 1000), true);
	EXPECT(slot[0], 0x80000010);
	slot[0] = 0;
	wrmsr(HV_MSR_EOM, 0);
	report_about("masked");
	wrmsr(HV_MSR_SINT0 + SINT, MESSAGES | HV_SINT_MASKED);
	before = trap_count(MESSAGES);
	wrmsr(COUNT(2), clock_now());
	clock_wait(5 * MILLISECOND);
	EXPECT(trap_count(MESSAGES), before);
	slot[0] = 0;
	wrmsr(CONFIG(2), 0);
	wrmsr(HV_MSR_SCONTROL, 0);
}

const struct test timers_tests[] = {
	{"timers: reference time", reference_time},
	{"timers: direct mode", direct},
	{"timers: off", disabled},
	{"timers: periodic", periodic},
	{"timers: the shortest periods", shortest},
	{"timers: four at once", together},
	{"timers: messages", messages},
	{0},
};
