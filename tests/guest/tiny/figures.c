/* What an exit to the worker process costs: by TSC, which is the count of
 * instructions where the machine below is QEMU with -icount shift=0. */
/* SPDX-License-Identifier: MIT */
#include "tiny.h"

#define ROUNDS		64
#define RTC_INDEX	0x70	/* a device's port */
#define NOBODY		0xe0	/* nobody's */
#define IOAPIC		0xfec00000

static uint32_t now(void)
{
	uint32_t low;

	__asm__ volatile("rdtsc" : "=a" (low) : : "edx", "memory");
	return low;
}

static void nothing(void)
{
}

static void device_port(void)
{
	outb(RTC_INDEX, 0x0d);
}

static void no_port(void)
{
	outb(NOBODY, 0);
}

static void device_memory(void)
{
	__asm__ volatile("movl %0, (%1)" : : "r" (0), "r" (IOAPIC) : "memory");
}

/* The smallest and the largest of the second half: the first fills caches. */
static uint32_t figure(const char *name, void (*work)(void), uint32_t less)
{
	uint32_t least = ~0u, most = 0, i;

	for (i = 0; i < ROUNDS; i++) {
		uint32_t took = now();

		work();
		took = now() - took - less;
		if (i < ROUNDS / 2)
			continue;
		least = took < least ? took : least;
		most = took > most ? took : most;
	}
	say("figure: ");
	say(name);
	say(": ");
	say_number(least);
	say(" to ");
	say_number(most);
	say("\n");
	return least;
}

void tell_figures(void)
{
	uint32_t less = figure("nothing", nothing, 0);

	figure("intercept to the worker, port of a device", device_port, less);
	figure("intercept to the worker, port of nobody", no_port, less);
	figure("intercept to the worker, memory of a device", device_memory,
		less);
}

/* The TSC at the first instruction: what a kernel's start is compared with. */
void tell_start(void)
{
	say("figure: start: ");
	say_number((uint32_t)(tiny_start >> 10));
	say(" * 1024\n");
}
