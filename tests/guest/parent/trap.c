/* Exceptions, interrupts and NMIs. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "apic.h"
#include "clock.h"
#include "cpu.h"
#include "report.h"
#include "run.h"

#define ENTRY_SIZE	16
#define GATE		0x8e00u
#define GATE_USER	0xee00u

struct gate {
	uint16_t offset_low, selector, type, offset_middle;
	uint32_t offset_high, reserved;
};

struct pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* As entry.S pushes it; gpr[] as in struct run. */
struct frame {
	uint64_t gpr[16];
	uint64_t vector, code, rip, cs, rflags, rsp, ss;
};

extern char trap_entries[], run_leave[], run_iret[];
void trap_handle(struct frame *frame);

static struct gate gates[256];

void trap_set_gate(uint8_t vector, const char *entry, unsigned int stack)
{
	uint64_t at = entry ? (uint64_t)entry :
		(uint64_t)trap_entries + vector * ENTRY_SIZE;
	unsigned int type = vector == VECTOR_BP ? GATE_USER : GATE;

	gates[vector] = (struct gate){(uint16_t)at, CODE64,
		(uint16_t)(type | stack), (uint16_t)(at >> 16),
		(uint32_t)(at >> 32), 0};
}

void trap_init(void)
{
	struct pointer idt = {sizeof(gates) - 1, (uint64_t)gates};
	unsigned int i;

	for (i = 0; i < 256 && !cpu_self()->index; i++)
		trap_set_gate((uint8_t)i, NULL, 0);
	memset(&gates[VECTOR_RESERVED], 0, sizeof(*gates));
	__asm__ volatile("lidt %0" : : "m"(idt));
}

void trap_spoil_gate(uint8_t vector, bool spoil)
{
	gates[vector].type = spoil ? 0 : GATE;
}

void trap_use_stack(uint8_t vector, unsigned int stack)
{
	gates[vector].type = (uint16_t)(GATE | stack);
}

uint64_t trap_count(uint8_t vector)
{
	return cpu_self()->count[vector];
}

uint64_t trap_came(uint8_t vector)
{
	return cpu_self()->came[vector];
}

static void handle_nmi(struct cpu *cpu)
{
	if (cpu->in_nmi)
		cpu->is_nested = true;
	cpu->in_nmi = true;
	if (cpu->nmi)
		cpu->nmi();
	cpu->in_nmi = false;
}

/* The code under test has ended: on to who called run_enter(). */
static void leave(struct cpu *cpu, struct frame *frame)
{
	struct run *run = cpu->run;

	memcpy(run->gpr, frame->gpr, sizeof(run->gpr));
	run->gpr[RUN_RSP] = frame->rsp;
	run->rip = frame->rip;
	run->cs = frame->cs;
	run->rflags = frame->rflags;
	run->ss = frame->ss;
	run->vector = frame->vector;
	run->error = frame->code;
	run->cr2 = read_cr2();
	cpu->run = NULL;
	frame->rip = (uint64_t)run_leave;
	frame->cs = CODE64;
	frame->ss = DATA;
	frame->rsp = cpu->run_rsp;
	frame->rflags = 2;
}

void trap_handle(struct frame *frame)
{
	struct cpu *cpu = cpu_self();

	if (frame->vector >= 32 || frame->vector == VECTOR_NMI) {
		cpu->came[frame->vector] = clock_now();
		cpu->count[frame->vector]++;
		if (frame->vector == VECTOR_NMI)
			handle_nmi(cpu);
		else if (frame->vector != VECTOR_SPURIOUS)
			apic_eoi();
		return;
	}
	if (!cpu->run)
		report_stop("exception %lu, error %lx, at %lx, cr2 %lx",
			frame->vector, frame->code, frame->rip, read_cr2());
	leave(cpu, frame);
}
