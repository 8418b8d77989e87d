/* Runs a piece of code and says how it ended. */
/* SPDX-License-Identifier: MIT */
#include "run.h"

#include "../../../hypervisor/lib/string.h"
#include "cpu.h"
#include "trap.h"

#define INTERRUPT_FLAG	0x200ull

void run_enter(struct run *run, struct cpu *cpu);

/* Two pages, so that code can cross from one into the other. */
static uint8_t pages[0x2000] __attribute__((aligned(4096)));

static uint64_t read_flags(void)
{
	uint64_t flags;

	__asm__ volatile("pushf; pop %0" : "=r"(flags));
	return flags;
}

void run_code(struct run *run, const void *code, uint64_t selector)
{
	struct cpu *cpu = cpu_self();
	uint64_t flags = read_flags() & (INTERRUPT_FLAG | 2);

	run->gpr[RUN_RSP] = (uint64_t)cpu + CPU_SCRATCH;
	run->rip = (uint64_t)code;
	run->cs = selector;
	run->ss = selector == USER_CODE ? USER_DATA : DATA;
	run->rflags = (run->rflags & ~INTERRUPT_FLAG) | flags;
	cpu->run = run;
	run_enter(run, cpu);
	if (flags & INTERRUPT_FLAG)
		interrupts_on();
}

void run_bytes(struct run *run, const void *code, size_t size,
	uint64_t selector, unsigned int offset)
{
	memset(pages, RUN_END, sizeof(pages));
	memcpy(pages + offset, code, size);
	run_code(run, pages + offset, selector);
	run->rip -= (uint64_t)pages + offset;
	/* It is reported behind the breakpoint. */
	if (run->vector == VECTOR_BP)
		run->rip--;
}

unsigned int run_rdmsr(uint32_t msr, uint64_t *value)
{
	static const uint8_t code[] = {0x0f, 0x32, RUN_END};
	struct run run = {.gpr[RUN_RCX] = msr};

	run_code(&run, code, CODE64);
	if (run.vector != VECTOR_BP)
		return (unsigned int)run.vector;
	*value = run.gpr[RUN_RDX] << 32 | (uint32_t)run.gpr[RUN_RAX];
	return 0;
}

unsigned int run_wrmsr(uint32_t msr, uint64_t value)
{
	static const uint8_t code[] = {0x0f, 0x30, RUN_END};
	struct run run = {.gpr[RUN_RCX] = msr, .gpr[RUN_RAX] = (uint32_t)value,
		.gpr[RUN_RDX] = value >> 32};

	run_code(&run, code, CODE64);
	return run.vector == VECTOR_BP ? 0 : (unsigned int)run.vector;
}
