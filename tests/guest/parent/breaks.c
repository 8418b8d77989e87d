/* Breakpoints of the parent's own. APM v2 13.1 */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/asm.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "ipis.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define VECTOR_DB	1
#define DR6_NONE	0xffff0ff0ull
#define DR6_ACCESS	0x2000ull	/* BD */
#define DR6_STEP	0x4000ull	/* BS */
#define DR7_NONE	0x400ull
#define DR7_GUARD	0x2000ull	/* GD */
#define DR7_EXECUTE	0x1ull		/* by DR0 */
#define DR7_WRITE	0x10001ull
#define DR7_EIGHT	0x80000ull	/* bytes */
#define TRAP_FLAG	0x100
#define OTHER_EXITS	23		/* STATS_OTHER in core/stats.h */
#define STACK		0x7000		/* in the processor's block */

static void set(uint64_t dr0, uint64_t dr7)
{
	__asm__ volatile("mov %0, %%dr0; mov %1, %%dr6; mov %2, %%dr7" : :
		"r"(dr0), "r"(DR6_NONE), "r"(dr7));
}

static uint64_t dr6(void)
{
	uint64_t value;

	__asm__ volatile("mov %%dr6, %0" : "=r"(value));
	return value;
}

static uint64_t dr7(void)
{
	uint64_t value;

	__asm__ volatile("mov %%dr7, %0" : "=r"(value));
	return value;
}

static void expect_break(const struct run *run, uint64_t rip, uint64_t bits)
{
	EXPECT(run->vector, VECTOR_DB);
	EXPECT(run->rip, rip);
	EXPECT(dr6(), DR6_NONE | bits);
	set(0, DR7_NONE);
}

static void execute(void)
{
	static const uint8_t code[] = {0x90, 0x90, RUN_END};
	struct run run = {0};

	set((uint64_t)code + 1, DR7_NONE | DR7_EXECUTE);
	run_code(&run, code, CODE64);
	expect_break(&run, (uint64_t)code + 1, 1);
}

static void write(void)
{
	static const uint8_t code[] = {0x89, 0x03, 0x90, RUN_END};
	static uint64_t place;
	struct run run = {.gpr[RUN_RBX] = (uint64_t)&place,
		.gpr[RUN_RAX] = 5};

	set((uint64_t)&place, DR7_NONE | DR7_WRITE | DR7_EIGHT);
	run_code(&run, code, CODE64);
	expect_break(&run, (uint64_t)code + 2, 1);
	EXPECT(place, 5);
}

static void step(void)
{
	static const uint8_t code[] = {0x90, 0x0f, 0xa2, 0x90, RUN_END};
	struct run run = {.rflags = TRAP_FLAG};

	set(0, DR7_NONE);
	run_code(&run, code, CODE64);
	expect_break(&run, (uint64_t)code + 1, DR6_STEP);
	/* Behind one that exits. */
	run = (struct run){.rflags = TRAP_FLAG};
	run_code(&run, code + 1, CODE64);
	expect_break(&run, (uint64_t)code + 3, DR6_STEP);
}

/* INT1: no bit in DR6. */
static void icebp(void)
{
	static const uint8_t code[] = {0xf1, 0x90, RUN_END};
	struct run run = {0};

	set(0, DR7_NONE);
	run_code(&run, code, CODE64);
	expect_break(&run, (uint64_t)code + 1, 0);
}

/* Its handler may use the registers: the guard is open there. */
static void guard(void)
{
	static const uint8_t code[] = {0x0f, 0x21, 0xf8, RUN_END};
	struct run run = {0};

	set(0, DR7_NONE | DR7_GUARD);
	run_code(&run, code, CODE64);
	EXPECT(run.vector, VECTOR_DB);
	EXPECT(run.rip, (uint64_t)code);
	EXPECT(dr7() & DR7_GUARD, 0);
	EXPECT(dr6() & DR6_ACCESS, DR6_ACCESS);
	set(0, DR7_NONE);
}

/* The statistics of processor 0, which tells of exits. */
static const volatile uint64_t *map_counters(struct hv_stats_in *in)
{
	struct {
		struct hv_deposit_in in;
		uint64_t page;
	} page = {{SELF}, 0};
	uint32_t status = CALL(HVCALL_MAP_STATS_PAGE, *in);

	/* Unless it got one before. */
	if (status == HV_STATUS_INSUFFICIENT_MEMORY) {
		page.page = (uint64_t)memory_take(1) >> 12;
		EXPECT(call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), &page,
			sizeof(page)), HV_STATUS_SUCCESS);
		status = CALL(HVCALL_MAP_STATS_PAGE, *in);
	}
	return EXPECT(status, HV_STATUS_SUCCESS) ?
		(const volatile uint64_t *)(OUT[0] << 12) : NULL;
}

/* The processor must not be left alone with them. */
static void exits(void)
{
	static const uint8_t code[] = {0x90, 0x90, RUN_END};
	struct hv_stats_in in = {.type = HV_STATS_VP, .vp.partition_id = SELF};
	const volatile uint64_t *counters = map_counters(&in);
	unsigned int i;
	uint64_t before;

	if (!counters)
		return;
	before = counters[OTHER_EXITS];
	for (i = 0; i < 10; i++) {
		struct run run = {.rflags = TRAP_FLAG};

		run_code(&run, code, CODE64);
	}
	EXPECT(counters[OTHER_EXITS], before + 10);
	EXPECT(CALL(HVCALL_UNMAP_STATS_PAGE, in), HV_STATUS_SUCCESS);
	set(0, DR7_NONE);
}

/* Each #DB writes where the breakpoint is: they never end. */
static void loop(void)
{
	struct cpu *cpu = cpu_self();
	uint64_t top = (uint64_t)cpu + STACK;

	cpu->task.rest[1] = top;
	set(top - 8, DR7_NONE | DR7_WRITE | DR7_EIGHT);
	__asm__ volatile(".byte 0xf1");
	for (;;)
		pause();
}

static void endless(void)
{
	unsigned int i;

	if (cpu_count == 1)
		return;
	EXPECT(cpu_start(), true);
	trap_use_stack(VECTOR_DB, 1);
	cpu_give(1, loop);
	clock_wait(10 * MILLISECOND);
	for (i = 0; i < 10; i++)
		EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0),
			HV_STATUS_SUCCESS);
	EXPECT(cpu_start(), true);
	trap_use_stack(VECTOR_DB, 0);
	EXPECT(cpu_do(ipi_set_logical), true);
	ipi_other_works();
}

const struct test break_tests[] = {
	{"break: on an instruction", execute},
	{"break: on a write", write},
	{"break: single steps", step},
	{"break: INT1", icebp},
	{"break: on the registers themselves", guard},
	{"break: each exits", exits},
	{"break: on the stack of its own handler", endless},
	{0},
};
