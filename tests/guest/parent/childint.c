/* Interrupts of children's VPs, their APICs and timers, and what the parent
 * hears of VPs that wait. docs/partitions.md, "Running". */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "child.h"
#include "clock.h"
#include "cpu.h"
#include "option.h"
#include "tests.h"
#include "timers.h"
#include "trap.h"

#define SIGNAL_VECTOR	0x5a
#define BLOCKED_COUNTER	202
#define EOI_CODE	(AT_CODE + 0x800)
#define CODE(name)	name, name##_end
#define TIMER_VECTOR	0x50u
#define PERIODIC	0x20000u
#define TSC_DEADLINE	0x40000u

#define CODE_IS(name) extern const uint8_t name[], name##_end[]
CODE_IS(child_x2apic);
CODE_IS(child_wait);
CODE_IS(child_eoi);
CODE_IS(child_timer);
CODE_IS(child_spin);
CODE_IS(child_xapic);
CODE_IS(child_starter);
CODE_IS(child_started);

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
	/* What waited behind a slot that was off. */
	while (WAIT_UNTIL(slot()->type, 2)) {
		slot()->type = 0;
		wrmsr(HV_MSR_EOM, 0);
	}
}

static void signals_off(void)
{
	wrmsr(HV_MSR_SINT0, HV_SINT_MASKED);
	wrmsr(HV_MSR_SCONTROL, 0);
	wrmsr(HV_MSR_SIMP, rdmsr(HV_MSR_SIMP) & ~1ull);
}

/* The signal for this VP, and the slot is free again. */
static bool take_signal(const struct child *child, uint32_t vp)
{
	const volatile struct hv_signal_pair *pair =
		(const volatile void *)slot()->payload;
	bool good = WAIT_UNTIL(slot()->type, PATIENCE);

	good = EXPECT(good, true) &&
		EXPECT(slot()->type, HV_MESSAGE_SIGNAL_PAIR) &&
		EXPECT(pair->vp_count, 1) &&
		EXPECT(pair->partition_id[0], child->id) &&
		EXPECT(pair->vp_index[0], vp);
	slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
	return good;
}

/* A handler for a vector that ends its interrupt. */
static void set_eoi(struct child *child, uint8_t vector)
{
	uint64_t at = EOI_CODE + (vector >> 4) * 64u;
	size_t size = (size_t)(child_eoi_end - child_eoi);
	uint64_t *gate = (uint64_t *)(child->memory + AT_IDT + vector * 16);

	memcpy(child->memory + at, child_eoi, size);
	child->memory[at + 1] = vector;
	*gate = at | 8 << 16 | 0x8e0000000000;
}

/* A child whose first VP waits for interrupts with its x2APIC on. */
static bool make_waiting(struct child *child, unsigned int vps)
{
	unsigned int i;

	if (!child_make(child, 0, vps))
		return false;
	for (i = 0; i < vps; i++) {
		child_start(child, i, CHILD_LONG, CODE(child_x2apic));
		EXPECT(child_until(child, i, PORT_DONE), 0x1ff);
		EXPECT(child_run(child, i), CHILD_BLOCKED);
	}
	return true;
}

static uint64_t trap_of(const struct child *child)
{
	uint64_t eax = child_until(child, 0, PORT_TRAP);

	return eax >> 32 ? eax : eax & 0xff;
}

static uint32_t fixed(const struct child *child, uint32_t vector)
{
	return child_assert(child, HV_INTERRUPT_FIXED, 0, vector, 0);
}

static void wakes(void)
{
	struct child child;

	signals_on();
	if (!make_waiting(&child, 1))
		return;
	EXPECT(fixed(&child, 0x41), HV_STATUS_SUCCESS);
	take_signal(&child, 0);
	EXPECT(trap_of(&child), 0x41);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	report_about("interrupts off");
	child_set(&child, 0, HV_REG_RFLAGS, 2);
	fixed(&child, 0x91);
	child_run(&child, 0);
	EXPECT(slot()->type ? take_signal(&child, 0) : true, true);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	report_about("NMI");
	EXPECT(child_assert(&child, HV_INTERRUPT_NMI, 0, 0, 0),
		HV_STATUS_SUCCESS);
	take_signal(&child, 0);
	EXPECT(trap_of(&child), VECTOR_NMI);
	report_about("a second one waits for IRET");
	child_assert(&child, HV_INTERRUPT_NMI, 0, 0, 0);
	EXPECT(slot()->type, 0);
	EXPECT(trap_of(&child), VECTOR_NMI);
	child_end(&child);
	signals_off();
}

/* Fields, counters, and what waits behind a full slot. */
static void signals(void)
{
	const volatile struct hv_signal_pair *pair;
	struct hv_stats_in in = {.type = HV_STATS_VP};
	const volatile uint64_t *counters;
	struct child child;
	uint64_t before;
	unsigned int i;

	signals_on();
	pair = (const volatile void *)slot()->payload;
	if (!make_waiting(&child, 4))
		return;
	in.vp.partition_id = child.id;
	EXPECT(child_feed(child.id, HVCALL_MAP_STATS_PAGE, &in, sizeof(in),
		NULL), HV_STATUS_SUCCESS);
	counters = (const volatile uint64_t *)(child_out()[0] * HV_PAGE_SIZE);
	EXPECT(counters[BLOCKED_COUNTER], 1);
	before = trap_count(SIGNAL_VECTOR);
	for (i = 0; i < 4; i++)
		child_assert(&child, HV_INTERRUPT_FIXED, i, 0x41, 0);
	EXPECT(WAIT_UNTIL(trap_count(SIGNAL_VECTOR) != before, PATIENCE),
		true);
	EXPECT(counters[BLOCKED_COUNTER], 0);
	EXPECT(child_get(&child, 0, HV_REG_SIGNAL_COUNT), 1);
	EXPECT(pair->vp_count, 1);
	EXPECT(pair->vp_index[0], 0);
	EXPECT(slot()->flags & 1, 1);
	/* Again, while it waits: once is enough. */
	for (i = 0; i < 4; i++)
		child_assert(&child, HV_INTERRUPT_FIXED, i, 0x42, 0);
	EXPECT(child_get(&child, 3, HV_REG_SIGNAL_COUNT), 1);
	slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
	EXPECT(WAIT_UNTIL(slot()->type, PATIENCE), true);
	EXPECT(pair->vp_count, 3);
	for (i = 0; i < 3; i++) {
		EXPECT(pair->vp_index[i], i + 1);
		EXPECT(pair->partition_id[i], child.id);
	}
	EXPECT(slot()->flags & 1, 0);
	EXPECT(trap_count(SIGNAL_VECTOR), before + 2);
	report_about("it ends while its signal is in the slot, and behind it");
	for (i = 0; i < 4; i++) {
		while (child_until(&child, i, PORT_TRAP) >> 32 == 0)
			;
		child_assert(&child, HV_INTERRUPT_FIXED, i, 0x51, 0);
	}
	child_end(&child);
	slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
	EXPECT(slot()->type, 0);
	signals_off();
}

static void priorities(void)
{
	struct child child;
	unsigned int i;
	static const uint8_t vectors[] = {0x41, 0x91, 0x61, 0xe1, 0x21};
	static const uint8_t order[] = {0xe1, 0x91, 0x61, 0x41, 0x21};

	if (!make_waiting(&child, 1))
		return;
	for (i = 0; i < 5; i++) {
		set_eoi(&child, vectors[i]);
		EXPECT(fixed(&child, vectors[i]), HV_STATUS_SUCCESS);
	}
	for (i = 0; i < 5; i++)
		EXPECT(trap_of(&child), order[i]);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	report_about("CR8 holds lower ones back");
	child_set(&child, 0, HV_REG_CR8, 6);
	fixed(&child, 0x61);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	fixed(&child, 0x91);
	EXPECT(trap_of(&child), 0x91);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_set(&child, 0, HV_REG_CR8, 5);
	EXPECT(trap_of(&child), 0x61);
	EXPECT(child_get(&child, 0, HV_REG_CR8), 5);
	child_end(&child);
}

static void level(void)
{
	const volatile struct hv_apic_eoi *eoi;
	struct child child;
	unsigned int i;

	if (!make_waiting(&child, 1))
		return;
	eoi = (const volatile void *)child.message[0]->payload;
	set_eoi(&child, 0x71);
	for (i = 0; i < 3; i++) {
		EXPECT(child_assert(&child, HV_INTERRUPT_FIXED, 0, 0x71,
			HV_INTERRUPT_LEVEL), HV_STATUS_SUCCESS);
		EXPECT(trap_of(&child), 0x71);
		EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
		EXPECT(child.message[0]->type, HV_MESSAGE_APIC_EOI);
		EXPECT(eoi->vector, 0x71);
		EXPECT(eoi->vp_index, 0);
		EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	}
	report_about("edge");
	fixed(&child, 0x71);
	EXPECT(trap_of(&child), 0x71);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_end(&child);
}

static void refused(void)
{
	static const uint32_t types = 1u << HV_INTERRUPT_FIXED |
		1u << HV_INTERRUPT_LOWEST | 1u << HV_INTERRUPT_NMI |
		1u << HV_INTERRUPT_INIT | 1u << HV_INTERRUPT_SIPI |
		1u << HV_INTERRUPT_EXTINT | 1u << HV_INTERRUPT_LINT0 |
		1u << HV_INTERRUPT_LINT1;
	struct child child;
	uint32_t i;

	if (!child_make(&child, 0, 1))
		return;
	for (i = 0; i < 32; i++) {
		report_about("type, vector, flag %u", i);
		EXPECT(child_assert(&child, i, 77, 0x40, 0), types >> i & 1 ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
		EXPECT(fixed(&child, i), i < 16 ? HV_STATUS_INVALID_PARAMETER :
			HV_STATUS_SUCCESS);
		EXPECT(child_assert(&child, 0, 77, 0x40, 1u << i), i < 2 ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
	}
	EXPECT(fixed(&child, 256), HV_STATUS_INVALID_PARAMETER);
	EXPECT(fixed(&child, ~0u), HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_assert(&child, HV_INTERRUPT_LINT0, ~0ull, 0, 0),
		HV_STATUS_SUCCESS);
	child_end(&child);
}

static void extint(void)
{
	struct child child;

	if (!make_waiting(&child, 1))
		return;
	EXPECT(child_assert(&child, HV_INTERRUPT_EXTINT, 0, 0x33, 0),
		HV_STATUS_SUCCESS);
	report_about("LINT0 is masked, or takes it");
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	/* wrmsr(0x835, 0x700); then as before */
	memcpy(child.memory + AT_CODE + 0x400, "\xb9\x35\x08\0\0\xb8\0\x07\0\0"
		"\x31\xd2\x0f\x30\xfb\xf4\xeb\xfd", 18);
	child_set(&child, 0, HV_REG_RIP, AT_CODE + 0x400);
	child_set(&child, 0, HV_REG_ACTIVITY_STATE, 0);
	EXPECT(trap_of(&child), 0x33);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_assert(&child, HV_INTERRUPT_EXTINT, 0, 0x34, 0);
	EXPECT(child_do(HVCALL_CLEAR_VIRTUAL_INTERRUPT, child.id),
		HV_STATUS_SUCCESS);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_end(&child);
}

static void xapic(void)
{
	struct child child;

	if (!child_make(&child, 0, 1))
		return;
	child_start(&child, 0, CHILD_LONG, CODE(child_xapic));
	EXPECT(child_until(&child, 0, PORT_DONE) & 0xff, 0x14);
	EXPECT(child_until(&child, 0, PORT_DONE), 0x1ff);
	EXPECT(child_until(&child, 0, PORT_DONE), 3);
	EXPECT(trap_of(&child), 0x55);
	EXPECT(child_until(&child, 0, PORT_DONE), 0);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_end(&child);
}

/* A VP that waits for its SIPI, with all that may come meanwhile. */
static void start_up(void)
{
	struct child child;

	if (!child_make(&child, 0, 2))
		return;
	EXPECT(child_get(&child, 1, HV_REG_ACTIVITY_STATE),
		HV_ACTIVITY_STARTUP_SUSPEND);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	child_assert(&child, HV_INTERRUPT_NMI, 1, 0, 0);
	child_assert(&child, HV_INTERRUPT_FIXED, 1, 0x40, 0);
	report_about("NMI before SIPI");
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	child_assert(&child, HV_INTERRUPT_INIT, 1, 0, 0);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	report_about("by VP 0");
	child_start(&child, 0, CHILD_LONG, CODE(child_starter));
	memcpy(child.memory + 0x2000, child_started, (size_t)(
		child_started_end - child_started));
	EXPECT(child_until(&child, 0, PORT_DONE), 0x4602);
	EXPECT(child_until(&child, 1, PORT_DONE) & 0xffff, 0x77);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	report_about("by the parent");
	child_assert(&child, HV_INTERRUPT_INIT, 1, 0, 0);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	child_assert(&child, HV_INTERRUPT_SIPI, 1, 2, 0);
	EXPECT(child_until(&child, 1, PORT_DONE) & 0xffff, 0x77);
	report_about("a second SIPI does nothing");
	child_assert(&child, HV_INTERRUPT_SIPI, 1, 2, 0);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	child_end(&child);
}

static uint64_t frequency(const struct child *child)
{
	struct hv_get_property_in in = {child->id,
		HV_PARTITION_CLOCK_FREQUENCY, 0};

	EXPECT(child_call(HVCALL_GET_PARTITION_PROPERTY, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	return child_out()[0];
}

/* In TSC deadline mode the answer is the deadline's low half. */
static uint32_t arm(struct child *child, uint32_t lvt, uint64_t count, bool spins)
{
	uint64_t armed;

	child_start(child, 0, CHILD_LONG, CODE(child_timer));
	/* One that was blocked is not any more, and says so. */
	if (slot()->type) {
		slot()->type = 0;
		wrmsr(HV_MSR_EOM, 0);
	}
	set_eoi(child, TIMER_VECTOR);
	child_set(child, 0, HV_REG_RAX + 8, lvt | TIMER_VECTOR);
	child_set(child, 0, HV_REG_RAX + 9, spins);
	child_set(child, 0, HV_REG_RAX + 3, count);
	armed = child_until(child, 0, PORT_DONE);
	EXPECT(armed >> 32, 0);
	return (uint32_t)armed;
}

/* Microseconds: 1,000 where the machine has nothing else to do; a busy one may
 * stop all of us for a while, so it is the best of the tries that counts, and
 * there are more while that one is late, too. */
#define TRIES	20
#define MORE_TRIES 200
#define BEST	1000
#define LATE	option_number("late=", 1000000)
#define DELAY	(50 * MILLISECOND)
/* Ticks that are before the deadline, as a difference: it is not far off. */
#define EARLY	0xf0000000u

/* How late the VP's timer wakes it, or interrupts it, on average, and at best,
 * in microseconds of so many ticks each. The TSC is the same for parent and
 * child. */
static uint64_t late(struct child *child, uint64_t ticks, bool spins,
	uint64_t each, uint64_t *best)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < TRIES || (*best > BEST && i < MORE_TRIES); i++) {
		uint32_t end = arm(child, TSC_DEADLINE, ticks, spins);
		uint32_t passed;

		if (!spins) {
			EXPECT(child_run(child, 0), CHILD_BLOCKED);
			WAIT_UNTIL(slot()->type, PATIENCE);
			passed = (uint32_t)rdtsc() - end;
			take_signal(child, 0);
			EXPECT(trap_of(child), TIMER_VECTOR);
		} else {
			EXPECT(trap_of(child), TIMER_VECTOR);
			passed = (uint32_t)rdtsc() - end;
		}
		EXPECT(passed < EARLY, true);
		sum += passed;
		if (!i || passed / each < *best)
			*best = passed / each;
	}
	return sum / i / each;
}

static void deadlines(void)
{
	struct child child;
	uint64_t ticks, waking, running, each, best[2];

	signals_on();
	if (!make_waiting(&child, 1))
		return;
	ticks = frequency(&child) * DELAY / (1000 * MILLISECOND);
	each = frequency(&child) / 1000000;
	waking = late(&child, ticks, false, each, &best[0]);
	running = late(&child, ticks, true, each, &best[1]);
	report_note("child: timers are %lu and %lu us late on average",
		waking, running);
	EXPECT_BETWEEN(waking, 0, LATE);
	EXPECT_BETWEEN(running, 0, LATE);
	EXPECT_BETWEEN(best[0], 0, BEST);
	EXPECT_BETWEEN(best[1], 0, BEST);
	report_about("in the past");
	arm(&child, TSC_DEADLINE, -ticks, false);
	EXPECT(trap_of(&child), TIMER_VECTOR);
	child_end(&child);
	signals_off();
}

static void counters(void)
{
	uint64_t start, each, i;
	struct child child;

	signals_on();
	if (!make_waiting(&child, 1))
		return;
	report_about("one shot");
	start = clock_now();
	/* Long enough for a machine with other work. */
	arm(&child, 0, 20000000, false);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	take_signal(&child, 0);
	EXPECT(trap_of(&child), TIMER_VECTOR);
	each = clock_now() - start;
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	EXPECT(WAIT_UNTIL(slot()->type, 2 * each / MILLISECOND + 2), false);
	report_about("periodic: one shot was %lu", each);
	arm(&child, PERIODIC, 1000000, false);
	for (i = 0; i < 10;) {
		uint32_t result = child_run(&child, 0);

		/* On a slow machine the next one is there already. */
		if (result == CHILD_BLOCKED) {
			if (!take_signal(&child, 0))
				break;
			continue;
		}
		if (!EXPECT(result, CHILD_INTERCEPT))
			break;
		child_skip(&child, 0);
		i++;
	}
	for (i = 0; i < 100 && child_run(&child, 0) == CHILD_INTERCEPT; i++)
		child_skip(&child, 0);
	report_about("it ends while its timer runs");
	child_end(&child);
	slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
	clock_wait(2 * each);
	EXPECT(slot()->type, 0);
	signals_off();
}

/* A VP that does not let go: the parent's interrupt does, and a time slice. */
static void spins(void)
{
	uint64_t vector = 0x5b, before = trap_count(0x5b), start;
	struct hv_dispatch_in in = {.flags = HV_DISPATCH_CLEAR_INTERCEPT};
	struct child child;

	if (!child_make(&child, 0, 1))
		return;
	child_start(&child, 0, CHILD_LONG, CODE(child_spin));
	in.partition_id = child.id;
	start = clock_now();
	wrmsr(HV_MSR_STIMER0_CONFIG, HV_STIMER_DIRECT | HV_STIMER_ENABLE |
		vector << HV_STIMER_VECTOR_SHIFT);
	wrmsr(HV_MSR_STIMER0_CONFIG + 1, start + 20 * MILLISECOND);
	EXPECT(child_call(HVCALL_DISPATCH_VP, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	EXPECT(child_out()[0], HV_DISPATCH_READY);
	EXPECT_BETWEEN(clock_now() - start, 0, PATIENCE * MILLISECOND);
	EXPECT(WAIT_UNTIL(trap_count(0x5b) != before, PATIENCE), true);
	timers_off();
	report_about("time slice");
	in.time_slice = 30 * MILLISECOND;
	start = clock_now();
	EXPECT(child_call(HVCALL_DISPATCH_VP, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	EXPECT(child_out()[0], HV_DISPATCH_READY);
	EXPECT_BETWEEN(clock_now() - start, 30 * MILLISECOND, PATIENCE *
		MILLISECOND);
	EXPECT(*(volatile uint32_t *)(child.memory + AT_DATA) > 1000, true);
	child_end(&child);
}

/* A VP that waits for a window meets a state that no processor has: its run is
 * refused, its priority and the window stay, and so does the parent's hold on it
 * when it spins without taking interrupts. */
static void refused_run(void)
{
	struct child child;

	if (!child_make(&child, 0, 1))
		return;
	child_start(&child, 0, CHILD_LONG, CODE(child_spin));
	EXPECT(child_set(&child, 0, HV_REG_CR8, 9), HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_DELIVERABILITY,
		HV_DELIVERABILITY_INTERRUPT), HV_STATUS_SUCCESS);
	EXPECT(child_dispatch(&child, 0), CHILD_READY);
	EXPECT(child_set(&child, 0, HV_REG_CR3, 1ull << 51),
		HV_STATUS_SUCCESS);
	EXPECT(child_dispatch(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_INVALID_STATE);
	EXPECT(child_get(&child, 0, HV_REG_CR8), 9);
	child_start(&child, 0, CHILD_LONG, CODE(child_spin));
	EXPECT(child_dispatch(&child, 0), CHILD_READY);
	EXPECT(child_get(&child, 0, HV_REG_CR8), 9);
	EXPECT(child_set(&child, 0, HV_REG_RFLAGS, 0x202), HV_STATUS_SUCCESS);
	EXPECT(child_dispatch(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_DELIVERABLE);
	child_end(&child);
}

/* Vectors that the driver leaves in the register page. */
static void vectors(void)
{
	struct child child;

	if (!make_waiting(&child, 1))
		return;
	set_eoi(&child, 0x41);
	set_eoi(&child, 0x61);
	child.registers[0]->vectors = 2 | 0x41 << 8 | 0x61 << 16 | 0x99 << 24;
	EXPECT(trap_of(&child), 0x61);
	EXPECT(trap_of(&child), 0x41);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	EXPECT(child.registers[0]->vectors, 0);
	report_about("more than there is room for, and none");
	child.registers[0]->vectors = ~0ull;
	EXPECT(trap_of(&child), 0xff);
	child.registers[0]->vectors = 0xff00;
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_end(&child);
}

const struct test childint_tests[] = {
	{"childint: what is refused", refused},
	{"childint: a VP that waits is woken", wakes},
	{"childint: signals", signals},
	{"childint: priorities and CR8", priorities},
	{"childint: the end of a level interrupt is told", level},
	{"childint: ExtINT", extint},
	{"childint: the xAPIC's page", xapic},
	{"childint: INIT and start-up", start_up},
	{"childint: TSC deadlines", deadlines},
	{"childint: one shot and periods", counters},
	{"childint: a VP that spins", spins},
	{"childint: a window, and a state that no processor has", refused_run},
	{"childint: vectors in the register page", vectors},
	{0},
};
