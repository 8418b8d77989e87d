/* INIT and start-up of the other processor, whatever it is doing. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "apic.h"
#include "clock.h"
#include "cpu.h"
#include "ipis.h"
#include "tests.h"
#include "timers.h"
#include "trap.h"

#define VECTOR	0xd0
#define COUNT(i, vector) (cpu_at(i)->count[vector])

static volatile uint64_t ticks;

static void tick(void)
{
	for (;;)
		ticks++;
}

static void init_stops(void)
{
	uint64_t before, starts;

	if (cpu_count == 1)
		return;
	cpu_give(1, tick);
	EXPECT(WAIT_UNTIL(ticks > 100, PATIENCE), true);
	apic_send(cpu_at(1)->apic_id, APIC_INIT);
	clock_wait(100 * MILLISECOND);
	before = ticks;
	clock_wait(50 * MILLISECOND);
	EXPECT(ticks, before);
	/* It waits for a start, not for an NMI or an interrupt. */
	apic_send(cpu_at(1)->apic_id, APIC_NMI);
	apic_send(cpu_at(1)->apic_id, APIC_FIXED | VECTOR);
	clock_wait(10 * MILLISECOND);
	EXPECT(ticks, before);
	EXPECT(cpu_start(), true);
	/* A second start does nothing to one that runs. */
	starts = cpu_at(1)->starts;
	apic_send(cpu_at(1)->apic_id, APIC_START_UP | TRAMPOLINE >> 12);
	clock_wait(10 * MILLISECOND);
	EXPECT(cpu_at(1)->starts, starts);
	EXPECT(cpu_do(ipi_set_logical), true);
	ipi_other_works();
}

static void init_self(void)
{
	apic_send(cpu_self()->apic_id, APIC_INIT);
	for (;;)
		ticks++;
}

/* As above; while its interrupts are off; and in an NMI's handler. */
static void stay_off(void)
{
	interrupts_off();
	tick();
}

static void stay_in_nmi(void)
{
	cpu_self()->nmi = tick;
	apic_send(cpu_self()->apic_id, APIC_NMI);
	tick();
}

static void wait_halted(void)
{
	__asm__ volatile("cli; hlt");
}

static void init_anywhere(void)
{
	static void (*const jobs[])(void) = {init_self, stay_off, stay_in_nmi,
		wait_halted, tick};
	unsigned int i;

	if (cpu_count == 1)
		return;
	for (i = 0; i < sizeof(jobs) / sizeof(*jobs); i++) {
		report_about("job %u", i);
		cpu_give(1, jobs[i]);
		clock_wait(5 * MILLISECOND);
		EXPECT(cpu_start(), true);
		cpu_at(1)->nmi = NULL;
		EXPECT(cpu_do(ipi_set_logical), true);
		ipi_other_works();
	}
}

static void arm_and_wait(void)
{
	wrmsr(HV_MSR_STIMER0_CONFIG, HV_STIMER_DIRECT | HV_STIMER_ENABLE |
		(uint64_t)VECTOR << HV_STIMER_VECTOR_SHIFT);
	wrmsr(HV_MSR_STIMER0_CONFIG + 1, clock_now() + 100 * MILLISECOND);
	wrmsr(HV_MSR_SINT0, VECTOR);
	wrmsr(HV_MSR_SCONTROL, 1);
	/* Under way when the INIT comes. */
	interrupts_off();
	apic_send(0, APIC_FIXED | APIC_SELF | VECTOR);
	tick();
}

static uint64_t left[4];

static void read_left(void)
{
	left[0] = rdmsr(HV_MSR_STIMER0_CONFIG);
	left[1] = rdmsr(HV_MSR_STIMER0_CONFIG + 1);
	left[2] = rdmsr(HV_MSR_SINT0);
	left[3] = rdmsr(HV_MSR_SCONTROL);
}

static void init_resets(void)
{
	uint64_t before;

	if (cpu_count == 1)
		return;
	before = COUNT(1, VECTOR);
	cpu_give(1, arm_and_wait);
	clock_wait(10 * MILLISECOND);
	EXPECT(cpu_start(), true);
	EXPECT(cpu_do(read_left), true);
	EXPECT(left[0], 0);
	EXPECT(left[1], 0);
	EXPECT(left[2], HV_SINT_MASKED);
	EXPECT(left[3], 0);
	clock_wait(150 * MILLISECOND);
	EXPECT(COUNT(1, VECTOR), before);
	EXPECT(cpu_do(ipi_set_logical), true);
}

static void many_starts(void)
{
	unsigned int i;

	for (i = 0; i < 20 && cpu_count > 1; i++) {
		report_about("start %u", i);
		if (!EXPECT(cpu_start(), true))
			break;
	}
	if (cpu_count > 1)
		EXPECT(cpu_do(ipi_set_logical), true);
	ipi_other_works();
}

const struct test start_tests[] = {
	{"ipi: INIT stops, start-up starts", init_stops},
	{"ipi: INIT in every state", init_anywhere},
	{"ipi: INIT resets timers and interrupts", init_resets},
	{"ipi: twenty starts", many_starts},
	{0},
};
