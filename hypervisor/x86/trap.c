/* Exceptions and NMIs in the hypervisor itself. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "../core/cpu.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/panic.h"
#include "../core/vp.h"
#include "../lib/asm.h"
#include "../lib/format.h"
#include "layout.h"
#include "offsets.h"

static_assert(offsetof(struct cpu, nmis) == CPU_NMIS, "offsets.h");

#define VECTORS		256
#define EXCEPTIONS	32
#define NMI		2
#define ENTRY_SIZE	16	/* trap_entry.S aligns to it */
#define INTERRUPT_GATE	0x8e00u

struct gate {
	uint16_t offset_low, selector, type, offset_middle;
	uint32_t offset_high, reserved;
};
static_assert(sizeof(struct gate) == 16, "APM v2 4.8.4");

struct pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* As trap_entry.S pushes them. */
struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx,
		rdx, rcx, rax, vector, code, rip, cs, rflags, rsp, ss;
};

extern char trap_exceptions[], trap_nmi[], trap_drop_x2[], trap_drop_x1[];
extern char trap_rdmsr_at[], trap_wrmsr_at[], trap_msr_failed[];
extern const struct pointer gdt_pointer;
bool trap_try_rdmsr(uint32_t msr, uint64_t *value);
bool trap_try_wrmsr(uint32_t msr, uint64_t value);
void trap_exception(struct trap_frame *frame);

uint64_t trap_sleep_from, trap_sleep_to;

static struct gate gates[VECTORS];

static void set_gate(unsigned int vector, const char *entry)
{
	uint64_t at = (uint64_t)entry;

	gates[vector] = (struct gate){(uint16_t)at, SELECTOR_CODE,
		INTERRUPT_GATE, (uint16_t)(at >> 16), (uint32_t)(at >> 32), 0};
}

static void fill_gates(void)
{
	unsigned int i;

	for (i = 0; i < EXCEPTIONS; i++)
		set_gate(i, trap_exceptions + i * ENTRY_SIZE);
	set_gate(NMI, trap_nmi);
	for (; i < VECTORS; i++)
		set_gate(i, machine.x2apic ? trap_drop_x2 : trap_drop_x1);
}

void trap_init(void)
{
	struct pointer idt = {sizeof(gates) - 1, (uint64_t)gates};

	/* The first processor fills it, before there are others. */
	if (!cpu_self()->index)
		fill_gates();
	__asm__ volatile("lgdt %0; lidt %1" : : "m"(gdt_pointer), "m"(idt));
}

/* An MSR instruction that may fault goes on with its answer. */
static bool mend(struct trap_frame *frame)
{
	if (frame->vector != 13 || (frame->rip != (uint64_t)trap_rdmsr_at &&
			frame->rip != (uint64_t)trap_wrmsr_at))
		return false;
	frame->rip = (uint64_t)trap_msr_failed;
	return true;
}

void trap_exception(struct trap_frame *frame)
{
	static char sentence[96];

	if (mend(frame))
		return;
	log_quiet(false);
	log_line("rax %016lx rbx %016lx rcx %016lx rdx %016lx", frame->rax,
		frame->rbx, frame->rcx, frame->rdx);
	log_line("rsi %016lx rdi %016lx rbp %016lx rsp %016lx", frame->rsi,
		frame->rdi, frame->rbp, frame->rsp);
	log_line("r8  %016lx r9  %016lx r10 %016lx r11 %016lx", frame->r8,
		frame->r9, frame->r10, frame->r11);
	log_line("r12 %016lx r13 %016lx r14 %016lx r15 %016lx", frame->r12,
		frame->r13, frame->r14, frame->r15);
	log_line("rip %016lx rflags %08lx cr2 %016lx cr3 %016lx", frame->rip,
		frame->rflags, read_cr2(), read_cr3());
	format(sentence, sizeof(sentence),
		"exception %lu, error code %lx, at %lx", frame->vector,
		frame->code, frame->rip);
	panic_at(frame->rip, (const uint64_t *)frame->rbp, sentence);
}

/* After every window: did an NMI of ours come in? Requests must be looked at
 * after this, because the next one is sent only when the flag is down. */
static bool was_kicked(struct cpu *cpu)
{
	uint64_t nmis = *(volatile const uint64_t *)&cpu->nmis;

	if (nmis == cpu->nmis_seen)
		return false;
	cpu->nmis_seen = nmis;
	/* Pairs with machine_kick(): what it asks for is stored already. */
	return __atomic_exchange_n(&cpu->kicked, false, __ATOMIC_SEQ_CST);
}

bool trap_take_nmi(void)
{
	vp_ops->let_in(false);
	return was_kicked(cpu_self());
}

void trap_drop_interrupts(void)
{
	vp_ops->let_in(true);
	was_kicked(cpu_self());
}

void machine_wait_kick(void)
{
	vp_ops->wait();
	was_kicked(cpu_self());
}

bool trap_rdmsr(uint32_t msr, uint64_t *value)
{
	return trap_try_rdmsr(msr, value);
}

bool trap_wrmsr(uint32_t msr, uint64_t value)
{
	return trap_try_wrmsr(msr, value);
}
