/* Hypercalls of guests about their other VPs, on several processors: flushes,
 * interrupts, starts. docs/hypercalls.md, "Calls of guests" */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "guest.h"
#include "option.h"
#include "run.h"
#include "tests.h"
#include "timers.h"
#include "trap.h"

#define CODE(name)	name, name##_end
#define CODE_IS(name) extern const uint8_t name[], name##_end[]
CODE_IS(child_watch);
CODE_IS(child_flood);
CODE_IS(child_scribble);
CODE_IS(child_x2apic);
CODE_IS(child_eoi);
CODE_IS(child_timer);
CODE_IS(child_tally);
CODE_IS(child_tallied);

/* A page of its own in the second 512 GB. */
#define WATCHED		(1ull << 39)
#define AT_TABLES	0x38000u	/* three of them */
#define AT_PAGES	0x3b000u	/* two that it can be */
#define AT_START	(AT_CODE + 0x400)
#define AT_HANDLERS	(AT_CODE + 0x800)
#define ROUNDS		200

static struct child child;
static volatile bool stop;
static volatile uint32_t ended;

static uint64_t *quads(uint32_t at)
{
	return (uint64_t *)(child.memory + at);
}

static volatile uint32_t *counter(void)
{
	return (volatile uint32_t *)(child.memory + AT_DATA);
}

static volatile uint32_t *seen(void)
{
	return counter() + 2;
}

static void keep_running(void)
{
	uint32_t last = CHILD_READY;

	while (!stop && (last == CHILD_READY || last == CHILD_BLOCKED))
		last = child_dispatch(&child, 1);
	ended = last;
}

static void run_there(void)
{
	stop = false;
	ended = CHILD_READY;
	cpu_give(1, keep_running);
}

static bool stop_there(void)
{
	stop = true;
	return EXPECT(cpu_done(1, 20000), true) &&
		EXPECT(ended, CHILD_READY);
}

/* VP 1 runs the code, VP 0 makes calls. Code of VP 1 is not where VP 0's is. */
static void start_other(const uint8_t *code, const uint8_t *end, uint64_t rbx)
{
	memcpy(child.memory + AT_START, code, (size_t)(end - code));
	guest_ready(&child, 1, CHILD_LONG);
	child_set(&child, 1, HV_REG_RIP, AT_START);
	child_set(&child, 1, HV_REG_RAX + RUN_RBX, rbx);
}

static void map_watched(unsigned int which)
{
	quads(AT_PML4)[1] = AT_TABLES | 3;
	quads(AT_TABLES)[0] = (AT_TABLES + 0x1000) | 3;
	quads(AT_TABLES + 0x1000)[0] = (AT_TABLES + 0x2000) | 3;
	__atomic_store_n(&quads(AT_TABLES + 0x2000)[0], (AT_PAGES + which *
		0x1000) | 3, __ATOMIC_SEQ_CST);
}

static bool watch(void)
{
	if (!childsmp_start() || !guest_make(&child, 2, GUEST_FEATURES))
		return false;
	quads(AT_PAGES)[0] = 0xa;
	quads(AT_PAGES + 0x1000)[0] = 0xb;
	start_other(CODE(child_watch), WATCHED);
	map_watched(0);
	*counter() = 0;
	run_there();
	return EXPECT(WAIT_UNTIL(*counter() > 10, PATIENCE), true);
}

static bool goes_on(void)
{
	uint32_t before = *counter();

	/* What it read before is behind it. */
	return WAIT_UNTIL(*counter() > before + 2, PATIENCE);
}

/* Each way to ask for it, in turn. */
static uint64_t flush(unsigned int how)
{
	uint64_t *in = guest_in(&child);

	memset(in, 0, 64);
	switch (how % 5) {
	case 0:
		memcpy(in, (uint64_t[]){AT_PML4, 0, 2}, 24);
		return guest_call(&child, 0, HVCALL_FLUSH_SPACE, AT_INPUT, 0);
	case 1:
		memcpy(in, (uint64_t[]){AT_PML4, 0, 2, WATCHED}, 32);
		return guest_call(&child, 0, HVCALL_FLUSH_LIST | CALL_REPS(1),
			AT_INPUT, 0) ^ 1ull << 32;
	case 2:
		memcpy(in, (uint64_t[]){0, 3}, 16);
		return guest_call(&child, 0, HVCALL_FLUSH_SPACE, AT_INPUT, 0);
	case 3:
		memcpy(in, (uint64_t[]){AT_PML4, 0, 0, 1, 2}, 40);
		return guest_call(&child, 0, HVCALL_FLUSH_SPACE_EX | 1 << 17,
			AT_INPUT, 0);
	}
	memcpy(in, (uint64_t[]){AT_PML4, 0, 1, 0, WATCHED}, 40);
	return guest_call(&child, 0, HVCALL_FLUSH_LIST_EX | CALL_REPS(1),
		AT_INPUT, 0) ^ 1ull << 32;
}

/* When the call has returned, a VP that runs does not read what was there
 * before. Every other round goes without a flush, to see that it matters. */
static void flushes(void)
{
	unsigned int i, stale = 0;

	if (!watch())
		return;
	for (i = 0; i < ROUNDS; i++) {
		report_about("round %u", i);
		map_watched(~i & 1);
		if (goes_on() && *seen() == (i & 1 ? 0xb : 0xa))
			stale++;
		EXPECT(flush(i), HV_STATUS_SUCCESS);
		EXPECT(goes_on(), true);
		EXPECT(*seen(), i & 1 ? 0xa : 0xb);
	}
	report_note("guestsmp: %u of %u stale before the flush", stale,
		ROUNDS);
	EXPECT_BETWEEN(stale, 1, ROUNDS);
	stop_there();
	child_end(&child);
}

/* A VP that does not run is marked: the call does not wait for it, and it reads
 * what is there now when it runs again, on either processor. A round lasts
 * until its run ends by itself, 100 ms. */
static void flushes_who_waits(void)
{
	unsigned int i;

	if (!watch())
		return;
	for (i = 0; i < ROUNDS / 4; i++) {
		report_about("round %u", i);
		stop_there();
		map_watched(~i & 1);
		EXPECT(flush(i), HV_STATUS_SUCCESS);
		*seen() = 0;
		if (i % 3) {
			run_there();
			EXPECT(goes_on(), true);
		} else {
			EXPECT(child_dispatch(&child, 1), CHILD_READY);
			run_there();
		}
		EXPECT(*seen(), i & 1 ? 0xa : 0xb);
	}
	stop_there();
	child_end(&child);
}

/* Two VPs flush each other, and all, without an end. */
static void flush_each_other(void)
{
	uint32_t before;
	unsigned int i;

	if (!childsmp_start() || !guest_make(&child, 4, GUEST_FEATURES))
		return;
	start_other(CODE(child_flood), 0);
	child_set(&child, 1, HV_REG_RAX + RUN_RCX, HVCALL_FLUSH_SPACE);
	child_set(&child, 1, HV_REG_RAX + RUN_RDX, AT_INPUT + 0x800);
	memcpy(child.memory + AT_INPUT + 0x800, (uint64_t[]){0, 3, 0}, 24);
	*counter() = 0;
	run_there();
	for (i = 0; i < 5 * ROUNDS; i++) {
		report_about("round %u", i);
		EXPECT(flush(i), HV_STATUS_SUCCESS);
	}
	before = *counter();
	EXPECT(before != 0, true);
	stop_there();
	child_end(&child);
}

static void handle(uint8_t vector)
{
	uint64_t at = AT_HANDLERS + (vector >> 4) * 64u;

	memcpy(child.memory + at, child_eoi, (size_t)(child_eoi_end -
		child_eoi));
	child.memory[at + 1] = vector;
	quads(AT_IDT)[2 * vector] = at | 8 << 16 | 0x8e0000000000;
}

/* All but VP 0 wait for interrupts. */
static bool wait_all(unsigned int vps)
{
	unsigned int i;

	if (!guest_make(&child, vps, GUEST_FEATURES))
		return false;
	for (i = 1; i < vps; i++) {
		child_start(&child, i, CHILD_LONG, CODE(child_x2apic));
		EXPECT(child_until(&child, i, PORT_DONE), 0x1ff);
		EXPECT(child_run(&child, i), CHILD_BLOCKED);
	}
	memcpy(child.memory + AT_START, child.memory + AT_CODE, 0x100);
	for (i = 1; i < vps; i++)
		child_set(&child, i, HV_REG_RIP, child_get(&child, i,
			HV_REG_RIP) - AT_CODE + AT_START);
	guest_ready(&child, 0, CHILD_LONG);
	return true;
}

/* The vector that reaches a VP, or how it ended. */
static uint64_t vector_of(uint32_t vp)
{
	uint64_t eax = child_until(&child, vp, PORT_TRAP);

	return eax >> 32 ? eax : eax & 0xff;
}

static void expect_ipi(const char *what, uint64_t control,
	const uint64_t *in, uint32_t targets)
{
	static uint8_t vector = 0x31;
	uint64_t blocked = (uint64_t)CHILD_BLOCKED << 32;
	unsigned int i;

	vector = vector >= 0xe1 ? 0x31 : (uint8_t)(vector + 0x10);
	handle(vector);
	memcpy(guest_in(&child), in, 64);
	((uint32_t *)guest_in(&child))[0] = vector;
	report_about("%s", what);
	if (control & HVCALL_FAST)
		EXPECT(guest_call(&child, 0, control, vector, in[1]), 0);
	else
		EXPECT(guest_call(&child, 0, control, AT_INPUT, 0), 0);
	for (i = 1; i < CHILD_VPS; i++) {
		report_about("%s: VP %u", what, i);
		EXPECT(vector_of(i), targets >> i & 1 ? vector : blocked);
		if (targets >> i & 1)
			EXPECT(vector_of(i), blocked);
	}
}

static void interrupts(void)
{
	if (!wait_all(CHILD_VPS))
		return;
	expect_ipi("one", HVCALL_SEND_IPI, (uint64_t[8]){0, 1 << 2}, 4);
	expect_ipi("two", HVCALL_SEND_IPI, (uint64_t[8]){0, 0xa}, 0xa);
	expect_ipi("those not there", HVCALL_SEND_IPI,
		(uint64_t[8]){0, ~0ull & ~7ull}, 8);
	expect_ipi("fast", HVCALL_SEND_IPI | HVCALL_FAST,
		(uint64_t[8]){0, 0xe}, 0xe);
	expect_ipi("set", HVCALL_SEND_IPI_EX | 1 << 17,
		(uint64_t[8]){0, HV_VP_SET_SPARSE_4K, 1, 0xc}, 0xc);
	expect_ipi("second bank", HVCALL_SEND_IPI_EX | 1 << 17,
		(uint64_t[8]){0, HV_VP_SET_SPARSE_4K, 2, 0xe}, 0);
	expect_ipi("two banks", HVCALL_SEND_IPI_EX | 2 << 17,
		(uint64_t[8]){0, HV_VP_SET_SPARSE_4K, 5, 2, 4}, 2);
	expect_ipi("all", HVCALL_SEND_IPI_EX,
		(uint64_t[8]){0, HV_VP_SET_ALL}, 0xe);
	child_end(&child);
}

/* One that runs on another processor takes it at once. */
static void interrupt_running(void)
{
	unsigned int i;

	if (!childsmp_start() || !wait_all(2))
		return;
	for (i = 0; i < 50; i++) {
		report_about("round %u", i);
		handle(0x41);
		run_there();
		EXPECT(guest_call(&child, 0, HVCALL_SEND_IPI | HVCALL_FAST,
			0x41, 2), HV_STATUS_SUCCESS);
		/* Its handler says so at a port: the dispatch ends. */
		EXPECT(cpu_done(1, PATIENCE), true);
		EXPECT(ended, CHILD_INTERCEPT);
		EXPECT(child.message[1]->type, HV_MESSAGE_IO_PORT);
		child_skip(&child, 1);
		EXPECT(vector_of(1), (uint64_t)CHILD_BLOCKED << 32);
	}
	child_end(&child);
}

/* One that runs and exits for nothing, not even for the EOI: the same vector
 * comes again and again, each time when the last one was served. */
static void interrupt_busy(void)
{
	unsigned int i;

	if (!childsmp_start() || !guest_make(&child, 2, GUEST_FEATURES |
			HV_FEATURE_APIC_MSRS))
		return;
	memcpy(child.memory + AT_HANDLERS, child_tallied,
		(size_t)(child_tallied_end - child_tallied));
	start_other(CODE(child_tally), 0);
	quads(AT_IDT)[2 * 0x41] = AT_HANDLERS | 8 << 16 | 0x8e0000000000;
	*counter() = *seen() = 0;
	run_there();
	EXPECT(WAIT_UNTIL(*counter(), PATIENCE), true);
	for (i = 1; i <= ROUNDS; i++) {
		report_about("round %u", i);
		EXPECT(guest_call(&child, 0, HVCALL_SEND_IPI | HVCALL_FAST,
			0x41, 2), HV_STATUS_SUCCESS);
		EXPECT(WAIT_UNTIL(*seen() == i, PATIENCE), true);
	}
	stop_there();
	child_end(&child);
}

static const uint8_t say_77[] = {0xb8, 0x77, 0, 0, 0, 0xe7, PORT_DONE, 0xf4};

/* Long mode, as VP 0 has it, at AT_START. */
static struct hv_start_vp_in *start_input(uint32_t vp)
{
	struct hv_start_vp_in *in = guest_in(&child);
	struct hv_vp_context *context = &in->context;
	unsigned int i;

	memset(in, 0, sizeof(*in));
	in->partition_id = SELF;
	in->vp_index = vp;
	context->rip = AT_START;
	context->rsp = 0x7700;
	context->rflags = 2;
	for (i = 0; i < 6; i++) {
		context->segment[i].segment.limit = ~0u;
		context->segment[i].segment.selector = i ? 0x10 : 8;
		context->segment[i].segment.attributes = i ? 0xc093 : 0xa09b;
	}
	context->segment[6].segment.attributes = 0x8b;
	context->segment[7].segment.attributes = 0x82;
	context->idtr.table.base = AT_IDT;
	context->idtr.table.limit = 0xfff;
	context->gdtr.table.base = AT_GDT;
	context->gdtr.table.limit = 0x1f;
	context->efer = 0x500;
	context->cr0 = 0x80000031;
	context->cr3 = AT_PML4;
	context->cr4 = 0x620;
	context->pat = 0x0007040600070406;
	return in;
}

static uint64_t start_vp(void)
{
	return guest_call(&child, 0, HVCALL_START_VP, AT_INPUT, 0);
}

static void starts(void)
{
	struct hv_start_vp_in *in;

	if (!guest_make(&child, 2, GUEST_FEATURES))
		return;
	memcpy(child.memory + AT_START, say_77, sizeof(say_77));
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	report_about("values that cannot be");
	start_input(1)->context.cr4 = 1ull << 40;
	EXPECT(start_vp(), HV_STATUS_INVALID_REGISTER_VALUE);
	start_input(1)->context.rip = 1ull << 50;
	EXPECT(start_vp(), HV_STATUS_INVALID_REGISTER_VALUE);
	start_input(1)->context.pat = 2;
	EXPECT(start_vp(), HV_STATUS_INVALID_REGISTER_VALUE);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	report_about("who cannot be");
	start_input(2);
	EXPECT(start_vp(), HV_STATUS_INVALID_VP_INDEX);
	start_input(0xffffffff);
	EXPECT(start_vp(), HV_STATUS_INVALID_VP_INDEX);
	start_input(0);
	EXPECT(start_vp(), HV_STATUS_INVALID_VP_STATE);
	start_input(1)->partition_id = 1;
	EXPECT(start_vp(), HV_STATUS_ACCESS_DENIED);
	start_input(1)->vtl = 1;
	EXPECT(start_vp(), HV_STATUS_INVALID_PARAMETER);
	report_about("a start");
	in = start_input(1);
	in->partition_id = child.id;
	EXPECT(start_vp(), HV_STATUS_SUCCESS);
	EXPECT(child_until(&child, 1, PORT_DONE), 0x77);
	EXPECT(child_get(&child, 1, HV_REG_RSP), 0x7700);
	EXPECT(child_get(&child, 1, HV_REG_CR3), AT_PML4);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	report_about("a second one");
	EXPECT(start_vp(), HV_STATUS_INVALID_VP_STATE);
	report_about("after INIT");
	EXPECT(child_assert(&child, HV_INTERRUPT_INIT, 1, 0, 0),
		HV_STATUS_SUCCESS);
	EXPECT(child_run(&child, 1), CHILD_BLOCKED);
	EXPECT(start_vp(), HV_STATUS_SUCCESS);
	EXPECT(child_until(&child, 1, PORT_DONE), 0x77);
	child_end(&child);
}

/* Two VPs on two processors that want to start each other and a third one. */
static void start_each_other(void)
{
	unsigned int i, starts_of_2 = 0;

	if (!childsmp_start() || !guest_make(&child, 3, GUEST_FEATURES))
		return;
	start_other(CODE(child_flood), 0);
	memcpy(child.memory + AT_INPUT + 0x800, start_input(0),
		sizeof(struct hv_start_vp_in));
	child_set(&child, 1, HV_REG_RAX + RUN_RCX, HVCALL_START_VP);
	child_set(&child, 1, HV_REG_RAX + RUN_RDX, AT_INPUT + 0x800);
	*counter() = 0;
	run_there();
	for (i = 0; i < ROUNDS; i++) {
		uint64_t status;

		report_about("round %u", i);
		start_input(1 + i % 2);
		status = start_vp();
		if (status == HV_STATUS_SUCCESS)
			starts_of_2++;
		else
			EXPECT(status, HV_STATUS_INVALID_VP_STATE);
	}
	EXPECT(starts_of_2, 1);
	EXPECT(WAIT_UNTIL(*counter() > 10, PATIENCE), true);
	stop_there();
	child_end(&child);
}

/* Another VP changes the input while it is used: each value is used as it was
 * checked. HOSTILE N7 */
static void changing_input(void)
{
	static const uint64_t controls[] = {
		HVCALL_FLUSH_SPACE_EX | 2 << 17,
		HVCALL_FLUSH_LIST_EX | 3 << 17 | CALL_REPS(100),
		HVCALL_SEND_IPI_EX | 1 << 17, HVCALL_SEND_IPI,
		HVCALL_GET_VP_INDEX_FROM_APIC_ID | CALL_REPS(120),
		HVCALL_START_VP, HVCALL_GET_VP_REGISTERS | CALL_REPS(90),
	};
	unsigned int i, rounds = (unsigned int)option_number("calls=", 10000);

	if (!childsmp_start() || !guest_make(&child, 2, GUEST_FEATURES))
		return;
	start_other(CODE(child_scribble), AT_INPUT);
	*counter() = 0;
	run_there();
	for (i = 0; i < rounds; i++) {
		uint64_t *in = guest_in(&child), result;

		/* Mostly good, so that more than the first check is seen. */
		memset(in, 0, 256);
		in[i & 1 ? 0 : 1] = SELF;
		report_about("call %u", i);
		result = guest_call(&child, 0, controls[i % 7], AT_INPUT,
			AT_OUTPUT);
		EXPECT(result >> 48, 0);
		EXPECT_BETWEEN(GUEST_STATUS(result), 0,
			HV_STATUS_INVALID_REGISTER_VALUE);
	}
	EXPECT(WAIT_UNTIL(*counter() > 100, PATIENCE), true);
	stop_there();
	child_end(&child);
}

const struct test guestsmp_tests[] = {
	{"guestsmp: flushes of a VP that runs", flushes},
	{"guestsmp: flushes of a VP that does not", flushes_who_waits},
	{"guestsmp: two VPs flush each other", flush_each_other},
	{"guestsmp: interrupts for VPs that wait", interrupts},
	{"guestsmp: interrupts for a VP that runs", interrupt_running},
	{"guestsmp: interrupts for a VP that does nothing else",
		interrupt_busy},
	{"guestsmp: starts", starts},
	{"guestsmp: two VPs start each other", start_each_other},
	{"guestsmp: input that changes meanwhile", changing_input},
	{0},
};
