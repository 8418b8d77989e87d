/* A tiny guest: paging with two levels and with three. */
/* SPDX-License-Identifier: MIT */
#include "tiny.h"

#define VECTOR_PF	14
#define PRESENT		0x1u
#define WRITABLE	0x2u
#define ACCESSED	0x20u
#define DIRTY		0x40u
#define LARGE		0x80u
#define WINDOW		0x40000000u	/* where nothing else is */

static uint32_t directory[1024] __attribute__((aligned(4096)));
static uint32_t table[1024] __attribute__((aligned(4096)));
static uint64_t pointers[4] __attribute__((aligned(4096)));
static uint64_t directory3[2][512] __attribute__((aligned(4096)));
static uint64_t table3[512] __attribute__((aligned(4096)));
static volatile uint32_t page[1024] __attribute__((aligned(4096)));

static uint32_t cr2(void)
{
	uint32_t value;

	__asm__ volatile("mov %%cr2, %0" : "=r" (value));
	return value;
}

/* CR0.PG and WP off, then with this CR4 and CR3 on again; 0: off. */
static void paging(uint32_t cr3, uint32_t cr4)
{
	uint32_t cr0;

	__asm__ volatile("mov %%cr0, %0" : "=r" (cr0));
	cr0 &= ~0x80010000u;
	__asm__ volatile("mov %0, %%cr0" : : "r" (cr0) : "memory");
	__asm__ volatile("mov %0, %%cr4\nmov %1, %%cr3" : : "r" (cr4),
		"r" (cr3) : "memory");
	if (cr3)
		cr0 |= 0x80010000u;
	__asm__ volatile("mov %0, %%cr0" : : "r" (cr0) : "memory");
}

static void flush(void)
{
	__asm__ volatile("mov %%cr3, %%eax\nmov %%eax, %%cr3"
		: : : "eax", "memory");
}

/* What is the same in both: a page in the window, then read-only, then gone. */
static void use_window(volatile uint32_t *flags)
{
	volatile uint32_t *window = (volatile uint32_t *)WINDOW;

	page[7] = 1234;
	CHECK(window[7] == 1234);
	CHECK(*flags & ACCESSED && !(*flags & DIRTY));
	window[7] = 4321;
	CHECK(page[7] == 4321);
	CHECK(*flags & DIRTY);
	*flags &= ~WRITABLE;
	flush();
	CHECK(TRY("movl $1, %0", "m" (window[7])) == VECTOR_PF);
	CHECK(trap_code == 3 && cr2() == WINDOW + 28);
	*flags &= ~PRESENT;
	flush();
	CHECK(TRY("movl %0, %%eax", "m" (window[8])) == VECTOR_PF);
	CHECK(trap_code == 0 && cr2() == WINDOW + 32);
	CHECK(page[7] == 4321);
}

void test_paging(void)
{
	uint32_t i;

	for (i = 0; i < 4; i++)
		directory[i] = i << 22 | PRESENT | WRITABLE | LARGE;
	directory[WINDOW >> 22] = (uint32_t)table | PRESENT | WRITABLE;
	table[0] = (uint32_t)page | PRESENT | WRITABLE;
	paging((uint32_t)directory, 0x10);
	use_window(&table[0]);
	for (i = 0; i < 8; i++)
		directory3[0][i] = i << 21 | PRESENT | WRITABLE | LARGE;
	pointers[0] = (uint32_t)directory3[0] | PRESENT;
	pointers[1] = (uint32_t)directory3[1] | PRESENT;
	directory3[1][0] = (uint32_t)table3 | PRESENT | WRITABLE;
	table3[0] = (uint32_t)page | PRESENT | WRITABLE;
	paging((uint32_t)pointers, 0x20);
	use_window((uint32_t *)&table3[0]);
	paging(0, 0);
}
