/* The SynIC of children's VPs: registers, messages, event flags, AutoEOI, what
 * the parent hears, and what is saved. docs/guests.md, "SynIC" */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "synics.h"
#include "tests.h"

#define TYPE		0x77u
#define SINT_REG(n)	(HV_REG_SINT0 + (n))
#define DIRECT(n)	(HV_STIMER_DIRECT | (uint64_t)(n) << \
	HV_STIMER_VECTOR_SHIFT)
#define MESSAGES	HV_VP_STATE_SIMP
#define FLAGS		HV_VP_STATE_SIEFP

/* What is written, and what is read then. */
static const struct {
	uint32_t msr;
	uint64_t write, read;
} values[] = {
	{HV_MSR_SCONTROL, 1, 1},
	{HV_MSR_SCONTROL, 2, 0},
	{HV_MSR_SCONTROL, ~0ull, 1},
	{HV_MSR_SVERSION, 1, SYNICS_FAULT},
	{HV_MSR_SIMP, 0x9001, 0x9001},
	{HV_MSR_SIMP, 0x9000, 0x9000},
	{HV_MSR_SIMP, 0xfee00001, SYNICS_FAULT},
	{HV_MSR_SIMP, ~0ull, SYNICS_FAULT},
	{HV_MSR_SIEFP, 0xa001, 0xa001},
	{HV_MSR_SIEFP, 1ull << 63 | 1, SYNICS_FAULT},
	{HV_MSR_EOM, ~0ull, 0},
	{HV_MSR_SIRBP, 0xb001, SYNICS_FAULT},
	{0x40000086, 0, SYNICS_FAULT},
	{0x4000008f, 0, SYNICS_FAULT},
	{HV_MSR_SINT0, 0, SYNICS_FAULT},
	{HV_MSR_SINT0, 15, SYNICS_FAULT},
	{HV_MSR_SINT0, 16, 16},
	{HV_MSR_SINT0 + 7, HV_SINT_POLLING, SYNICS_FAULT},
	{HV_MSR_SINT0 + 7, HV_SINT_AUTO_EOI | 255, HV_SINT_AUTO_EOI | 255},
	{HV_MSR_SINT15, HV_SINT_MASKED, HV_SINT_MASKED},
	{HV_MSR_SINT15, ~0ull, HV_SINT_MASKED | HV_SINT_AUTO_EOI |
		HV_SINT_POLLING | 255},
	{0x400000a0, 0, SYNICS_FAULT},
	{HV_MSR_STIMER0_CONFIG, 0x20000, 0x20000},
	{HV_MSR_STIMER0_CONFIG, HV_STIMER_ENABLE, 0},
	{HV_MSR_STIMER0_CONFIG + 2, DIRECT(0), SYNICS_FAULT},
	{HV_MSR_STIMER0_CONFIG + 2, DIRECT(15), SYNICS_FAULT},
	{HV_MSR_STIMER0_CONFIG + 2, DIRECT(16), DIRECT(16)},
	{HV_MSR_STIMER0_CONFIG + 2, 1ull << 13, SYNICS_FAULT},
	{HV_MSR_STIMER0_CONFIG + 2, 1ull << 20, SYNICS_FAULT},
	{HV_MSR_STIMER0_CONFIG + 2, 1ull << 63, SYNICS_FAULT},
	{HV_MSR_STIMER3_COUNT, ~0ull, ~0ull},
	{HV_MSR_STIMER3_COUNT, 0, 0},
	{0x400000b8, 0, SYNICS_FAULT},
	{0x400000bf, 0, SYNICS_FAULT},
};
#define VALUES (sizeof(values) / sizeof(*values))

static uint64_t fresh(uint32_t msr)
{
	return msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15 ? HV_SINT_MASKED :
		msr == HV_MSR_SVERSION;
}

static void check_fresh(const struct child *child)
{
	uint32_t msr;

	for (msr = HV_MSR_SCONTROL; msr <= HV_MSR_STIMER3_COUNT; msr++) {
		if ((msr > HV_MSR_EOM && msr < HV_MSR_SINT0) ||
				(msr > HV_MSR_SINT15 && msr <
				HV_MSR_STIMER0_CONFIG))
			continue;
		report_about("MSR %x", msr);
		EXPECT(synics_read(child, msr), fresh(msr));
	}
}

static void msrs(void)
{
	struct child child;
	unsigned int i;

	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	check_fresh(&child);
	for (i = 0; i < VALUES; i++) {
		bool fault = values[i].read == SYNICS_FAULT;

		report_about("MSR %x: %lx", values[i].msr, values[i].write);
		EXPECT(synics_write(&child, values[i].msr, values[i].write),
			fault ? SYNICS_FAULT : 0);
		if (!fault)
			EXPECT(synics_read(&child, values[i].msr),
				values[i].read);
	}
	report_about("after INIT");
	EXPECT(child_assert(&child, HV_INTERRUPT_INIT, 0, 0, 0),
		HV_STATUS_SUCCESS);
	child_dispatch(&child, 0);
	child_start(&child, 0, CHILD_LONG, "", "");
	check_fresh(&child);
	child_end(&child);
}

static uint32_t name_of(uint32_t msr)
{
	if (msr >= HV_MSR_STIMER0_CONFIG)
		return HV_REG_STIMER0_CONFIG + msr - HV_MSR_STIMER0_CONFIG;
	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15)
		return HV_REG_SINT0 + msr - HV_MSR_SINT0;
	if (msr <= HV_MSR_SIRBP)
		return HV_REG_SCONTROL + msr - HV_MSR_SCONTROL;
	return HV_REG_STIMER3_COUNT + 1;
}

/* The same by name, for the parent; those that are none are refused. */
static void names(void)
{
	struct child child;
	unsigned int i;

	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	for (i = 0; i < VALUES; i++) {
		uint32_t name = name_of(values[i].msr);
		uint32_t status = child_set(&child, 0, name, values[i].write);

		report_about("register %x: %lx", name, values[i].write);
		if (values[i].read == SYNICS_FAULT) {
			EXPECT(status == HV_STATUS_INVALID_PARAMETER || status
				== HV_STATUS_INVALID_REGISTER_VALUE, true);
			continue;
		}
		EXPECT(status, HV_STATUS_SUCCESS);
		EXPECT(child_get(&child, 0, name), values[i].read);
	}
	EXPECT(child_get(&child, 0, HV_REG_SVERSION), 1);
	child_end(&child);
}

/* A partition without the feature has none of it. */
static void without(void)
{
	void *page = memory_take(1);
	struct child child;

	if (!child_make(&child, 0, 1))
		return;
	EXPECT(synics_post(&child, 0, 2, TYPE, 0, 8),
		HV_STATUS_INVALID_SYNIC_STATE);
	EXPECT(synics_signal(&child, 0, 2, 0), HV_STATUS_INVALID_SYNIC_STATE);
	EXPECT(child_set(&child, 0, HV_REG_SCONTROL, 1), HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, SINT_REG(2), 0x52), HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_SIMP, AT_MESSAGES | 1),
		HV_STATUS_INVALID_REGISTER_VALUE);
	EXPECT(synics_post(&child, 0, 2, TYPE, 0, 8),
		HV_STATUS_INVALID_SYNIC_STATE);
	EXPECT(synics_signal(&child, 0, 2, 0), HV_STATUS_INVALID_SYNIC_STATE);
	EXPECT(synics_state(&child, HVCALL_GET_VP_STATE, MESSAGES, 0, page),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(synics_state(&child, HVCALL_SET_VP_STATE, FLAGS, 0, page),
		HV_STATUS_INVALID_PARAMETER);
	child_end(&child);
}

static void check_slot(const struct child *child, uint32_t type,
	uint64_t value, uint8_t flags)
{
	const struct hv_message *slot = synics_slot(child, 0, SYNICS_SINT);

	EXPECT(slot->type, type);
	EXPECT(slot->flags, flags);
	if (!type)
		return;
	EXPECT(slot->size, 16);
	EXPECT(slot->sender, 0x1234);
	EXPECT(slot->payload[0], value);
}

static uint32_t post(const struct child *child, uint64_t value)
{
	return synics_post(child, 0, SYNICS_SINT, TYPE, value, 16);
}

static void messages(void)
{
	struct child child;
	uint32_t i;

	synics_signals(true);
	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	EXPECT(post(&child, 1), HV_STATUS_INVALID_SYNIC_STATE);
	synics_on(&child, 0, SYNICS_VECTOR);
	child_set(&child, 0, HV_REG_SIMP, AT_MESSAGES);
	EXPECT(post(&child, 1), HV_STATUS_INVALID_SYNIC_STATE);
	child_set(&child, 0, HV_REG_SIMP, AT_MESSAGES | 1);
	child_set(&child, 0, HV_REG_SCONTROL, 0);
	EXPECT(post(&child, 1), HV_STATUS_INVALID_SYNIC_STATE);
	child_set(&child, 0, HV_REG_SCONTROL, 1);
	report_about("what cannot be");
	for (i = 16; i; i <<= 1)
		EXPECT(synics_post(&child, 0, i, TYPE, 0, 16),
			HV_STATUS_INVALID_PARAMETER);
	EXPECT(synics_post(&child, 0, 3, TYPE, 0, 241),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(synics_post(&child, 0, 3, 0, 0, 8),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(synics_post(&child, 1, 3, TYPE, 0, 8),
		HV_STATUS_INVALID_VP_INDEX);
	report_about("one after the other");
	for (i = 0; i < 10; i++) {
		EXPECT(post(&child, i), HV_STATUS_SUCCESS);
		check_slot(&child, TYPE, i, 0);
		EXPECT(post(&child, 99), HV_STATUS_INSUFFICIENT_BUFFERS);
		check_slot(&child, TYPE, i, HV_MESSAGE_PENDING);
		EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
		EXPECT(child_run(&child, 0), CHILD_BLOCKED);
		EXPECT(synics_slot(&child, 0, SYNICS_SINT)->type, 0);
	}
	report_about("masked, polled: no interrupt");
	child_set(&child, 0, SINT_REG(3), HV_SINT_MASKED | 0x53);
	EXPECT(synics_post(&child, 0, 3, TYPE, 5, 16), HV_STATUS_SUCCESS);
	EXPECT(synics_slot(&child, 0, 3)->payload[0], 5);
	child_set(&child, 0, SINT_REG(4), HV_SINT_POLLING | 0x54);
	EXPECT(synics_post(&child, 0, 4, TYPE, 6, 16), HV_STATUS_SUCCESS);
	EXPECT(synics_slot(&child, 0, 4)->payload[0], 6);
	EXPECT(synics_await(&child, 0, 5), 0);
	child_end(&child);
	synics_signals(false);
}

static void event_flags(void)
{
	static const uint16_t flags[] = {0, 1, 63, 64, 1000, 2046, 2047};
	uint64_t *page = memory_take(1);
	struct child child;
	unsigned int i;

	synics_signals(true);
	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	EXPECT(synics_signal(&child, 0, 2, 0), HV_STATUS_INVALID_SYNIC_STATE);
	synics_on(&child, 0, SYNICS_VECTOR);
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		unsigned int word = 2 * 32 + flags[i] / 64;
		uint64_t bit = 1ull << flags[i] % 64;

		report_about("flag %u", flags[i]);
		EXPECT(synics_signal(&child, 0, 2, flags[i]),
			HV_STATUS_SUCCESS);
		EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
		EXPECT(child_run(&child, 0), CHILD_BLOCKED);
		EXPECT(synics_signal(&child, 0, 2, flags[i]),
			HV_STATUS_SUCCESS);
		EXPECT(synics_await(&child, 0, 2), 0);
		EXPECT(synics_state(&child, HVCALL_GET_VP_STATE, FLAGS, 0,
			page), HV_STATUS_SUCCESS);
		EXPECT(page[word], bit);
		page[word] = 0;
		EXPECT(synics_state(&child, HVCALL_SET_VP_STATE, FLAGS, 0,
			page), HV_STATUS_SUCCESS);
	}
	report_about("what cannot be");
	for (i = 2048; i < 65536; i <<= 1)
		EXPECT(synics_signal(&child, 0, 2, i),
			HV_STATUS_INVALID_PARAMETER);
	for (i = 16; i < 256; i++)
		EXPECT(synics_signal(&child, 0, i, 0),
			HV_STATUS_INVALID_PARAMETER);
	EXPECT(synics_signal(&child, 77, 2, 0), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(synics_signal(&child, 0, 3, 0), HV_STATUS_INVALID_SYNIC_STATE);
	child_set(&child, 0, SINT_REG(3), HV_SINT_POLLING | 0x53);
	EXPECT(synics_signal(&child, 0, 3, 9), HV_STATUS_SUCCESS);
	EXPECT(synics_await(&child, 0, 2), 0);
	child_set(&child, 0, HV_REG_SIEFP, AT_FLAGS);
	EXPECT(synics_signal(&child, 0, 2, 1), HV_STATUS_INVALID_SYNIC_STATE);
	child_end(&child);
	synics_signals(false);
}

/* The handler does not write an EOI: with AutoEOI none is missing. */
static void auto_eoi(void)
{
	struct child child;
	unsigned int i;

	synics_signals(true);
	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	synics_on(&child, 0, SYNICS_VECTOR);
	child_set(&child, 0, SINT_REG(3), HV_SINT_AUTO_EOI | 0x63);
	for (i = 0; i < 10; i++) {
		EXPECT(synics_signal(&child, 0, 3, i), HV_STATUS_SUCCESS);
		EXPECT(synics_await(&child, 0, PATIENCE), 0x63);
		EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	}
	report_about("masked before it is taken");
	child_set(&child, 0, HV_REG_RFLAGS, 2);
	synics_signal(&child, 0, 3, 10);
	child_set(&child, 0, SINT_REG(3), HV_SINT_AUTO_EOI | HV_SINT_MASKED |
		0x63);
	child_set(&child, 0, HV_REG_RFLAGS, 0x202);
	EXPECT(synics_await(&child, 0, PATIENCE), 0x63);
	child_set(&child, 0, SINT_REG(3), 0x63);
	report_about("without: the first stays in service");
	EXPECT(synics_signal(&child, 0, 3, 11), HV_STATUS_SUCCESS);
	EXPECT(synics_await(&child, 0, PATIENCE), 0x63);
	EXPECT(synics_signal(&child, 0, 3, 12), HV_STATUS_SUCCESS);
	EXPECT(synics_await(&child, 0, 5), 0);
	child_end(&child);
	synics_signals(false);
}

static uint16_t deliverable(const struct child *child)
{
	const volatile struct hv_sint_deliverable *message =
		(const volatile void *)child->message[0]->payload;

	if (!EXPECT(child->message[0]->type, HV_MESSAGE_SINT_DELIVERABLE))
		return 0;
	EXPECT(message->header.vp_index, 0);
	return message->sints;
}

static void want(const struct child *child, uint16_t sints)
{
	uint64_t value = (uint64_t)sints << HV_DELIVERABILITY_SINTS_SHIFT;

	EXPECT(child_set(child, 0, HV_REG_DELIVERABILITY, value),
		HV_STATUS_SUCCESS);
	EXPECT(child_get(child, 0, HV_REG_DELIVERABILITY), value);
}

/* The parent hears when slots are empty. */
static void deliverability(void)
{
	struct child child;

	synics_signals(true);
	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	report_about("off: nothing is empty");
	want(&child, 0xffff);
	EXPECT(synics_await(&child, 0, 5), 0);
	synics_on(&child, 0, SYNICS_VECTOR);
	report_about("they are empty at once");
	EXPECT(synics_await(&child, 0, PATIENCE) >> 32,
		HV_MESSAGE_SINT_DELIVERABLE);
	EXPECT(deliverable(&child), 0xffff);
	EXPECT(child_get(&child, 0, HV_REG_DELIVERABILITY), 0);
	report_about("one is full, another one empty");
	EXPECT(post(&child, 1), HV_STATUS_SUCCESS);
	child_set(&child, 0, HV_REG_RFLAGS, 2);
	want(&child, 1u << SYNICS_SINT | 1u << 9);
	EXPECT(synics_await(&child, 0, PATIENCE) >> 32,
		HV_MESSAGE_SINT_DELIVERABLE);
	EXPECT(deliverable(&child), 1u << 9);
	EXPECT(child_get(&child, 0, HV_REG_DELIVERABILITY), 1ull <<
		(HV_DELIVERABILITY_SINTS_SHIFT + SYNICS_SINT));
	EXPECT(synics_slot(&child, 0, SYNICS_SINT)->flags, HV_MESSAGE_PENDING);
	EXPECT(synics_await(&child, 0, 5), 0);
	report_about("its handler takes the message, and writes EOM");
	child_set(&child, 0, HV_REG_RFLAGS, 0x202);
	child_set(&child, 0, HV_REG_ACTIVITY_STATE, 0);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(synics_await(&child, 0, PATIENCE) >> 32,
		HV_MESSAGE_SINT_DELIVERABLE);
	EXPECT(deliverable(&child), 1u << SYNICS_SINT);
	EXPECT(post(&child, 2), HV_STATUS_SUCCESS);
	EXPECT(synics_await(&child, 0, PATIENCE), SYNICS_VECTOR);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_end(&child);
	synics_signals(false);
}

static volatile bool stop;
static struct child moved;
static uint64_t sent, refused;

/* Messages and flags, without a pause; on another processor. */
static void send_all(void)
{
	uint32_t i = 0;

	while (!stop) {
		uint32_t status = synics_post(&moved, 0, i % 16, TYPE, i, 240);

		if (status == HV_STATUS_SUCCESS)
			sent++;
		else if (status == HV_STATUS_INVALID_SYNIC_STATE ||
				status == HV_STATUS_INSUFFICIENT_BUFFERS)
			refused++;
		else
			stop = true;
		synics_signal(&moved, 0, i % 16, i * 7 % 2048);
		i++;
	}
}

/* The pages move all over the memory, off and on, while it arrives: what lies
 * below is never touched. */
static void moving(void)
{
	static const uint64_t spots[] = {0x9001, 0xa001, 0xb001, 0x9001,
		0x9000, 0x30001, 0xfee00001, ~0ull, 0x31001, 1};
	uint8_t *page = memory_take(1);
	unsigned int i, j, wrong = 0;

	if (!childsmp_start())
		return;
	synics_signals(true);
	if (!synics_make(&moved, 0, SYNICS_FEATURES, 1))
		return;
	memset(page, 0, HV_PAGE_SIZE);
	memset(moved.memory + 0x9000, 0xa5, 0x3000);
	synics_on(&moved, 0, SYNICS_VECTOR);
	stop = false;
	sent = refused = 0;
	cpu_give(1, send_all);
	for (i = 0; i < 2000 && !stop; i++) {
		child_set(&moved, 0, i & 1 ? HV_REG_SIMP : HV_REG_SIEFP,
			spots[i * 5 / 2 % 10]);
		child_set(&moved, 0, HV_REG_SCONTROL, i % 7 != 0);
		if (i % 16 == 0)
			synics_state(&moved, HVCALL_SET_VP_STATE, MESSAGES, 0,
				page);
		child_dispatch(&moved, 0);
	}
	EXPECT(stop, false);
	stop = true;
	EXPECT(cpu_done(1, 20000), true);
	EXPECT(sent > 100 && refused > 100, true);
	for (j = 0; j < 0x3000; j++)
		wrong += moved.memory[0x9000 + j] != 0xa5;
	EXPECT(wrong, 0);
	child_end(&moved);
	synics_signals(false);
}

/* All pages at one address, in every order: each gets what is its own. */
static void overlapping(void)
{
	static const uint32_t msrs[] = {HV_MSR_SIMP, HV_MSR_SIEFP,
		HV_MSR_VP_ASSIST_PAGE, HV_MSR_REFERENCE_TSC, HV_MSR_HYPERCALL};
	uint8_t *zeros = memory_take(1);
	struct child child;
	unsigned int i, j;

	if (!synics_make(&child, 0, SYNICS_FEATURES, 1))
		return;
	memset(zeros, 0, HV_PAGE_SIZE);
	memset(child.memory + AT_MESSAGES, 0xa5, HV_PAGE_SIZE);
	synics_write(&child, HV_MSR_GUEST_OS_ID, 0x8100000000000001);
	synics_write(&child, HV_MSR_SCONTROL, 1);
	synics_write(&child, HV_MSR_SINT0 + 2, 0x52);
	for (i = 0; i < 5; i++) {
		report_about("from %u on", i);
		for (j = 0; j < 5; j++)
			EXPECT(synics_write(&child, msrs[(i + j) % 5],
				AT_MESSAGES | 1), 0);
		EXPECT(post(&child, i), HV_STATUS_SUCCESS);
		EXPECT(synics_slot(&child, 0, 2)->payload[0], i);
		EXPECT(synics_signal(&child, 0, 2, i), HV_STATUS_SUCCESS);
		for (j = 0; j < 5; j++)
			EXPECT(synics_write(&child, msrs[(i + 2 * j) % 5], 0),
				0);
		synics_write(&child, HV_MSR_SIMP, 0x30001);
		EXPECT(synics_state(&child, HVCALL_SET_VP_STATE, MESSAGES, 0,
			zeros), HV_STATUS_SUCCESS);
	}
	for (i = 0; i < HV_PAGE_SIZE; i++) {
		if (child.memory[AT_MESSAGES + i] != 0xa5)
			break;
	}
	EXPECT(i, HV_PAGE_SIZE);
	child_end(&child);
}

const struct test childsynic_tests[] = {
	{"childsynic: MSRs", msrs},
	{"childsynic: registers by name", names},
	{"childsynic: without the feature", without},
	{"childsynic: messages", messages},
	{"childsynic: event flags", event_flags},
	{"childsynic: AutoEOI", auto_eoi},
	{"childsynic: the parent hears of empty slots", deliverability},
	{"childsynic: pages that move", moving},
	{"childsynic: pages at one address", overlapping},
	{0},
};
