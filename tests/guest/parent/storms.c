/* A storm of hypercalls and MSR writes out of a seed. What would end the
 * machine or write over ourselves is left out; all else may come. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "apic.h"
#include "call.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "option.h"
#include "run.h"
#include "tests.h"
#include "timers.h"

#define STEPS		10000
#define SCRATCH_PAGES	64
#define EXITS		100000
#define FIRST_VECTOR	0x30

static uint64_t state;
static uint8_t *scratch;
static uint64_t deposited, withdrawn;

/* xorshift64* */
static uint64_t random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d;
}

static uint64_t below(uint64_t limit)
{
	return (random() >> 32) % limit;
}

static uint64_t odd_number(void)
{
	static const uint64_t numbers[] = {0, 1, 2, 3, 4, 15, 16, 63, 64,
		0xff, 0xfff, 0x1000, 0x7fffffff, 0x80000000, 0xffffffff,
		1ull << 32, 1ull << 62, 1ull << 63, ~0ull, ~1ull,
		0x4000000000000018, 0x8000000000000018};

	switch (below(4)) {
	case 0:
		return random();
	case 1:
		return 1ull << below(64);
	default:
		return numbers[below(sizeof(numbers) / sizeof(*numbers))];
	}
}

/* An address that no call may use: nothing of ours is written over. */
static uint64_t bad_address(void)
{
	switch (below(6)) {
	case 0:
		return places.heap + below(0x400000);
	case 1:
		return places.image + below(0x1f0000);
	case 2:
		return 0xa0000 + below(0x60000);
	case 3:
		return 0xfee00000 + below(0x1000);
	case 4:
		return 1ull << (40 + below(24));
	default:
		return places.ram_end + below(1ull << 40);
	}
}

/* A page's number that may be deposited, or one that must not be. */
static uint64_t random_page(void)
{
	if (below(4))
		return ((uint64_t)scratch >> 12) + below(SCRATCH_PAGES);
	return below(2) ? bad_address() >> 12 : odd_number() | 1ull << 50;
}

static void fill_input(uint16_t code)
{
	uint64_t *word = call_in;
	unsigned int i;

	for (i = 0; i < 512; i++)
		word[i] = below(3) ? odd_number() : below(8);
	if (below(2))
		word[0] = HV_PARTITION_ID_SELF;
	if (code == HVCALL_DEPOSIT_MEMORY) {
		for (i = 1; i < 512; i++)
			word[i] = random_page();
	}
	/* It would end here. */
	if (code == HVCALL_ENTER_SLEEP_STATE && (uint32_t)word[0] == 5)
		word[0] = 4;
}

static uint64_t random_control(uint16_t code, const struct form *form)
{
	uint64_t control = code;

	if (!below(8))
		return control | (random() & ~0xffffull);
	if (form && form_repeats(form))
		control |= CALL_REPS(1 + below(below(2) ? 8 : 200));
	if (form && form->has_variable)
		control |= below(4) << 17;
	if (!below(10))
		control |= HVCALL_FAST;
	if (!below(20))
		control |= CALL_START(below(8));
	return control;
}

static void storm_call(void)
{
	const struct form *form = NULL;
	uint16_t code = (uint16_t)random();
	uint64_t control, in = (uint64_t)call_in, out = (uint64_t)call_out;
	uint32_t status;

	if (below(10)) {
		form = &forms[below(form_count)];
		code = form->code;
	}
	fill_input(code);
	control = random_control(code, form);
	if (control & HVCALL_FAST) {
		in = ((const uint64_t *)call_in)[0];
		out = ((const uint64_t *)call_in)[1];
		/* Not an address, should it be taken for one. */
		if (!form || form_repeats(form) || form->out)
			in = out = bad_address();
	} else if (!below(10)) {
		in = bad_address();
	} else if (!below(10)) {
		out = bad_address();
	}
	report_about("control %lx in %lx out %lx", control, in, out);
	status = call_raw(control, in, out);
	EXPECT(status < CALL_FAULT, true);
	if (code == HVCALL_DEPOSIT_MEMORY && call_done)
		deposited += call_done - HVCALL_START(control);
	if (code == HVCALL_WITHDRAW_MEMORY && call_done)
		withdrawn += call_done - HVCALL_START(control);
}

/* Vectors are ones that have a handler. */
static uint64_t with_vector(uint64_t value, unsigned int shift)
{
	uint8_t vector = (uint8_t)(value >> shift);

	if (vector >= 16 && vector < FIRST_VECTOR)
		value |= (uint64_t)FIRST_VECTOR << shift;
	/* The spurious one, which is not ended. */
	if ((uint8_t)(value >> shift) == 0xff)
		value &= ~(1ull << shift);
	return value;
}

static void storm_write(void)
{
	static const uint32_t msrs[] = {HV_MSR_VP_INDEX, HV_MSR_REFERENCE_TSC,
		HV_MSR_TIME_REF_COUNT, HV_MSR_EOI, HV_MSR_TPR,
		HV_MSR_VP_ASSIST_PAGE, HV_MSR_SCONTROL, HV_MSR_SIEFP,
		HV_MSR_SIMP, HV_MSR_EOM, HV_MSR_SIRBP, HV_MSR_CRASH_P0};
	uint32_t msr;
	uint64_t value = odd_number();

	switch (below(4)) {
	case 0:
		msr = HV_MSR_SINT0 + (uint32_t)below(16);
		value = with_vector(value, 0);
		break;
	case 1:
		msr = HV_MSR_STIMER0_CONFIG + 2 * (uint32_t)below(4);
		value = with_vector(value & HV_STIMER_VALID,
			HV_STIMER_VECTOR_SHIFT);
		break;
	case 2:
		msr = HV_MSR_STIMER0_CONFIG + 1 + 2 * (uint32_t)below(4);
		/* A period of nothing but exits helps nobody. */
		value = below(2) ? clock_now() + below(1000000) :
			value | 0x1000;
		break;
	default:
		msr = msrs[below(sizeof(msrs) / sizeof(*msrs))];
	}
	report_about("MSR %x, value %lx", msr, value);
	run_wrmsr(msr, value);
}

static void storm_touch(void)
{
	volatile uint64_t *at = (volatile uint64_t *)(places.heap +
		0x100000 + (below(0x100000) & ~7ull));

	*at = random();
	EXPECT(*at, ~0ull);
}

static void quiet(void)
{
	uint32_t msr;

	timers_off();
	for (msr = HV_MSR_SINT0; msr <= HV_MSR_SINT15; msr++)
		wrmsr(msr, HV_SINT_MASKED);
	wrmsr(HV_MSR_SCONTROL, 0);
	apic_set_priority(0);
	memset((void *)(rdmsr(HV_MSR_SIMP) & ~0xfffull), 0, HV_PAGE_SIZE);
}

/* Meanwhile the other processor leaves and enters in every way it has. */
static volatile bool over;

static void keep_busy(void)
{
	uint64_t turn = 0, value;

	while (!over) {
		switch (turn++ % 8) {
		case 0:
			cpuid((uint32_t)turn, 0);
			break;
		case 1:
			run_rdmsr(HV_MSR_FIRST + (turn & 0x1ff), &value);
			break;
		case 2:
			timers_work();
			break;
		case 3:
			(void)*(volatile uint64_t *)(places.image +
				(turn & 0xfff8));
			break;
		case 4:
			apic_send(cpu_at(0)->apic_id, APIC_FIXED | 0xd1);
			break;
		default:
			/* Pages that come and go. */
			(void)*(volatile uint64_t *)(scratch + (turn * 4096) %
				(SCRATCH_PAGES * HV_PAGE_SIZE));
		}
	}
}

/* An emulator lost what the first processor was by then: "QEMU with several
 * processors" in docs/hypervisor.md. */
static void load_fpu(void)
{
	static uint8_t area[512] __attribute__((aligned(16)));

	__asm__ volatile("fxsave %0" : "=m"(area));
	while (!over)
		__asm__ volatile("fxrstor %0" : : "m"(area));
}

static void exits(void)
{
	unsigned int i;

	if (!childsmp_start())
		return;
	over = false;
	cpu_give(1, load_fpu);
	for (i = 0; i < EXITS; i++)
		cpuid(0x40000000, 0);
	over = true;
	EXPECT(cpu_done(1, 5000), true);
}

static void storm(void)
{
	uint64_t steps = option_number("storm=", STEPS), i;

	state = option_number("seed=", 1) * 0x9e3779b97f4a7c15 | 1;
	report_note("storm: %lu steps, seed %lu", steps,
		option_number("seed=", 1));
	scratch = memory_take(SCRATCH_PAGES);
	over = false;
	if (cpu_count > 1) {
		EXPECT(cpu_start(), true);
		cpu_give(1, keep_busy);
	}
	for (i = 0; i < steps; i++) {
		switch (below(8)) {
		case 0:
		case 1:
			storm_write();
			break;
		case 2:
			storm_touch();
			break;
		default:
			storm_call();
		}
	}
	quiet();
	over = true;
	if (cpu_count > 1)
		EXPECT(cpu_done(1, 5000), true);
}

/* Every page that was deposited comes back, but for at most one for each of
 * the statistics: the hypervisor's, and those of processors, VPs, and the
 * partition. */
static void all_comes_back(void)
{
	struct hv_withdraw_in in = {.partition_id = HV_PARTITION_ID_SELF};
	unsigned int i, lost = 0;

	for (i = 0; i < 1000 && call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1),
			&in, sizeof(in)) == HV_STATUS_SUCCESS; i++)
		withdrawn++;
	report_about("%lu deposited, %lu withdrawn", deposited, withdrawn);
	EXPECT_BETWEEN(deposited - withdrawn, 0, 2 + 2 * cpu_count);
	for (i = 0; i < SCRATCH_PAGES; i++) {
		volatile uint8_t *byte = scratch + i * HV_PAGE_SIZE;

		byte[0] = 0x12;
		lost += byte[0] != 0x12;
	}
	EXPECT(lost, deposited - withdrawn);
}

static bool other_alive;

static void look(void)
{
	other_alive = timers_work();
}

static void alive(void)
{
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
	EXPECT(clock_agrees(), true);
	EXPECT(timers_work(), true);
	EXPECT(cpuid(0x40000000, 0).eax, 0x4000000b);
	if (cpu_count == 1)
		return;
	EXPECT(cpu_start(), true);
	EXPECT(cpu_do(look), true);
	EXPECT(other_alive, true);
}

const struct test storm_tests[] = {
	{"fpu: exits while another processor loads its own", exits},
	{"storm: hypercalls and MSR writes out of a seed", storm},
	{"storm: every page that was deposited comes back", all_comes_back},
	{"storm: the parent lives", alive},
	{0},
};
