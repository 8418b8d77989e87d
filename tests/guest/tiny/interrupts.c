/* A tiny guest: the 8254 with the 8259A pair, and the local APIC. */
/* SPDX-License-Identifier: MIT */
#include "tiny.h"

#define APIC_BASE	0x1bu
#define APIC		((volatile uint32_t *)0xfee00000)
#define VERSION		(0x30 / 4)
#define TPR		(0x80 / 4)
#define SPURIOUS	(0xf0 / 4)
#define ICR		(0x300 / 4)
#define TIMER		(0x320 / 4)
#define LINT0		(0x350 / 4)
#define INITIAL		(0x380 / 4)
#define CURRENT		(0x390 / 4)
#define DIVIDE		(0x3e0 / 4)
#define SELF		0x40000u
#define EXTINT		0x700u

/* Sleeps until the vector has come that often. */
static void wait_for(uint32_t vector, uint32_t count)
{
	while (trap_counts[vector] < count)
		__asm__ volatile("sti\nhlt\ncli" : : : "memory");
}

/* Vectors from 32 on, only line 0 open. */
static void init_pic(uint8_t mask)
{
	outb(0x20, 0x11);
	outb(0x21, 32);
	outb(0x21, 4);
	outb(0x21, 1);
	outb(0xa0, 0x11);
	outb(0xa1, 40);
	outb(0xa1, 2);
	outb(0xa1, 1);
	outb(0x21, mask);
	outb(0xa1, 0xff);
}

/* Ten periods of 10 ms, as the other channel counts them: about 100 ms. */
void test_pit(void)
{
	uint32_t divider = 11932;

	APIC[SPURIOUS] = 0x1ff;
	APIC[LINT0] = EXTINT;
	init_pic(0xfe);
	outb(0x43, 0x34);
	outb(0x40, divider & 0xff);
	outb(0x40, divider >> 8);
	wait_for(32, 10);
	outb(0x21, 0xff);
	CHECK(trap_counts[32] >= 10);
}

void test_apic(void)
{
	CHECK(rdmsr(APIC_BASE) == 0xfee00900);
	CHECK((APIC[VERSION] & 0xff) >= 0x10);
	APIC[SPURIOUS] = 0x1ff;
	/* To itself; then held back by the task's priority. */
	APIC[ICR] = SELF | 50;
	wait_for(50, 1);
	APIC[TPR] = 0x40;
	APIC[ICR] = SELF | 50;
	__asm__ volatile("sti\nnop\ncli" : : : "memory");
	CHECK(trap_counts[50] == 1);
	APIC[TPR] = 0;
	wait_for(50, 2);
	/* Once, then again and again. */
	APIC[DIVIDE] = 0xb;
	APIC[TIMER] = 51;
	APIC[INITIAL] = 100000;
	wait_for(51, 1);
	CHECK(APIC[CURRENT] == 0);
	APIC[TIMER] = 0x20000 | 52;
	APIC[INITIAL] = 100000;
	wait_for(52, 5);
	APIC[INITIAL] = 0;
	CHECK(trap_counts[51] == 1);
}
