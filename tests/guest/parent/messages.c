/* Synthetic timers that send messages, and the shortest periods. TLFS 11.8 */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "clock.h"
#include "cpu.h"
#include "tests.h"
#include "timers.h"
#include "trap.h"

#define SINT		2
#define SINT_VECTOR	0x58ull
#define LATE		(PATIENCE * MILLISECOND)
#define PAYLOAD(message) ((const volatile uint64_t *)((message) + 4))
#define CONFIG(i)	(HV_MSR_STIMER0_CONFIG + 2 * (i))
#define COUNT(i)	(CONFIG(i) + 1)
#define BY_MESSAGE	(HV_STIMER_ENABLE | \
	(uint64_t)SINT << HV_STIMER_SINT_SHIFT)

static volatile uint32_t *slot(void)
{
	return (volatile uint32_t *)((rdmsr(HV_MSR_SIMP) & ~0xfffull) +
		256 * SINT);
}

static void messages_on(uint64_t sint)
{
	slot()[0] = 0;
	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) | 1);
	wrmsr(HV_MSR_SCONTROL, 1);
	wrmsr(HV_MSR_SINT0 + SINT, sint);
}

static void messages_off(void)
{
	timers_off();
	wrmsr(HV_MSR_SINT0 + SINT, HV_SINT_MASKED);
	wrmsr(HV_MSR_SCONTROL, 0);
	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) & ~1ull);
}

static uint64_t arm_message(unsigned int i, uint64_t delay)
{
	uint64_t end = clock_now() + delay;

	wrmsr(COUNT(i), 0);
	wrmsr(CONFIG(i), BY_MESSAGE);
	wrmsr(COUNT(i), end);
	return end;
}

static void expect_message(unsigned int i, uint64_t end)
{
	EXPECT(WAIT_UNTIL(slot()[0], PATIENCE), true);
	EXPECT(slot()[0], 0x80000010);
	EXPECT(slot()[1] & 0xff, 24);
	EXPECT(PAYLOAD(slot())[0], i);
	EXPECT(PAYLOAD(slot())[1], end);
	EXPECT_BETWEEN(PAYLOAD(slot())[2], end, clock_now());
}

static void message(void)
{
	uint64_t before = trap_count(SINT_VECTOR), end;

	messages_on(SINT_VECTOR);
	end = arm_message(1, 5 * MILLISECOND);
	EXPECT(WAIT_UNTIL(trap_count(SINT_VECTOR) != before, PATIENCE), true);
	EXPECT_BETWEEN(trap_came(SINT_VECTOR), end, end + LATE);
	expect_message(1, end);
	EXPECT(slot()[1] >> 8 & 1, 0);
	EXPECT(rdmsr(CONFIG(1)) & HV_STIMER_ENABLE, 0);
	/* The slot is full: the next one waits for EOM. */
	end = arm_message(2, MILLISECOND);
	EXPECT(WAIT_UNTIL(slot()[1] >> 8 & 1, PATIENCE), true);
	EXPECT(trap_count(SINT_VECTOR), before + 1);
	EXPECT(PAYLOAD(slot())[0], 1);
	slot()[0] = 0;
	clock_wait(3 * MILLISECOND);
	wrmsr(HV_MSR_EOM, 0);
	expect_message(2, end);
	EXPECT(trap_count(SINT_VECTOR), before + 2);
	messages_off();
}

static void message_masked(void)
{
	static const uint64_t sints[] = {HV_SINT_MASKED | SINT_VECTOR,
		HV_SINT_POLLING | SINT_VECTOR};
	uint64_t before = trap_count(SINT_VECTOR), end;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		report_about("SINT %lx", sints[i]);
		messages_on(sints[i]);
		end = arm_message(0, MILLISECOND);
		clock_wait(3 * MILLISECOND);
		expect_message(0, end);
		EXPECT(trap_count(SINT_VECTOR), before);
		messages_off();
	}
}

static void message_nowhere(void)
{
	messages_on(SINT_VECTOR);
	wrmsr(HV_MSR_SCONTROL, 0);
	arm_message(0, MILLISECOND);
	clock_wait(3 * MILLISECOND);
	EXPECT(slot()[0], 0);
	wrmsr(HV_MSR_SCONTROL, 1);
	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) & ~1ull);
	arm_message(0, MILLISECOND);
	clock_wait(3 * MILLISECOND);
	EXPECT(slot()[0], 0);
	messages_off();
}

static void message_periodic(void)
{
	uint64_t last = 0, start = clock_now();
	unsigned int i;

	messages_on(SINT_VECTOR);
	wrmsr(COUNT(3), 0);
	wrmsr(CONFIG(3), BY_MESSAGE | HV_STIMER_PERIODIC);
	wrmsr(COUNT(3), 3 * MILLISECOND);
	for (i = 1; i <= 5; i++) {
		EXPECT(WAIT_UNTIL(slot()[0], PATIENCE), true);
		EXPECT_BETWEEN(PAYLOAD(slot())[1], (last ? last : start) +
			3 * MILLISECOND, clock_now());
		last = PAYLOAD(slot())[1];
		slot()[0] = 0;
		wrmsr(HV_MSR_EOM, 0);
	}
	messages_off();
}

/* N10, on processor 1, which an INIT can have back. */
static volatile uint64_t rounds;

static void shortest_period(void)
{
	wrmsr(CONFIG(0), HV_STIMER_DIRECT |
		HV_STIMER_ENABLE | HV_STIMER_PERIODIC |
		SINT_VECTOR << HV_STIMER_VECTOR_SHIFT);
	wrmsr(COUNT(0), 1);
	for (;;)
		rounds++;
}

static void shortest_message_period(void)
{
	messages_on(HV_SINT_MASKED);
	wrmsr(CONFIG(0), BY_MESSAGE | HV_STIMER_PERIODIC);
	wrmsr(COUNT(0), 1);
	for (;;)
		rounds++;
}

static void goes_on(void (*job)(void), const char *what)
{
	report_about("%s", what);
	rounds = 0;
	cpu_give(1, job);
	clock_wait(50 * MILLISECOND);
	EXPECT(WAIT_UNTIL(rounds > 1000, PATIENCE), true);
	EXPECT(cpu_start(), true);
}

static void storm(void)
{
	if (cpu_count == 1)
		return;
	EXPECT(cpu_start(), true);
	goes_on(shortest_period, "direct");
	goes_on(shortest_message_period, "message");
}

const struct test message_tests[] = {
	{"timer: messages", message},
	{"timer: messages without an interrupt", message_masked},
	{"timer: messages have no place to go", message_nowhere},
	{"timer: messages with a period", message_periodic},
	{"timer: a processor goes on with periods of 100 ns", storm},
	{0},
};
