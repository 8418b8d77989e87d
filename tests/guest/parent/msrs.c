/* MSRs: the synthetic ones, those that the hypervisor keeps, all others. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "apic.h"
#include "call.h"
#include "clock.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define MSR_TSC		0x10
#define MSR_APIC_BASE	0x1b
#define MSR_X2APIC	0x800
#define MSR_EFER	0xc0000080
#define EFER_SCE	0x1ull
#define EFER_LME	0x100ull
#define EFER_NXE	0x800ull
#define EFER_SVME	0x1000ull
#define MASKED		0x10000ull

/* Write: the vector of the exception, or 0. */
#define EXPECT_GP(msr, value) EXPECT(run_wrmsr(msr, value), VECTOR_GP)
#define EXPECT_OK(msr, value) EXPECT(run_wrmsr(msr, value), 0)

/* Read: the value, or what no MSR here holds. */
static uint64_t value_of(uint32_t msr)
{
	uint64_t value;

	return run_rdmsr(msr, &value) ? 0xdead00000000dead : value;
}

enum { NONE, READ = 1, WRITE = 2, BOTH = 3 };

/* What the document and the TLFS say is there. */
static unsigned int rights(uint32_t msr)
{
	switch (msr) {
	case HV_MSR_GUEST_OS_ID:
	case HV_MSR_HYPERCALL:
	case HV_MSR_RESET:
	case HV_MSR_REFERENCE_TSC:
	case HV_MSR_VP_ASSIST_PAGE:
	case HV_MSR_SCONTROL:
	case HV_MSR_SIEFP ... HV_MSR_SIRBP:
	case HV_MSR_SINT0 ... HV_MSR_SINT15:
	case HV_MSR_STIMER0_CONFIG ... HV_MSR_STIMER3_COUNT:
	case HV_MSR_CRASH_P0 ... HV_MSR_CRASH_CTL:
		return BOTH;
	case HV_MSR_VP_INDEX:
	case HV_MSR_VP_RUNTIME:
	case HV_MSR_TIME_REF_COUNT:
	case HV_MSR_TSC_FREQUENCY:
	case HV_MSR_APIC_FREQUENCY:
	case HV_MSR_SVERSION:
		return READ;
	case HV_MSR_EOI:
		return apic_is_x2() ? NONE : WRITE;
	case HV_MSR_ICR:
	case HV_MSR_TPR:
		return apic_is_x2() ? NONE : BOTH;
	}
	return NONE;
}

static void synthetic(void)
{
	uint64_t value = 0;
	uint32_t msr;

	for (msr = 0x40000000; msr < 0x40000200; msr++) {
		report_about("MSR %x", msr);
		EXPECT(run_rdmsr(msr, &value), rights(msr) & READ ? 0 :
			VECTOR_GP);
		if (!(rights(msr) & WRITE)) {
			EXPECT_GP(msr, 0);
			EXPECT_GP(msr, ~0ull);
			EXPECT_GP(msr, value);
		}
	}
	for (msr = 0x40000200; msr < HV_MSR_LAST; msr += 0xf1) {
		report_about("MSR %x", msr);
		EXPECT(run_rdmsr(msr, &value), VECTOR_GP);
		EXPECT_GP(msr, 0);
	}
}

static void plain_values(void)
{
	uint64_t id = rdmsr(HV_MSR_GUEST_OS_ID), tsc, i;

	EXPECT(rdmsr(HV_MSR_VP_INDEX), 0);
	EXPECT(rdmsr(HV_MSR_RESET), 0);
	EXPECT_OK(HV_MSR_RESET, 0);
	EXPECT(rdmsr(HV_MSR_SVERSION), 1);
	wrmsr(HV_MSR_GUEST_OS_ID, 0x123456789abcdef0);
	EXPECT(rdmsr(HV_MSR_GUEST_OS_ID), 0x123456789abcdef0);
	wrmsr(HV_MSR_GUEST_OS_ID, id);
	for (i = 0; i < 5; i++) {
		wrmsr(HV_MSR_CRASH_P0 + (uint32_t)i, ~i);
		EXPECT(rdmsr(HV_MSR_CRASH_P0 + (uint32_t)i), ~i);
	}
	EXPECT(rdmsr(HV_MSR_CRASH_CTL), HV_CRASH_NOTIFY);
	EXPECT_OK(HV_MSR_CRASH_CTL, 0);
	EXPECT_OK(HV_MSR_CRASH_CTL, HV_CRASH_NOTIFY);
	/* The frequency against the page: 10 MHz * 2^64 / scale. */
	tsc = rdmsr(HV_MSR_TSC_FREQUENCY);
	EXPECT_BETWEEN((uint64_t)(((unsigned __int128)tsc * ((const uint64_t *)
		(rdmsr(HV_MSR_REFERENCE_TSC) & ~0xfffull))[1]) >> 64),
		9999999, 10000000);
	EXPECT_BETWEEN(rdmsr(HV_MSR_APIC_FREQUENCY), 1000000, 10000000000);
}

static void run_time(void)
{
	uint64_t start = clock_now(), first = rdmsr(HV_MSR_VP_RUNTIME), passed;

	clock_wait(3 * MILLISECOND);
	passed = rdmsr(HV_MSR_VP_RUNTIME) - first;
	EXPECT_BETWEEN(passed, 2 * MILLISECOND, clock_now() - start);
}

/* The parent turns overlay pages on and off; they never move. */
static void overlay(uint32_t msr)
{
	uint64_t was = rdmsr(msr), page = was & ~0xfffull;
	const uint64_t values[] = {~0ull, ~1ull, 1, 0, places.image | 1,
		places.ram_end | 1, 0xfee00001, 0xa0001, page | 1,
		0x8000000000000001, (uint64_t)call_in | 1};
	unsigned int i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		unsigned int vector = run_wrmsr(msr, values[i]);

		report_about("MSR %x: %lx", msr, values[i]);
		if (vector)
			EXPECT(vector, VECTOR_GP);
		else
			EXPECT(rdmsr(msr), page | (values[i] & 1));
	}
	wrmsr(msr, was);
	EXPECT(rdmsr(msr), was);
}

static void overlays(void)
{
	static const uint32_t msrs[] = {HV_MSR_VP_ASSIST_PAGE, HV_MSR_SIEFP,
		HV_MSR_SIMP, HV_MSR_SIRBP};
	unsigned int i;

	for (i = 0; i < 4; i++) {
		uint64_t page = rdmsr(msrs[i]) & ~0xfffull;
		volatile uint64_t *word = (volatile uint64_t *)page;

		overlay(msrs[i]);
		report_about("page %lx", page);
		EXPECT(page >= places.heap, true);
		word[511] = 0x1122334455667788;
		EXPECT(word[511], 0x1122334455667788);
		word[511] = 0;
	}
}

/* N1 */
static void reference_tsc(void)
{
	uint64_t page = rdmsr(HV_MSR_REFERENCE_TSC) & ~0xfffull;
	const volatile uint64_t *word = (const volatile uint64_t *)page;
	uint64_t scale = word[1], offset = word[2];
	unsigned int i;

	overlay(HV_MSR_REFERENCE_TSC);
	for (i = 0; i < 1000; i++) {
		wrmsr(HV_MSR_REFERENCE_TSC, 0);
		wrmsr(HV_MSR_REFERENCE_TSC, page | 1);
	}
	EXPECT(rdmsr(HV_MSR_REFERENCE_TSC), page | 1);
	EXPECT((uint32_t)word[0] != 0, true);
	EXPECT(word[1], scale);
	EXPECT(word[2], offset);
	wrmsr(HV_MSR_REFERENCE_TSC, page);
	EXPECT(clock_agrees(), true);
}

static void hypercall_page(void)
{
	uint64_t was = rdmsr(HV_MSR_HYPERCALL), page = was & ~0xfffull;
	const volatile uint8_t *byte = (const volatile uint8_t *)page;

	EXPECT_OK(HV_MSR_HYPERCALL, places.image | 1);
	EXPECT(rdmsr(HV_MSR_HYPERCALL), was);
	EXPECT_OK(HV_MSR_HYPERCALL, ~2ull);
	EXPECT(rdmsr(HV_MSR_HYPERCALL), was);
	EXPECT(byte[0], 0x0f);
	EXPECT(byte[1], 0x01);
	EXPECT(byte[2], 0xd9);
	EXPECT(byte[3], 0xc3);
}

static void sints(void)
{
	uint32_t msr;
	uint64_t vector;

	for (msr = HV_MSR_SINT0; msr <= HV_MSR_SINT15; msr++) {
		report_about("MSR %x", msr);
		EXPECT(rdmsr(msr), MASKED);
		for (vector = 0; vector < 16; vector += 5) {
			EXPECT_GP(msr, vector);
			EXPECT_OK(msr, vector | MASKED);
			EXPECT(rdmsr(msr), vector | MASKED);
		}
		EXPECT_OK(msr, 0xff);
		EXPECT(rdmsr(msr), 0xff);
		EXPECT_OK(msr, ~0ull);
		EXPECT(rdmsr(msr), 0xf00ff);
		EXPECT_OK(msr, MASKED);
	}
}

static void stimer_values(void)
{
	uint32_t config;

	for (config = HV_MSR_STIMER0_CONFIG; config < HV_MSR_STIMER3_COUNT;
			config += 2) {
		uint32_t bit;

		report_about("MSR %x", config);
		EXPECT(rdmsr(config), 0);
		EXPECT(rdmsr(config + 1), 0);
		for (bit = 13; bit < 64; bit++) {
			if (bit < 16 || bit > 19)
				EXPECT_GP(config, 1ull << bit);
		}
		EXPECT_GP(config, ~0ull);
		EXPECT_GP(config, HV_STIMER_DIRECT);
		EXPECT_GP(config, HV_STIMER_DIRECT | 0xf0);
		EXPECT_OK(config, HV_STIMER_DIRECT | 0x100);
		EXPECT(rdmsr(config), HV_STIMER_DIRECT | 0x100);
		/* Messages want a SINT. */
		EXPECT_OK(config, HV_STIMER_ENABLE);
		EXPECT(rdmsr(config) & HV_STIMER_ENABLE, 0);
		EXPECT_OK(config + 1, ~0ull);
		EXPECT(rdmsr(config + 1), ~0ull);
		EXPECT_OK(config, 0);
		EXPECT_OK(config + 1, 0);
	}
}

static void efer(void)
{
	uint64_t was = rdmsr(MSR_EFER), bit;

	EXPECT(was & (EFER_SVME | 0x500), 0x500);
	EXPECT_GP(MSR_EFER, was | EFER_SVME);
	EXPECT_GP(MSR_EFER, was & ~EFER_LME);
	EXPECT_GP(MSR_EFER, ~0ull);
	for (bit = 16; bit < 64; bit++)
		EXPECT_GP(MSR_EFER, was | 1ull << bit);
	EXPECT_OK(MSR_EFER, was ^ EFER_SCE);
	EXPECT(rdmsr(MSR_EFER), was ^ EFER_SCE);
	EXPECT_OK(MSR_EFER, was ^ EFER_NXE);
	EXPECT(rdmsr(MSR_EFER), was ^ EFER_NXE);
	EXPECT_OK(MSR_EFER, was);
	EXPECT(rdmsr(MSR_EFER), was);
}

static void kept(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE), value;
	unsigned int bit;

	EXPECT_OK(MSR_APIC_BASE, base);
	for (bit = 8; bit < 64; bit++)
		EXPECT_GP(MSR_APIC_BASE, base ^ 1ull << bit);
	EXPECT_GP(MSR_APIC_BASE, 0);
	EXPECT_GP(MSR_APIC_BASE, ~0ull);
	EXPECT(rdmsr(MSR_APIC_BASE), base);
	value = rdtsc();
	EXPECT_OK(MSR_TSC, 0);
	EXPECT(rdtsc() > value, true);
	EXPECT_OK(0x79, (uint64_t)call_in);
	EXPECT_OK(0xc0010020, (uint64_t)call_in);
	EXPECT(value_of(0xc0010114), 0x10);
	EXPECT_GP(0xc0010114, 0);
	EXPECT(run_rdmsr(0xc0010117, &value), VECTOR_GP);
	EXPECT_GP(0xc0010117, 0x1000);
	EXPECT(run_rdmsr(0xc0010118, &value), VECTOR_GP);
	EXPECT_GP(0xc0010118, 0);
	EXPECT(run_rdmsr(0x6e0, &value), VECTOR_GP);
	EXPECT_GP(0x6e0, 1);
}

/* The APIC's timer is not the parent's. */
static void apic_timer(void)
{
	uint64_t value;

	if (!apic_is_x2()) {
		EXPECT(run_rdmsr(0x832, &value), VECTOR_GP);
		EXPECT_GP(0x830, 0x40041);
		EXPECT_GP(0x838, 1);
		return;
	}
	EXPECT_OK(0x832, 0x51);
	EXPECT_OK(0x83e, 0);
	EXPECT_OK(0x838, 1);
	EXPECT_GP(0x839, 1);
	clock_wait(MILLISECOND);
	EXPECT(trap_count(0x51), 0);
	EXPECT(value_of(0x832), 0x10000);
	EXPECT(value_of(0x838), 0);
	EXPECT(value_of(0x839), 0);
	EXPECT(value_of(0x83e), 0);
	EXPECT_GP(MSR_X2APIC + APIC_ID / 16, 0);
}

/* N2: the exception is #GP, or there is none. */
static void read_range(uint32_t from, uint32_t to)
{
	uint64_t value;
	uint32_t msr;

	for (msr = from; msr != to; msr++) {
		unsigned int vector = run_rdmsr(msr, &value);

		report_about("MSR %x", msr);
		if (vector)
			EXPECT(vector, VECTOR_GP);
	}
}

static void read_all(void)
{
	read_range(0, 0x2000);
	read_range(0xc0000000, 0xc0002000);
	read_range(0xc0010000, 0xc0012000);
	read_range(0x1ff0, 0x2010);
	read_range(0x3ffffff0, 0x40000000);
	read_range(0x80000000, 0x80000010);
	read_range(0xfffffff0, 0);
}

/* What writes back an own value must change nothing. Not the APIC: its EOI,
 * ICR and self IPI do something. */
static void write_range(uint32_t from, uint32_t to)
{
	uint64_t value;
	uint32_t msr;

	for (msr = from; msr != to; msr++) {
		unsigned int vector;

		if (msr >> 8 == MSR_X2APIC >> 8 || run_rdmsr(msr, &value))
			continue;
		vector = run_wrmsr(msr, value);
		report_about("MSR %x", msr);
		if (vector)
			EXPECT(vector, VECTOR_GP);
	}
}

static void write_all(void)
{
	write_range(0, 0x2000);
	write_range(0xc0000000, 0xc0002000);
	write_range(0xc0010000, 0xc0012000);
	write_range(0x1ff0, 0x2010);
	write_range(0xfffffff0, 0);
	EXPECT(clock_agrees(), true);
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
}

/* Those that do something at once are written with care elsewhere. */
static bool acts(uint32_t msr)
{
	return msr == HV_MSR_GUEST_OS_ID || msr == HV_MSR_HYPERCALL ||
		msr == HV_MSR_RESET || msr == HV_MSR_ICR;
}

static void write_synthetic(void)
{
	static const uint64_t values[] = {~0ull, 0x5a5a5a5a5a5a5a5a,
		0x8000000000000000, 0xffffffff, 2, 0};
	uint64_t was = 0;
	uint32_t msr;
	unsigned int i;

	for (msr = 0x40000000; msr < 0x40000200; msr++) {
		bool has_value = !run_rdmsr(msr, &was);

		for (i = 0; i < sizeof(values) / sizeof(*values) &&
				!acts(msr); i++) {
			unsigned int vector = run_wrmsr(msr, values[i]);

			report_about("MSR %x: %lx", msr, values[i]);
			if (vector)
				EXPECT(vector, VECTOR_GP);
			if (!(rights(msr) & WRITE))
				EXPECT(vector, VECTOR_GP);
		}
		if (has_value && rights(msr) & WRITE)
			EXPECT_OK(msr, was);
	}
	EXPECT(clock_agrees(), true);
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
}

/* Until the next start of the machine: the last of the tests. */
static void locked(void)
{
	uint64_t value = rdmsr(HV_MSR_HYPERCALL) | HV_HYPERCALL_LOCKED;

	EXPECT_OK(HV_MSR_HYPERCALL, value);
	EXPECT(rdmsr(HV_MSR_HYPERCALL), value);
	EXPECT_OK(HV_MSR_HYPERCALL, 0);
	EXPECT_OK(HV_MSR_HYPERCALL, ~0ull);
	EXPECT(rdmsr(HV_MSR_HYPERCALL), value);
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
}

/* Addresses as no processor takes them: #GP, or they stay until put back. */
static void not_canonical(void)
{
	static const uint32_t msrs[] = {0xc0000100, 0xc0000101, 0xc0000102,
		0xc0000082, 0xc0000083, 0x175, 0x176};
	static const uint64_t values[] = {0x8000000000000000, ~0ull << 47 ^
		1ull << 63, 0x0001000000000000, 0x5a5a5a5a5a5a5a5a, 0,
		~0ull};
	unsigned int i, j;

	for (i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		uint64_t was = rdmsr(msrs[i]);

		for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
			unsigned int vector = run_wrmsr(msrs[i], values[j]);

			report_about("MSR %x: %lx", msrs[i], values[j]);
			if (vector)
				EXPECT(vector, VECTOR_GP);
			EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0),
				HV_STATUS_SUCCESS);
		}
		EXPECT_OK(msrs[i], was);
		EXPECT(rdmsr(msrs[i]), was);
	}
}

/* Bits 63:32 of RCX do not count; those of RAX and RDX come back as zeros. */
static void halves(void)
{
	static const uint8_t code[] = {0x0f, 0x32};
	struct run run = {0};

	run.gpr[RUN_RCX] = 0x5a5a5a5a00000000 | HV_MSR_REFERENCE_TSC;
	run.gpr[RUN_RAX] = run.gpr[RUN_RDX] = ~0ull;
	run_bytes(&run, code, 2, CODE64, 0);
	EXPECT(run.vector, VECTOR_BP);
	EXPECT(run.gpr[RUN_RAX], (uint32_t)rdmsr(HV_MSR_REFERENCE_TSC));
	EXPECT(run.gpr[RUN_RDX], rdmsr(HV_MSR_REFERENCE_TSC) >> 32);
	EXPECT(run.gpr[RUN_RCX], 0x5a5a5a5a00000000 | HV_MSR_REFERENCE_TSC);
}

static void priority(void)
{
	if (apic_is_x2())
		return;
	EXPECT_OK(HV_MSR_TPR, 0x20);
	EXPECT(rdmsr(HV_MSR_TPR), 0x20);
	EXPECT(apic_priority(), 0x20);
	EXPECT_GP(HV_MSR_TPR, 0x100);
	EXPECT_GP(HV_MSR_TPR, ~0ull);
	EXPECT_OK(HV_MSR_TPR, 0);
	EXPECT_OK(HV_MSR_EOI, 0);
	EXPECT_OK(HV_MSR_EOI, ~0ull);
}

const struct test msr_tests[] = {
	{"msr: which synthetic ones there are", synthetic},
	{"msr: values", plain_values},
	{"msr: VP_RUNTIME", run_time},
	{"msr: overlay pages do not move", overlays},
	{"msr: REFERENCE_TSC", reference_tsc},
	{"msr: HYPERCALL", hypercall_page},
	{"msr: SINT0 to SINT15", sints},
	{"msr: STIMER0 to STIMER3", stimer_values},
	{"msr: TPR and EOI", priority},
	{"msr: EFER", efer},
	{"msr: those that the hypervisor keeps", kept},
	{"msr: the APIC's timer", apic_timer},
	{"msr: halves of registers", halves},
	{"msr: all are read", read_all},
	{"msr: all are written with what they hold", write_all},
	{"msr: all synthetic ones are written", write_synthetic},
	{"msr: addresses that are not canonical", not_canonical},
	{0},
};

const struct test last_tests[] = {
	{"msr: a locked HYPERCALL stays", locked},
	{0},
};
