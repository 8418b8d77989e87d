/* Exceptions and NMIs in the hypervisor itself. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "../core/cpu.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/page.h"
#include "../core/panic.h"
#include "../core/vp.h"
#include "../lib/asm.h"
#include "../lib/format.h"
#include "../lib/string.h"
#include "layout.h"
#include "machine_check.h"
#include "offsets.h"

static_assert(offsetof(struct cpu, nmis) == CPU_NMIS, "offsets.h");
static_assert(offsetof(struct cpu, drops) == CPU_DROPS, "offsets.h");

#define VECTORS		256
#define EXCEPTIONS	32
#define NMI		2
/* So long after a kick that was sent again an NMI may be the other one. */
#define KICK_DOUBT	10000000	/* 1 s */
#define DOUBLE_FAULT	8
#define MACHINE_CHECK	18
#define SECURITY	30
#define ENTRY_SIZE	16	/* trap_entry.S aligns to it */
#define INTERRUPT_GATE	0x8e00u
#define TASK_AVAILABLE	(0x89ull << 40)

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

/* APM v2 12.2.5 */
struct task {
	uint32_t reserved;
	uint64_t rsp[3];
	uint64_t reserved2;
	uint64_t stack[7];	/* of gates that ask for one, from 1 */
	uint64_t reserved3;
	uint16_t reserved4, map;
} __attribute__((packed));
static_assert(sizeof(struct task) == 104, "APM v2 12.2.5");

/* A processor's, one page. */
struct descriptors {
	uint64_t gdt[6];
	struct task task;
};

/* Stacks of their own, as struct cpu's block has them. */
enum { STACK_NMI, STACK_DOUBLE_FAULT, STACK_MACHINE_CHECK, STACKS };
static_assert(STACKS == CPU_GUARDS - 1, "core/cpu.h");

extern char trap_exceptions[], trap_nmi[], trap_drop_x2[], trap_drop_x1[];
extern char trap_rdmsr_at[], trap_wrmsr_at[], trap_msr_failed[];
extern const uint64_t gdt[4];
bool trap_try_rdmsr(uint32_t msr, uint64_t *value);
bool trap_try_wrmsr(uint32_t msr, uint64_t value);
void trap_exception(struct trap_frame *frame);

uint64_t trap_sleep_from SEALED, trap_sleep_to SEALED;

static struct gate gates[VECTORS] SEALED;

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
	gates[NMI].type |= STACK_NMI + 1;
	gates[DOUBLE_FAULT].type |= STACK_DOUBLE_FAULT + 1;
	gates[MACHINE_CHECK].type |= STACK_MACHINE_CHECK + 1;
	for (; i < VECTORS; i++)
		set_gate(i, machine.x2apic ? trap_drop_x2 : trap_drop_x1);
}

static void fill_descriptors(struct cpu *cpu, struct descriptors *own)
{
	uint64_t base = (uint64_t)&own->task;
	unsigned int i;

	memcpy(own->gdt, gdt, sizeof(gdt));
	own->gdt[SELECTOR_TASK / 8] = (sizeof(own->task) - 1) |
		TASK_AVAILABLE | (base & 0xffffff) << 16 |
		(base >> 24 & 0xff) << 56;
	own->gdt[SELECTOR_TASK / 8 + 1] = base >> 32;
	own->task.map = sizeof(own->task);
	for (i = 0; i < STACKS; i++)
		own->task.stack[i] = (uint64_t)cpu + cpu_stack_end(i);
}

void trap_init(void)
{
	struct cpu *cpu = cpu_self();
	struct descriptors *own = page_take();
	struct pointer idt = {sizeof(gates) - 1, (uint64_t)gates};
	struct pointer table = {sizeof(own->gdt) - 1, (uint64_t)own->gdt};

	ASSERT(own);
	cpu->descriptors = own;
	fill_descriptors(cpu, own);
	/* The first processor fills it, before there are others. */
	if (!cpu->index)
		fill_gates();
	__asm__ volatile("lgdt %0; lidt %1; ltr %w2" : : "m"(table), "m"(idt),
		"r"(SELECTOR_TASK));
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
	/* An INIT of the machine's: error code 1. APM v2 8.2.25 */
	if (frame->vector == SECURITY && frame->code == 1) {
		cpu_self()->inits++;
		return;
	}
	log_quiet(false);
	if (frame->vector == MACHINE_CHECK) {
		machine_check_log();
		panic_at(frame->rip, (const uint64_t *)frame->rbp,
			"a machine check while the hypervisor ran");
	}
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

/* The second of two kicks, the first of which was late. */
static bool was_kicked_again(const struct cpu *cpu)
{
	uint64_t when = __atomic_load_n(&cpu->kicked_again, __ATOMIC_SEQ_CST);

	return when && machine_time() < when + KICK_DOUBT;
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
	return __atomic_exchange_n(&cpu->kicked, 0, __ATOMIC_SEQ_CST) ||
		was_kicked_again(cpu);
}

bool trap_take_nmi(void)
{
	vp_ops->let_in(false);
	return was_kicked(cpu_self());
}

bool trap_take_init(void)
{
	struct cpu *cpu = cpu_self();
	uint64_t before = *(volatile const uint64_t *)&cpu->inits;

	vp_ops->let_in(false);
	was_kicked(cpu);
	return *(volatile const uint64_t *)&cpu->inits != before;
}

void trap_drop_interrupts(void)
{
	const struct cpu *cpu = cpu_self();
	unsigned int rounds;
	uint64_t before;

	/* Each vector can wait once; what comes more often has no end. */
	for (rounds = 0; rounds < VECTORS; rounds++) {
		before = *(volatile const uint64_t *)&cpu->drops;
		vp_ops->let_in(true);
		if (*(volatile const uint64_t *)&cpu->drops == before)
			break;
	}
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
