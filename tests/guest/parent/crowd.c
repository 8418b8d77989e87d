/* Random operations on all processors at once: hypercalls, MSRs, the APIC,
 * CPUID and the hypervisor's memory. Afterwards all must be as before. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "apic.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "option.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define PAGES		64	/* that all processors fight for */
#define PFN(page)	((uint64_t)(page) / HV_PAGE_SIZE)
#define STATS_PAGES	3	/* of the hypervisor: free pages of its heap */


static uint8_t *pages;
static uint64_t state[CPUS];
static uint64_t operations, seed;

/* xorshift64*, one for each processor. */
static uint64_t any(void)
{
	uint64_t *x = &state[cpu_self()->index];

	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * 0x2545f4914f6cdd1d;
}

static uint64_t below(uint64_t limit)
{
	return any() % limit;
}

/* In the first 4 MB of the hypervisor's heap. */
static uint64_t own_address(void)
{
	return places.heap + below(0x400000);
}

static uint64_t page_of_ours(void)
{
	return (uint64_t)pages + below(PAGES) * HV_PAGE_SIZE;
}

/* Never RAM that is used for something: it might be deposited. */
static uint64_t word(void)
{
	static const uint64_t some[] = {0, 1, 2, 3, 4, 7, 15, 63, 64, 255,
		0xfff, HV_PARTITION_ID_SELF, 1ull << 62, 2ull << 62,
		0x80000000, 0x7fffffffffffffff, 0x8000000000000000, 0xfee00,
		0x10001, 0x10002, ~0ull - 1};

	switch (below(8)) {
	case 0:
		return any() | 1ull << 60;
	case 1:
		return (any() & 0xffffffff) << 32 | 1ull << 50;
	case 2 ... 4:
		return PFN(page_of_ours());
	}
	return some[below(sizeof(some) / sizeof(*some))];
}

static uint64_t address(void)
{
	switch (below(16)) {
	case 0:
		return places.image + below(0x100000);
	case 1:
		return own_address();
	case 2:
		return 0xfee00000 + below(0x1000);
	case 3:
		return 0xa0000 + below(0x60000);
	case 4:
		return any();
	case 5:
		return page_of_ours() + below(HV_PAGE_SIZE);
	case 6:
		return rdmsr(HV_MSR_SIMP) & ~0xfffull;
	}
	return page_of_ours() + below(HV_PAGE_SIZE / 8) * 8;
}

/* Word by word: the page may be the hypervisor's by now, where only moves are
 * answered. */
static void fill(uint64_t at)
{
	volatile uint64_t *to = (volatile uint64_t *)(at & ~0xfffull);
	unsigned int i, first = at % HV_PAGE_SIZE / 8;

	for (i = first; i < first + 12 && i < 512; i++)
		to[i] = word();
}

static void any_call(void)
{
	const struct form *form = &forms[below(form_count)];
	uint64_t control = form->code, in = page_of_ours(), out;

	if (form->code == HVCALL_ENTER_SLEEP_STATE)
		return;
	if (form_repeats(form))
		control |= CALL_REPS(below(20) ? 1 + below(8) : any() & 0xfff);
	if (form->has_variable)
		control |= below(4) << 17;
	if (!below(8))
		control |= CALL_START(below(4));
	if (!below(16))
		control ^= 1ull << below(64);
	if (!below(64))
		control = any() & ~0xffull;
	/* A sleep state must not come of a random word. */
	if (HVCALL_CODE(control) == HVCALL_ENTER_SLEEP_STATE)
		return;
	if (below(4))
		in += below(480) * 8;
	fill(in);
	out = address();
	if (!below(8))
		in = address();
	call_raw(control, in, out);
}

/* Vectors below 32 would look like exceptions. */
static uint64_t msr_value(uint32_t msr)
{
	uint64_t value = word();

	if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15)
		return (value & ~0xffull) | (0x40 + below(0xa0));
	if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT) {
		if (msr % 2)
			return below(4) ? clock_now() + below(20000) : value;
		return (value & HV_STIMER_VALID & ~0xff2ull) |
			(0x40 + below(0xa0)) << 4;
	}
	return value;
}

static void any_msr(void)
{
	uint32_t msr = HV_MSR_FIRST + (uint32_t)below(0x110);
	uint64_t value;

	if (below(2)) {
		run_rdmsr(msr, &value);
		return;
	}
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
	case HV_MSR_HYPERCALL:
	case HV_MSR_RESET:
	case HV_MSR_REFERENCE_TSC:
	case HV_MSR_ICR:
	case HV_MSR_TPR:
	case HV_MSR_EOI:
		return;
	}
	run_wrmsr(msr, msr_value(msr));
}

static void any_access(void)
{
	static const uint8_t codes[][4] = {
		{0x8a, 0x03, RUN_END}, {0x8b, 0x03, RUN_END},
		{0x48, 0x8b, 0x03, RUN_END}, {0x48, 0x89, 0x03, RUN_END},
		{0x48, 0x87, 0x03, RUN_END}, {0x48, 0x01, 0x03, RUN_END},
		{0x88, 0x03, RUN_END}, {0xff, 0x33, RUN_END},
	};
	struct run run = {.gpr[RUN_RBX] = below(2) ?
		places.image + below(0x1e0000) : own_address()};

	run_code(&run, codes[below(8)], CODE64);
}

static void any_interrupt(void)
{
	uint32_t to = (uint32_t)below(cpu_count + 1);

	switch (below(8)) {
	case 0:
		apic_send(to, APIC_NMI);
		break;
	case 1:
		apic_send(to, APIC_SMI | (uint32_t)below(256));
		break;
	case 2:
		apic_send(0, APIC_OTHERS | APIC_FIXED | 0x55);
		break;
	case 3:
		apic_send(0, APIC_SELF | APIC_FIXED | 0x56);
		break;
	case 4:
		apic_send(to, APIC_START_UP | TRAMPOLINE >> 12);
		break;
	default:
		apic_send(to, APIC_FIXED | (uint32_t)(0x40 + below(0xa0)));
	}
}

static void crowd(void)
{
	uint64_t i;

	for (i = 0; i < operations / cpu_count; i++) {
		switch (below(10)) {
		case 0 ... 4:
			any_call();
			break;
		case 5 ... 6:
			any_msr();
			break;
		case 7:
			any_access();
			break;
		case 8:
			any_interrupt();
			break;
		case 9:
			cpuid((uint32_t)any() & 0xc00000ff, 0);
			break;
		}
	}
}

/* Other tests may have done so already. */
static void create(unsigned int index)
{
	struct hv_add_lp_in lp = {.lp_index = index, .apic_id = index};
	struct hv_create_vp_in vp = {.partition_id = SELF, .vp_index = index,
		.flags = index};

	CALL(HVCALL_ADD_LOGICAL_PROCESSOR, lp);
	CALL(HVCALL_CREATE_VP, vp);
}

static void timers_off(void)
{
	uint32_t msr;

	for (msr = HV_MSR_STIMER0_CONFIG; msr <= HV_MSR_STIMER3_COUNT; msr++)
		wrmsr(msr, 0);
}

/* Everything out of the pool, statistics pages unmapped and mapped again. */
static uint64_t free_pages(void)
{
	struct hv_stats_in in = {.type = HV_STATS_HYPERVISOR};
	struct hv_withdraw_in all = {.partition_id = 1};

	while (call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(64), &all,
			sizeof(all)) == HV_STATUS_SUCCESS)
		;
	call(HVCALL_UNMAP_STATS_PAGE, &in, sizeof(in));
	/* The first mapping takes a page, and keeps it. */
	if (call(HVCALL_MAP_STATS_PAGE, &in, sizeof(in)) ==
			HV_STATUS_INSUFFICIENT_MEMORY) {
		uint64_t page[] = {SELF, PFN(memory_take(1))};

		call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), page,
			sizeof(page));
	}
	call(HVCALL_UNMAP_STATS_PAGE, &in, sizeof(in));
	EXPECT(call(HVCALL_MAP_STATS_PAGE, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	return ((volatile uint64_t *)(*(uint64_t *)call_out *
		HV_PAGE_SIZE))[STATS_PAGES];
}

/* So that tables for them are there before we count. */
static void deposit_all(void)
{
	uint64_t *in = call_in;
	unsigned int i;

	in[0] = 1;
	for (i = 0; i < PAGES; i++)
		in[1 + i] = PFN(pages) + i;
	/* Some words are page numbers of RAM. */
	in[1 + i++] = 0x10001;
	in[1 + i++] = 0x10002;
	EXPECT(call_raw(HVCALL_DEPOSIT_MEMORY | CALL_REPS(PAGES + 2),
		(uint64_t)call_in, 0), HV_STATUS_SUCCESS);
}

static void all_at_once(void)
{
	uint64_t before;
	unsigned int i;

	operations = option_number("crowd=", 2000);
	seed = option_number("seed=", 1);
	report_note("crowd: %lu operations, seed %lu", operations, seed);
	for (i = 1; i < cpu_count; i++) {
		report_about("processor %u starts", i);
		create(i);
		EXPECT(cpu_start_other(i), true);
	}
	pages = memory_take(PAGES);
	deposit_all();
	before = free_pages();
	for (i = 0; i < cpu_count; i++)
		state[i] = (seed + i) * 0x9e3779b97f4a7c15 + 1;
	for (i = 1; i < cpu_count; i++)
		cpu_give(i, crowd);
	crowd();
	for (i = 1; i < cpu_count; i++) {
		report_about("processor %u ends", i);
		EXPECT(cpu_done(i, 600000), true);
		cpu_give(i, timers_off);
		EXPECT(cpu_done(i, 5000), true);
	}
	timers_off();
	report_about("free pages of the heap");
	EXPECT(free_pages(), before);
	report_about("nobody was hurt");
	EXPECT(call_raw(HVCALL_GET_PARTITION_ID, 0, (uint64_t)call_out),
		HV_STATUS_SUCCESS);
	for (i = 1; i < cpu_count; i++)
		EXPECT(cpu_start_other(i), true);
}

const struct test crowd_tests[] = {
	{"crowd: everything on all processors at once", all_at_once},
	{0},
};
