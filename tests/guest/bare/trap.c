/* A guest of our own: its descriptor tables, and what traps do. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "bare.h"

volatile uint32_t trap_vector, trap_code, trap_resume;
volatile uint32_t trap_counts[256];
uint64_t trap_gdt[16], trap_idt[256];

#define VECTOR_NMI	2
#define APIC_BASE	0x1bu
#define X2APIC		0x400u
#define X2APIC_EOI	0x80bu

extern char trap_stubs[];

/* What trap_common has on the stack. */
struct trap_frame {
	uint32_t ds, edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t vector, code, eip, cs, eflags;
};

static void end_8259(uint32_t vector)
{
	if (vector >= 40)
		outb(0xa0, 0x20);
	outb(0x20, 0x20);
}

/* Above 32 are interrupts: of the 8259A (32 to 47) or the APIC (48 on). */
static void interrupt(uint32_t vector)
{
	volatile uint32_t *eoi = (volatile uint32_t *)0xfee000b0;

	trap_counts[vector]++;
	if (vector >= 48 && rdmsr(APIC_BASE) & X2APIC)
		wrmsr(X2APIC_EOI, 0);
	else if (vector >= 48)
		*eoi = 0;
	else
		end_8259(vector);
}

void trap(struct trap_frame *frame);
void trap(struct trap_frame *frame)
{
	if (frame->vector >= 32) {
		interrupt(frame->vector);
		return;
	}
	if (frame->vector == VECTOR_NMI) {
		trap_counts[VECTOR_NMI]++;
		return;
	}
	trap_vector = frame->vector;
	trap_code = frame->code;
	if (!trap_resume)
		fail(__FILE__, __LINE__, "an exception that nobody expects");
	frame->eip = trap_resume;
	trap_resume = 0;
	/* A data segment that was at fault is usable again. */
	frame->ds = TRAP_DATA;
}

static void load(const char *which, const void *base, uint16_t limit)
{
	struct { uint16_t limit; uint32_t base; } __attribute__((packed))
		table = { limit, (uint32_t)base };

	if (*which == 'g')
		__asm__ volatile("lgdt %0" : : "m" (table));
	else
		__asm__ volatile("lidt %0" : : "m" (table));
}

void trap_init(void)
{
	uint32_t address, i;

	trap_gdt[TRAP_CODE / 8] = 0x00cf9b000000ffffull;
	trap_gdt[TRAP_DATA / 8] = 0x00cf93000000ffffull;
	for (i = 0; i < 256; i++) {
		address = (uint32_t)trap_stubs + i * 16;
		trap_idt[i] = (uint64_t)(address >> 16) << 48 | 0x8e00ull << 32 |
			TRAP_CODE << 16 | (address & 0xffff);
	}
	load("gdt", trap_gdt, sizeof(trap_gdt) - 1);
	load("idt", trap_idt, sizeof(trap_idt) - 1);
	__asm__ volatile("ljmp %0, $1f\n1: mov %1, %%ds\nmov %1, %%es\n"
		"mov %1, %%ss\nmov %1, %%fs\nmov %1, %%gs"
		: : "i" (TRAP_CODE), "r" (TRAP_DATA) : "memory");
}
