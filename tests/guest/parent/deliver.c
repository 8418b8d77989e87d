/* Events whose delivery exits: the stack is memory of a device that nobody has
 * touched yet, so that the hypervisor maps it in the middle. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/asm.h"
#include "apic.h"
#include "clock.h"
#include "cpu.h"
#include "report.h"
#include "tests.h"
#include "trap.h"

/* QEMU's frame buffer; it is mapped in pieces of 2 MB. */
#define FRAME_BUFFER	0xfd000000ull
#define PIECE		0x200000ull
#define STACK		2		/* of the task's table */
#define VECTOR		0x99

extern char deliver_entry[], deliver_fault[];
extern volatile uint64_t deliver_count, deliver_rsp, deliver_rip;

static unsigned int piece;

/* On a new stack; count says how often it came there. */
static uint64_t prepare(uint8_t vector, const char *entry)
{
	uint64_t top = FRAME_BUFFER + piece++ * PIECE + 0x1000;

	report_about("vector %x, stack %lx", vector, top);
	cpu_self()->task.rest[STACK] = top;
	deliver_count = 0;
	trap_set_gate(vector, entry, STACK);
	return top;
}

static void expect(uint8_t vector, uint64_t top)
{
	EXPECT(deliver_count, 1);
	EXPECT(deliver_rsp, top - 40);
	trap_set_gate(vector, NULL, 0);
}

static void software(void)
{
	uint64_t top = prepare(VECTOR, deliver_entry);

	__asm__ volatile("int %0" : : "i"(VECTOR) : "memory");
	expect(VECTOR, top);
}

static void interrupt(void)
{
	uint64_t top = prepare(VECTOR, deliver_entry);

	apic_send(0, APIC_FIXED | APIC_SELF | VECTOR);
	EXPECT(WAIT_UNTIL(deliver_count, PATIENCE), true);
	apic_eoi();
	expect(VECTOR, top);
}

/* UD2: the handler goes on behind it. */
static void exception(void)
{
	uint64_t top = prepare(VECTOR_UD, deliver_fault), at;

	__asm__ volatile("lea 1f(%%rip), %0; 1: ud2" : "=r"(at) : : "memory");
	EXPECT(deliver_rip, at);
	expect(VECTOR_UD, top);
}

static void breakpoint(void)
{
	uint64_t top = prepare(VECTOR_BP, deliver_entry), at;

	__asm__ volatile("lea 1f(%%rip), %0; int3; 1:" : "=r"(at) : :
		"memory");
	EXPECT(deliver_rip, at);
	expect(VECTOR_BP, top);
}

static void nmi(void)
{
	uint64_t top = prepare(VECTOR_NMI, deliver_entry);

	apic_send(cpu_self()->apic_id, APIC_NMI);
	EXPECT(WAIT_UNTIL(deliver_count, PATIENCE), true);
	expect(VECTOR_NMI, top);
}

const struct test deliver_tests[] = {
	{"deliver: a software interrupt that exits", software},
	{"deliver: an interrupt that exits", interrupt},
	{"deliver: an exception that exits", exception},
	{"deliver: a breakpoint that exits", breakpoint},
	{"deliver: an NMI that exits", nmi},
	{0},
};
