/* The local APIC of this processor. SDM v3 chapter 11, APM v2 chapter 16. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <stdbool.h>
#include <stdint.h>

/* Offsets of registers in the page; x2APIC's MSR is 0x800 + offset / 16. */
#define APIC_ID			0x020
#define APIC_VERSION		0x030
#define APIC_TPR		0x080
#define APIC_EOI		0x0b0
#define APIC_LDR		0x0d0
#define APIC_DFR		0x0e0
#define APIC_SVR		0x0f0
#define APIC_ISR		0x100
#define APIC_IRR		0x200
#define APIC_ESR		0x280
#define APIC_LVT_CMCI		0x2f0
#define APIC_ICR_LOW		0x300
#define APIC_ICR_HIGH		0x310
#define APIC_LVT_TIMER		0x320
#define APIC_LVT_THERMAL	0x330
#define APIC_LVT_PERF		0x340
#define APIC_LVT_LINT0		0x350
#define APIC_LVT_LINT1		0x360
#define APIC_LVT_ERROR		0x370
#define APIC_LVT_MORE		0x500	/* AMD's, four. APM v2 16.3.7 */
#define APIC_LVT_MORE_LAST	0x530
#define APIC_TIMER_INITIAL	0x380
#define APIC_TIMER_CURRENT	0x390
#define APIC_TIMER_DIVIDE	0x3e0

#define APIC_BASE		0xfee00000ull	/* we keep it where it starts */
#define MSR_APIC_BASE		0x1b
#define MSR_X2APIC		0x800
#define APIC_BASE_ENABLE	(1ull << 11)
#define APIC_BASE_X2		(1ull << 10)
#define APIC_HAS_MORE		(1u << 31)	/* in the version */
#define LVT_MASKED		0x10000u
#define LVT_MODE		0x700u		/* as an ICR's */
#define LVT_FIXED		0x000u
#define LVT_NMI			0x400u
#define LVT_EXTERNAL		0x700u

/* Turns it on, as x2APIC when machine.x2apic. */
void apic_enable(void);

/* Without it there is no hypervisor: false when the processor has none. */
bool apic_present(void);
bool apic_has_x2(void);

uint32_t apic_read(uint32_t reg);
void apic_write(uint32_t reg, uint32_t value);
uint32_t apic_id(void);

/* INIT to all others; start-up at page << 12 to one. Start-up of ours only. */
void apic_init_others(void);
void apic_start_up(uint32_t id, uint8_t page);

/* Turns the timer into a counter that runs down, and off. */
void apic_timer_free_run(void);
void apic_timer_stop(void);

/* Writes SVR for the parent; the timer, which it may mask, is armed again. */
void apic_write_svr(uint32_t value);
uint32_t apic_timer_count(void);

/* A physical NMI to one processor. */
void apic_nmi(uint32_t id);

#endif
