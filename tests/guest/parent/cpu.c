/* Processors of the machine: their blocks, and what runs on the second. */
/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include "../../../hypervisor/abi/cpuid.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "apic.h"
#include "clock.h"
#include "memory.h"
#include "report.h"
#include "trap.h"

static_assert(offsetof(struct cpu, run_rsp) == CPU_RUN_RSP, "layout.h");
static_assert(offsetof(struct cpu, task.rsp) == CPU_RSP0, "layout.h");
static_assert(sizeof(struct cpu) < CPU_SCRATCH - 0x2000, "room for a stack");

#define TASK_TYPE	0x89ull

union cpu_block cpus[CPUS] __attribute__((aligned(CPU_BLOCK)));
unsigned int cpu_count;
uint64_t cpu_start_stack;

struct pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern char trampoline[], trampoline_end[], trampoline_gdt[];
extern char trampoline_cr3[];
extern uint64_t cpu_start_stack;

struct cpu *cpu_self(void)
{
	uint64_t rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return (struct cpu *)((rsp - 1) & ~(CPU_BLOCK - 1ull));
}

static void fill_gdt(struct cpu *cpu)
{
	uint64_t base = (uint64_t)&cpu->task;

	cpu->gdt[CODE64 / 8] = 0x00af9b000000ffff;
	cpu->gdt[DATA / 8] = 0x00cf93000000ffff;
	cpu->gdt[CODE32 / 8] = 0x00cf9b000000ffff;
	cpu->gdt[CODE16 / 8] = 0x008f9b000000ffff;
	cpu->gdt[USER_DATA / 8] = 0x00cff3000000ffff;
	cpu->gdt[USER_CODE / 8] = 0x00affb000000ffff;
	cpu->gdt[TASK / 8] = (sizeof(cpu->task) - 1) | TASK_TYPE << 40 |
		(base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	cpu->gdt[TASK / 8 + 1] = base >> 32;
	cpu->task.map = sizeof(cpu->task);
}

void cpu_init(unsigned int index)
{
	struct cpu *cpu = cpu_at(index);
	struct pointer gdt = {sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt};

	cpu->index = index;
	fill_gdt(cpu);
	__asm__ volatile("lgdt %0; ltr %w1" : : "m"(gdt), "r"(TASK));
	write_cr3(memory_cr3());
	trap_init();
	apic_init();
	cpu->apic_id = apic_id();
}

void cpu_find(void)
{
	unsigned int i;

	cpu_count = cpuid(HV_CPUID_LIMITS, 0).eax;
	if (cpu_count > CPUS)
		report_stop("more than %u processors", CPUS);
	/* As QEMU numbers them. */
	for (i = 1; i < CPUS; i++) {
		cpu_at(i)->index = i;
		cpu_at(i)->apic_id = i;
	}
}

static void fill_trampoline(void)
{
	uint32_t base = (uint32_t)(uint64_t)cpu_at(0)->gdt;
	uint16_t limit = sizeof(cpu_at(0)->gdt) - 1;
	uint32_t cr3 = (uint32_t)memory_cr3();

	memcpy(trampoline_gdt, &limit, 2);
	memcpy(trampoline_gdt + 2, &base, 4);
	memcpy(trampoline_cr3, &cr3, 4);
	memcpy((void *)TRAMPOLINE, trampoline,
		(size_t)(trampoline_end - trampoline));
}

bool cpu_start(void)
{
	return cpu_start_other(1);
}

bool cpu_start_other(unsigned int index)
{
	struct cpu *cpu = cpu_at(index);
	uint64_t starts = cpu->starts;

	fill_trampoline();
	cpu->job = NULL;
	cpu_start_stack = (uint64_t)cpu + CPU_BLOCK;
	apic_send(cpu->apic_id, APIC_INIT);
	apic_send(cpu->apic_id, APIC_START_UP | TRAMPOLINE >> 12);
	return WAIT_UNTIL(cpu->starts != starts, 2000);
}

void cpu_give(unsigned int index, void (*job)(void))
{
	cpu_at(index)->job = job;
	if (index > 1)
		apic_send(cpu_at(index)->apic_id, APIC_FIXED | VECTOR_JOB);
}

bool cpu_done(unsigned int index, unsigned int ms)
{
	return WAIT_UNTIL(!cpu_at(index)->job, ms);
}

bool cpu_do(void (*job)(void))
{
	cpu_give(1, job);
	return cpu_done(1, 5000);
}

/* Processor 1 is often told what leaves it no interrupts, and looks all the
 * time. The others leave the machine to those that have something to do: where
 * there are more of them than the host has, a loop of PAUSE slows all down. */
static void wait_for_job(const struct cpu *cpu)
{
	while (!cpu->job) {
		if (cpu->index == 1) {
			pause();
			continue;
		}
		interrupts_off();
		if (!cpu->job)
			__asm__ volatile("sti; hlt" : : : "memory");
		interrupts_on();
	}
}

_Noreturn void cpu_main(void)
{
	struct cpu *cpu = cpu_self();

	/* What was being done before an INIT is over. */
	cpu->run = NULL;
	cpu->in_nmi = false;
	cpu_init(cpu->index);
	interrupts_on();
	cpu->starts++;
	for (;;) {
		wait_for_job(cpu);
		cpu->job();
		cpu->job = NULL;
	}
}
