/* All processors. */
/* SPDX-License-Identifier: MIT */
#include "smp.h"

#include "../core/cpu.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/page.h"
#include "../core/panic.h"
#include "../core/vp.h"
#include "../lib/asm.h"
#include "../lib/string.h"
#include "acpi.h"
#include "apic.h"
#include "clock.h"
#include "features.h"
#include "fpu.h"
#include "microcode.h"
#include "mtrr.h"
#include "paging.h"
#include "speculation.h"
#include "trap.h"

#define START_TRIES	2
#define START_MS	200

struct cpu **cpus;

extern char trampoline_start[], trampoline_end[];
extern char boot_block[];
extern uint64_t trampoline_cr3, trampoline_stack;

static unsigned int room;
static const char *volatile refusal;	/* of a processor that lacks something */
static volatile bool released;

static void count(uint32_t id)
{
	(void)id;
	room++;
}

static void unmap_guards(struct cpu *cpu)
{
	unsigned int i;

	for (i = 0; i < CPU_GUARDS; i++)
		paging_unmap((uint64_t)cpu + cpu_guard(i));
}

static void add(uint32_t id)
{
	struct cpu *cpu;
	unsigned int i;

	/* Firmware lists some processors as APIC and as x2APIC. */
	for (i = 0; i < machine.cpu_count; i++) {
		if (cpus[i]->apic_id == id)
			return;
	}
	if (!machine.x2apic && id > 0xfe)
		return;
	cpu = page_take_aligned(CPU_BLOCK);
	unmap_guards(cpu);
	cpu->index = machine.cpu_count;
	cpu->sleeper_lock.rank = LOCK_SLEEPERS;
	cpu->apic_id = id;
	stats_init(&cpu->stats);
	fpu_make(cpu);
	cpus[machine.cpu_count++] = cpu;
}

void smp_count(void)
{
	struct cpu *self = cpu_self();
	size_t size = 4096;

	acpi_processors(count);
	while (size < (room + 1) * sizeof(*cpus))
		size *= 2;
	cpus = page_take_aligned(size);
	self->apic_id = apic_id();
	self->sleeper_lock.rank = LOCK_SLEEPERS;
	stats_init(&self->stats);
	fpu_make(self);
	self->online = true;
	cpus[0] = self;
	machine.cpu_count = 1;
	unmap_guards(self);
	acpi_processors(add);
}

static bool start_one(struct cpu *cpu, unsigned long page)
{
	unsigned int tries, ms;

	trampoline_cr3 = paging_root();
	trampoline_stack = (uint64_t)cpu + CPU_BLOCK;
	for (tries = 0; tries < START_TRIES; tries++) {
		apic_start_up(cpu->apic_id, (uint8_t)(page >> 12));
		for (ms = 0; ms < START_MS * 5; ms++) {
			clock_wait_us(200);
			if (__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE))
				return true;
		}
	}
	return false;
}

const char *smp_start(unsigned long page)
{
	unsigned int i;

	if (machine.cpu_count == 1)
		return NULL;
	memcpy((void *)page, trampoline_start,
		(size_t)(trampoline_end - trampoline_start));
	apic_init_others();
	clock_wait_us(10000);
	for (i = 1; i < machine.cpu_count; i++) {
		if (!start_one(cpus[i], page)) {
			log_line("Processor with APIC id %u does not start.",
				cpus[i]->apic_id);
			return "A processor that the firmware lists does not start: switch it off in the firmware's set-up.";
		}
		if (refusal)
			return refusal;
	}
	return NULL;
}

void smp_withdraw(void)
{
	if (machine.cpu_count > 1)
		apic_init_others();
}

void smp_release(void)
{
	__atomic_store_n(&released, true, __ATOMIC_RELEASE);
}

/* Where trampoline_64 ends up, on the processor's own stack. */
_Noreturn void smp_main(void);
_Noreturn void smp_main(void)
{
	struct cpu *cpu = cpu_self();

	trap_init();
	apic_enable();
	mtrr_load();
	microcode_load();
	speculation_enable();
	features_enable();
	refusal = vp_ops->missing();
	if (!refusal)
		vp_ops->cpu_start(cpu);
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&released, __ATOMIC_ACQUIRE))
		pause();
	paging_load();
	features_seal();
	vp_ops->hold();
	machine_apic_reset();
	vp_loop(cpu->vp);
}
