/* Frequencies. */
/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include "../core/machine.h"
#include "../lib/asm.h"
#include "apic.h"

#include <stdbool.h>

/* ACPI 4.8.3.3; it may be 24 bits wide only. */
#define PM_TIMER_HZ	3579545u
#define PM_TIMER_MASK	0xffffffu
/* 8254 */
#define PIT_HZ		1193182u
#define PIT_CHANNEL2	0x42
#define PIT_CONTROL	0x43
#define PORT_B		0x61

#define MEASURE_MS	40

struct moment {
	uint64_t tsc;
	uint32_t reference, apic;
};

static uint64_t start_tsc;
static uint16_t pm_timer;
static uint32_t pit_total;	/* ticks that channel 2 counts from */

static uint32_t read_reference(void)
{
	uint32_t low;

	if (pm_timer)
		return inl(pm_timer) & PM_TIMER_MASK;
	outb(PIT_CONTROL, 0x80);	/* latch channel 2 */
	low = inb(PIT_CHANNEL2);
	/* It counts down. */
	return pit_total - (low | (uint32_t)inb(PIT_CHANNEL2) << 8);
}

/* All three at once: the attempt that took least wins, for something (an SMI,
 * an emulator's host) may come in between. */
static struct moment now(void)
{
	struct moment best = {0, 0, 0};
	uint64_t least = ~0ull;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		uint64_t before = rdtsc(), after;
		uint32_t reference = read_reference();
		uint32_t apic = apic_timer_count();

		after = rdtsc();
		if (after - before >= least)
			continue;
		least = after - before;
		best = (struct moment){before + least / 2, reference, apic};
	}
	return best;
}

static void start_pit(void)
{
	pit_total = 0xffff;
	outb(PORT_B, (inb(PORT_B) & ~2u) | 1);	/* gate on, speaker off */
	outb(PIT_CONTROL, 0xb0);		/* channel 2, mode 0 */
	outb(PIT_CHANNEL2, 0xff);
	outb(PIT_CHANNEL2, 0xff);
}

static bool pm_timer_runs(uint16_t port)
{
	uint32_t first = inl(port);
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		if (inl(port) != first)
			return true;
	}
	return false;
}

/* 10^7 * 2^64 / hz; the processor divides 128 bits itself. */
static uint64_t scale_of(uint64_t hz)
{
	uint64_t quotient, rest;

	__asm__("divq %2" : "=a"(quotient), "=d"(rest) : "r"(hz), "0"(0ull),
		"1"(10000000ull));
	return quotient;
}

/* Reference time counts from our start. */
static void set_scale(void)
{
	machine.tsc_scale = scale_of(machine.tsc_hz);
	machine.tsc_offset = 0 - (uint64_t)((unsigned __int128)start_tsc *
		machine.tsc_scale >> 64);
}

void clock_early(void)
{
	/* A guess of 2 GHz until it is measured. */
	machine.tsc_hz = 2000000000;
	start_tsc = rdtsc();
	set_scale();
}

void clock_init(uint16_t pm_timer_port)
{
	struct moment start, end;
	uint32_t hz, ticks;

	if (pm_timer_port && pm_timer_runs(pm_timer_port))
		pm_timer = pm_timer_port;
	else
		start_pit();
	hz = pm_timer ? PM_TIMER_HZ : PIT_HZ;
	apic_timer_free_run();
	start = now();
	do {
		ticks = (read_reference() - start.reference) & PM_TIMER_MASK;
	} while (ticks < hz / 1000 * MEASURE_MS);
	end = now();
	ticks = (end.reference - start.reference) & PM_TIMER_MASK;
	machine.tsc_hz = (end.tsc - start.tsc) * hz / ticks;
	machine.apic_hz = (uint64_t)(start.apic - end.apic) * hz / ticks;
	set_scale();
	apic_timer_stop();
}

uint64_t machine_time(void)
{
	return (uint64_t)((unsigned __int128)rdtsc() * machine.tsc_scale >>
		64) + machine.tsc_offset;
}

void clock_wait_us(unsigned int us)
{
	uint64_t end = rdtsc() + machine.tsc_hz / 1000000 * us;

	while (rdtsc() < end)
		pause();
}
