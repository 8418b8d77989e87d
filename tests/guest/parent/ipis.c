/* Interprocessor interrupts, NMIs, INIT and start-up. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "apic.h"
#include "clock.h"
#include "cpu.h"
#include "tests.h"
#include "trap.h"

#define VECTOR	0x71

static uint64_t count_of(unsigned int index, uint8_t vector)
{
	return cpu_at(index)->count[vector];
}

/* Every processor in the mask gets one more of that vector, no other does. */
static void expect_send(const char *what, uint32_t to, uint32_t low,
	uint8_t vector, uint32_t mask)
{
	uint64_t before[CPUS];
	unsigned int i;

	report_about("%s", what);
	for (i = 0; i < cpu_count; i++)
		before[i] = count_of(i, vector);
	apic_send(to, low);
	for (i = 0; i < cpu_count; i++) {
		if (mask >> i & 1)
			EXPECT(WAIT_UNTIL(count_of(i, vector) != before[i],
				2000), true);
	}
	clock_wait(MILLISECOND);
	for (i = 0; i < cpu_count; i++)
		EXPECT(count_of(i, vector), before[i] + (mask >> i & 1));
}

static void fixed(void)
{
	uint32_t all = (1u << cpu_count) - 1, i;

	for (i = 0; i < cpu_count; i++)
		expect_send("to one", cpu_at(i)->apic_id, APIC_FIXED | VECTOR,
			VECTOR, 1u << i);
	expect_send("self", 0, APIC_FIXED | APIC_SELF | VECTOR, VECTOR, 1);
	expect_send("all", 0, APIC_FIXED | APIC_ALL | VECTOR, VECTOR, all);
	expect_send("others", 0, APIC_FIXED | APIC_OTHERS | VECTOR, VECTOR,
		all & ~1u);
	expect_send("nobody", 77, APIC_FIXED | VECTOR, VECTOR, 0);
	if (apic_is_x2())
		expect_send("logical", 3, APIC_FIXED | APIC_LOGICAL | VECTOR,
			VECTOR, all & 3);
}

/* The same by the hypervisor's MSRs, which only xAPIC mode has. */
static void by_msr(void)
{
	if (apic_is_x2())
		return;
	apic_way = APIC_BY_MSR;
	fixed();
	apic_set_priority(0x80);
	EXPECT(apic_priority(), 0x80);
	apic_set_priority(0);
	apic_way = APIC_BY_PAGE;
	EXPECT(apic_priority(), 0);
}

static void nmis(void)
{
	uint32_t all = (1u << cpu_count) - 1, i;

	for (i = 0; i < cpu_count; i++)
		expect_send("NMI", cpu_at(i)->apic_id, APIC_NMI, VECTOR_NMI,
			1u << i);
	expect_send("NMI to all", 0, APIC_NMI | APIC_ALL, VECTOR_NMI, all);
	expect_send("NMI to others", 0, APIC_NMI | APIC_OTHERS, VECTOR_NMI,
		all & ~1u);
	for (i = 0; i < cpu_count; i++)
		EXPECT(cpu_at(i)->is_nested, false);
}

static void send_again(void)
{
	cpu_self()->nmi = NULL;
	apic_send(cpu_self()->apic_id, APIC_NMI);
}

/* One sent by the handler waits for its IRET. */
static void nmi_in_nmi(void)
{
	struct cpu *cpu = cpu_self();
	uint64_t before = cpu->count[VECTOR_NMI];

	cpu->nmi = send_again;
	apic_send(cpu->apic_id, APIC_NMI);
	EXPECT(WAIT_UNTIL(cpu->count[VECTOR_NMI] == before + 2, 2000), true);
	EXPECT(cpu->is_nested, false);
}

static void dropped(void)
{
	expect_send("SMI", cpu_self()->apic_id, APIC_SMI, VECTOR, 0);
	expect_send("reserved delivery", 0, 0x4300 | APIC_OTHERS, VECTOR, 0);
	expect_send("ExtINT", 0, 0x4700 | APIC_OTHERS, VECTOR, 0);
	EXPECT(apic_read(APIC_LVT_TIMER) & 0x10000 || !apic_is_x2(), true);
	apic_write(APIC_LVT_TIMER, 0x20000 | VECTOR);
	apic_write(APIC_INITIAL, 1000);
	clock_wait(5 * MILLISECOND);
	expect_send("the timer is not the parent's", 77, APIC_FIXED | VECTOR,
		VECTOR, 0);
}

static void spin(void)
{
	for (;;)
		pause();
}

static void halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void starts(void)
{
	unsigned int i, round;

	for (i = 1; i < cpu_count; i++) {
		struct cpu *cpu = cpu_at(i);
		uint64_t before;

		report_about("processor %u", i);
		EXPECT(cpu_start(i), true);
		before = cpu->starts;
		/* One that runs does not start again. */
		apic_send(cpu->apic_id, APIC_START_UP | TRAMPOLINE >> 12);
		clock_wait(2 * MILLISECOND);
		EXPECT(cpu->starts, before);
		for (round = 0; round < 10; round++) {
			cpu_give(i, round % 2 ? spin : halt);
			clock_wait(MILLISECOND);
			EXPECT(cpu_start(i), true);
		}
		/* INIT twice, INIT alone with other interrupts behind it. */
		apic_send(cpu->apic_id, APIC_INIT);
		apic_send(cpu->apic_id, APIC_INIT);
		apic_send(cpu->apic_id, APIC_NMI);
		apic_send(cpu->apic_id, APIC_FIXED | VECTOR);
		EXPECT(cpu_start(i), true);
		EXPECT(cpu->starts, before + 11);
	}
}

const struct test ipis_tests[] = {
	{"ipis: INIT and start-up", starts},
	{"ipis: fixed", fixed},
	{"ipis: by the hypervisor's MSRs", by_msr},
	{"ipis: NMIs", nmis},
	{"ipis: an NMI in the handler of one", nmi_in_nmi},
	{"ipis: what is dropped", dropped},
	{0},
};
