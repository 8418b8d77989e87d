/* Children on several processors at once. docs/partitions.md */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "apic.h"
#include "call.h"
#include "child.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "tests.h"
#include "trap.h"

#define CODE(name)	name, name##_end
#define SIGNAL_VECTOR	0x5a
#define ROUNDS		100
#define VECTOR		0xd0
#define INTERRUPTS	1000
#define FREEZES		3
#define FROZEN_VPS	100
#define ENDS		100

#define CODE_IS(name) extern const uint8_t name[], name##_end[]
CODE_IS(child_count);
CODE_IS(child_turn);
CODE_IS(child_x2apic);
CODE_IS(child_timer);
CODE_IS(child_exits);

static struct child all[CHILDREN];
static volatile bool stop;
static volatile uint32_t result;
static volatile uint64_t turns;

static void add(unsigned int index)
{
	struct hv_add_lp_in lp = {.lp_index = index, .apic_id = index};
	struct hv_create_vp_in vp = {.partition_id = SELF, .vp_index = index,
		.flags = index};

	child_call(HVCALL_ADD_LOGICAL_PROCESSOR, &lp, sizeof(lp));
	child_call(HVCALL_CREATE_VP, &vp, sizeof(vp));
}

bool childsmp_start(void)
{
	unsigned int i;

	for (i = 1; i < cpu_count; i++) {
		add(i);
		if (!EXPECT(cpu_start_other(i), true))
			return false;
	}
	return cpu_count > 1;
}

static void finish(unsigned int index)
{
	stop = true;
	EXPECT(cpu_done(index, 20000), true);
}

/* Each processor counts with a child of its own. */
static void count(void)
{
	struct child *child = &all[cpu_self()->index];
	uint32_t i;

	for (i = 1; i <= 300; i++) {
		if (child_until(child, 0, PORT_DONE) != i + cpu_self()->index *
				0x10000)
			result++;
	}
}

static void side_by_side(void)
{
	unsigned int i;

	if (!childsmp_start())
		return;
	result = 0;
	for (i = 0; i < cpu_count; i++) {
		if (!child_make(&all[i], i, 1))
			return;
		child_start(&all[i], 0, CHILD_LONG, CODE(child_count));
		child_set(&all[i], 0, HV_REG_RAX + 3, i * 0x10000);
	}
	for (i = 1; i < cpu_count; i++)
		cpu_give(i, count);
	count();
	for (i = 1; i < cpu_count; i++)
		EXPECT(cpu_done(i, 60000), true);
	EXPECT(result, 0);
	for (i = 0; i < cpu_count; i++)
		child_end(&all[i]);
}

static volatile uint64_t answer;

static void count_once(void)
{
	answer = child_until(&all[0], 0, PORT_DONE);
}

/* One VP goes from one processor to the next. */
static void moves(void)
{
	unsigned int i;

	if (!childsmp_start() || !child_make(&all[0], 0, 1))
		return;
	child_start(&all[0], 0, CHILD_LONG, CODE(child_count));
	for (i = 1; i <= 200; i++) {
		unsigned int who = i % cpu_count;

		report_about("step %u", i);
		if (who) {
			cpu_give(who, count_once);
			EXPECT(cpu_done(who, 5000), true);
		} else {
			count_once();
		}
		EXPECT(answer, i);
	}
	child_end(&all[0]);
}

/* Dispatches until it is told to stop, or refused; an intercept is tried
 * again. */
static void keep_running(void)
{
	uint32_t last = 0;

	while (!stop && last < CHILD_REFUSED) {
		last = child_dispatch(&all[0], 0);
		turns++;
	}
	result = last;
}

static volatile uint32_t *counter(void)
{
	return (volatile uint32_t *)(all[0].memory + AT_DATA);
}

static bool begin_turning(void)
{
	if (!childsmp_start() || !child_make(&all[0], 0, 1))
		return false;
	child_start(&all[0], 0, CHILD_LONG, CODE(child_turn));
	stop = false;
	result = 0;
	cpu_give(1, keep_running);
	return EXPECT(WAIT_UNTIL(*counter() > 100, PATIENCE), true);
}

static bool goes_on(void)
{
	uint32_t before = *counter();

	return WAIT_UNTIL(*counter() != before, PATIENCE);
}

/* Registers of a VP that another processor runs: it leaves for that. */
static void registers(void)
{
	uint64_t i;

	if (!begin_turning())
		return;
	for (i = 0; i < ROUNDS; i++) {
		report_about("round %lu", i);
		EXPECT(child_set(&all[0], 0, HV_REG_RAX + 9, i),
			HV_STATUS_SUCCESS);
		EXPECT(child_get(&all[0], 0, HV_REG_RAX + 9), i);
		EXPECT_BETWEEN(child_get(&all[0], 0, HV_REG_RIP), AT_CODE,
			AT_CODE + 16);
		if (i % 10 == 0)
			EXPECT(goes_on(), true);
	}
	finish(1);
	child_end(&all[0]);
}

/* After UNMAP_GPA_PAGES has returned the page is not written to any more: what
 * is in it then stays, also when it is the hypervisor's. */
static void unmaps(void)
{
	uint8_t *page;
	uint64_t in[2] = {SELF};
	struct hv_withdraw_in back = {.partition_id = SELF};
	unsigned int i, j;

	if (!begin_turning())
		return;
	page = all[0].memory + AT_DATA;
	in[1] = (uint64_t)page / HV_PAGE_SIZE;
	child_withdraw(SELF);
	for (i = 0; i < ROUNDS; i++) {
		uint32_t seen;

		report_about("round %u", i);
		EXPECT(goes_on(), true);
		EXPECT(child_unmap(all[0].id, AT_DATA, 1, 0),
			HV_STATUS_SUCCESS);
		seen = *counter();
		for (j = 0; j < 2000; j++) {
			if (*counter() != seen)
				break;
		}
		EXPECT(j, 2000);
		EXPECT(child_call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), in,
			sizeof(in)), HV_STATUS_SUCCESS);
		EXPECT(child_call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1),
			&back, sizeof(back)), HV_STATUS_SUCCESS);
		EXPECT(child_out()[0], in[1]);
		EXPECT(*counter(), 0);
		EXPECT(child_map(all[0].id, AT_DATA, page, 1, CHILD_ALL),
			HV_STATUS_SUCCESS);
	}
	EXPECT(goes_on(), true);
	finish(1);
	child_end(&all[0]);
}

/* The bits are cleared where another processor has them in its TLB. */
static void ages(void)
{
	struct hv_access_states_in in = {0, HV_ACCESS_CLEAR_DIRTY,
		AT_DATA / HV_PAGE_SIZE};
	unsigned int i;

	if (!begin_turning())
		return;
	in.partition_id = all[0].id;
	for (i = 0; i < ROUNDS; i++) {
		report_about("round %u", i);
		EXPECT(goes_on() && goes_on(), true);
		EXPECT(child_call(HVCALL_GET_GPA_PAGES_ACCESS_STATES |
			CALL_REPS(1), &in, sizeof(in)), HV_STATUS_SUCCESS);
		EXPECT(child_out()[0] & HV_ACCESS_DIRTY, HV_ACCESS_DIRTY);
	}
	finish(1);
	child_end(&all[0]);
}

static void run_to_trap(void)
{
	answer = child_until(&all[0], 0, PORT_TRAP);
}

/* An interrupt of another processor reaches a VP that runs at once. */
static void interrupts(void)
{
	unsigned int i;

	if (!childsmp_start() || !child_make(&all[0], 0, 1))
		return;
	child_start(&all[0], 0, CHILD_LONG, CODE(child_x2apic));
	EXPECT(child_until(&all[0], 0, PORT_DONE), 0x1ff);
	for (i = 0; i < 20; i++) {
		uint64_t start;

		report_about("round %u", i);
		child_start(&all[0], 0, CHILD_LONG, CODE(child_turn));
		*counter() = 0;
		cpu_give(1, run_to_trap);
		EXPECT(WAIT_UNTIL(*counter(), PATIENCE), true);
		start = clock_now();
		/* Nobody ends them: each is higher than the last. */
		EXPECT(child_assert(&all[0], i & 1 ? HV_INTERRUPT_NMI :
			HV_INTERRUPT_FIXED, 0, 0x40 + i / 2 * 0x10, 0),
			HV_STATUS_SUCCESS);
		EXPECT(cpu_done(1, PATIENCE), true);
		EXPECT(answer & 0xff, i & 1 ? 2 : 0x40 + i / 2 * 0x10);
		EXPECT_BETWEEN(clock_now() - start, 0, PATIENCE * MILLISECOND);
		/* After its IRET the next NMI may come. */
		child_dispatch(&all[0], 0);
	}
	child_end(&all[0]);
}

/* However often: the parent's interrupts end a run whose VP exits all the time
 * and has one pending that it does not let in. */
static void interrupted(void)
{
	volatile uint64_t *count = &cpu_at(1)->count[VECTOR];
	uint64_t before;
	unsigned int i;

	if (!childsmp_start() || !child_make(&all[0], 0, 1))
		return;
	child_start(&all[0], 0, CHILD_LONG, CODE(child_x2apic));
	EXPECT(child_until(&all[0], 0, PORT_DONE), 0x1ff);
	child_start(&all[0], 0, CHILD_LONG, CODE(child_exits));
	EXPECT(child_set(&all[0], 0, HV_REG_RFLAGS, 2), HV_STATUS_SUCCESS);
	EXPECT(child_assert(&all[0], HV_INTERRUPT_FIXED, 0, 0x50, 0),
		HV_STATUS_SUCCESS);
	stop = false;
	cpu_give(1, keep_running);
	for (i = 0; i < INTERRUPTS; i++) {
		report_about("interrupt %u", i);
		before = *count;
		apic_send(cpu_at(1)->apic_id, VECTOR);
		if (!EXPECT(WAIT_UNTIL(*count != before, PATIENCE), true))
			break;
	}
	stop = true;
	apic_send(cpu_at(1)->apic_id, VECTOR);
	finish(1);
	child_end(&all[0]);
}

static void finalize(void)
{
	unsigned int i, stash;

	if (!childsmp_start())
		return;
	stash = child_stash();
	for (i = 0; i < 10; i++) {
		report_about("round %u", i);
		if (!begin_turning())
			return;
		child_end(&all[0]);
		EXPECT(cpu_done(1, 5000), true);
		EXPECT(result == (CHILD_REFUSED |
			HV_STATUS_INVALID_PARTITION_STATE) || result ==
			(CHILD_REFUSED | HV_STATUS_INVALID_PARTITION_ID),
			true);
		EXPECT(child_stash(), stash);
	}
}

static void keep_freezing(void)
{
	struct hv_set_property_in in = {.partition_id = all[0].id,
		.property = HV_PARTITION_TIME_FREEZE};

	while (!stop) {
		in.value = !in.value;
		child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
		turns++;
	}
}

/* Freezing calls all VPs, which go one by one meanwhile. */
static void finalize_frozen(void)
{
	unsigned int i, j;

	if (!childsmp_start())
		return;
	for (i = 0; i < FREEZES; i++) {
		report_about("round %u", i);
		if (!child_make(&all[0], 0, 0))
			return;
		for (j = 0; j < FROZEN_VPS; j++)
			EXPECT(child_create_vp(all[0].id, j),
				HV_STATUS_SUCCESS);
		stop = false;
		turns = 0;
		cpu_give(1, keep_freezing);
		EXPECT(WAIT_UNTIL(turns, PATIENCE), true);
		EXPECT(child_do(HVCALL_FINALIZE_PARTITION, all[0].id),
			HV_STATUS_SUCCESS);
		finish(1);
		child_withdraw(all[0].id);
		EXPECT(child_do(HVCALL_DELETE_PARTITION, all[0].id),
			HV_STATUS_SUCCESS);
		child_withdraw(SELF);
	}
}

/* Each may find that the other one is at it, or has done it. */
static void end_it(void)
{
	uint64_t id = all[0].id;

	while (!stop)
		pause();
	child_do(HVCALL_FINALIZE_PARTITION, id);
	child_withdraw(id);
	child_do(HVCALL_DELETE_PARTITION, id);
}

static void end_twice(void)
{
	unsigned int i, j;

	if (!childsmp_start())
		return;
	for (i = 0; i < ENDS; i++) {
		report_about("round %u", i);
		if (!child_make(&all[0], 0, 1))
			return;
		stop = false;
		for (j = 1; j < cpu_count; j++)
			cpu_give(j, end_it);
		stop = true;
		end_it();
		for (j = 1; j < cpu_count; j++)
			EXPECT(cpu_done(j, 5000), true);
		end_it();
		EXPECT(child_do(HVCALL_DELETE_PARTITION, all[0].id),
			HV_STATUS_INVALID_PARTITION_ID);
		child_withdraw(SELF);
	}
}

static volatile struct hv_message *slot(void)
{
	return (volatile void *)(rdmsr(HV_MSR_SIMP) & ~0xfffull);
}

static void signals_on(void)
{
	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) | 1);
	slot()->type = 0;
	wrmsr(HV_MSR_SCONTROL, 1);
	wrmsr(HV_MSR_SINT0, SIGNAL_VECTOR);
	wrmsr(HV_MSR_EOM, 0);
}

static void signals_off(void)
{
	wrmsr(HV_MSR_SINT0, HV_SINT_MASKED);
	wrmsr(HV_MSR_SCONTROL, 0);
	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) & ~1ull);
}

/* On processor 1: the VP blocks there, with a timer that is far away. */
static void block_there(void)
{
	signals_on();
	answer = child_run(&all[0], 0);
}

/* A processor that is started anew leaves nobody asleep. */
static void asleep(void)
{
	unsigned int i;

	if (!childsmp_start() || !child_make(&all[0], 0, 1))
		return;
	child_start(&all[0], 0, CHILD_LONG, CODE(child_x2apic));
	EXPECT(child_until(&all[0], 0, PORT_DONE), 0x1ff);
	signals_on();
	for (i = 0; i < 5; i++) {
		child_start(&all[0], 0, CHILD_LONG, CODE(child_timer));
		child_set(&all[0], 0, HV_REG_RAX + 8, 0x40050);
		child_set(&all[0], 0, HV_REG_RAX + 9, 0);
		child_set(&all[0], 0, HV_REG_RAX + 3, 1ull << 40);
		EXPECT(child_until(&all[0], 0, PORT_DONE) >> 32, 0);
		cpu_give(1, block_there);
		EXPECT(cpu_done(1, 5000), true);
		EXPECT(answer, CHILD_BLOCKED);
		slot()->type = 0;
		wrmsr(HV_MSR_EOM, 0);
		/* INIT and start-up. */
		EXPECT(cpu_start(), true);
		EXPECT(WAIT_UNTIL(slot()->type, PATIENCE), true);
		EXPECT(slot()->type, HV_MESSAGE_SIGNAL_PAIR);
		slot()->type = 0;
		wrmsr(HV_MSR_EOM, 0);
		EXPECT(child_run(&all[0], 0), CHILD_BLOCKED);
	}
	child_end(&all[0]);
	signals_off();
}

const struct test childsmp_tests[] = {
	{"childsmp: each processor has a child", side_by_side},
	{"childsmp: a VP goes from processor to processor", moves},
	{"childsmp: registers of a VP that runs", registers},
	{"childsmp: a page that is taken away is not reached", unmaps},
	{"childsmp: Dirty is cleared in all TLBs", ages},
	{"childsmp: interrupts for a VP that runs", interrupts},
	{"childsmp: the parent's interrupts while one is pending", interrupted},
	{"childsmp: FINALIZE while a VP runs", finalize},
	{"childsmp: FINALIZE while its time stops and goes on",
		finalize_frozen},
	{"childsmp: two processors end a partition", end_twice},
	{"childsmp: a processor's INIT wakes who sleeps there", asleep},
	{0},
};
