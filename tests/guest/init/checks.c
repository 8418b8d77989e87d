/* What the guest looks at: time and the processor's registers. */
/* SPDX-License-Identifier: MIT */
#include "checks.h"

#include "call.h"
#include "say.h"

#define ASLEEP		500	/* ms */
#define LATE		1000	/* ms: on an emulated, busy machine */

/* How long it was by the guest's own clock. */
void check_sleep(void)
{
	unsigned long before = call_time(), took;

	call_sleep(ASLEEP);
	took = call_time() - before;
	check(took >= ASLEEP && took <= ASLEEP + LATE,
		"a sleep of 500 ms lasted (ms)", number(took));
}

static uint64_t tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a" (low), "=d" (high));
	return (uint64_t)high << 32 | low;
}

/* Half a second with exits in between. */
void check_clock(void)
{
	unsigned long end = call_time() + 500, reads = 0, back = 0;
	uint64_t last = tsc(), now;
	unsigned int i;

	while (call_time() < end)
		for (i = 0; i < 1000; i++, reads++, last = now) {
			now = tsc();
			back += now < last;
		}
	check(!back && reads > 1000, "the TSC went back (times)",
		number(back));
}

static void cpuid(uint32_t leaf, uint32_t *ecx)
{
	uint32_t eax = leaf, ebx, edx;

	*ecx = 0;
	__asm__ volatile("cpuid" : "+a" (eax), "=b" (ebx), "+c" (*ecx),
		"=d" (edx));
}

#define FEATURE_XSAVE_ON	(1u << 27)
#define FEATURE_AVX		(1u << 28)

/* The compiler uses none of these registers (-mgeneral-regs-only). The loop is
 * long enough for the host to take the processor away. */
#define WAIT_A_LITTLE "mov $200000, %%ecx\n1: dec %%ecx\njnz 1b\n"

static void through_sse(const uint8_t *in, uint8_t *out)
{
	__asm__ volatile(
		"movdqu (%0), %%xmm0\nmovdqu 16(%0), %%xmm1\n"
		"movdqu 32(%0), %%xmm6\nmovdqu 48(%0), %%xmm7\n"
		WAIT_A_LITTLE
		"movdqu %%xmm0, (%1)\nmovdqu %%xmm1, 16(%1)\n"
		"movdqu %%xmm6, 32(%1)\nmovdqu %%xmm7, 48(%1)\n"
		: : "r" (in), "r" (out) : "ecx", "memory");
}

static void through_avx(const uint8_t *in, uint8_t *out)
{
	__asm__ volatile(
		"vmovdqu (%0), %%ymm0\nvmovdqu 32(%0), %%ymm7\n"
		WAIT_A_LITTLE
		"vmovdqu %%ymm0, (%1)\nvmovdqu %%ymm7, 32(%1)\n"
		: : "r" (in), "r" (out) : "ecx", "memory");
}

static bool kept(bool wide, unsigned int round)
{
	uint8_t in[64], out[64];
	unsigned int i;

	for (i = 0; i < sizeof(in); i++) {
		in[i] = i * 37 + round * 101 + 1;
		out[i] = 0;
	}
	(wide ? through_avx : through_sse)(in, out);
	for (i = 0; i < sizeof(in); i++)
		if (in[i] != out[i])
			return false;
	return true;
}

void check_registers(void)
{
	unsigned long end = call_time() + 1000, lost = 0;
	unsigned int round;
	uint32_t ecx;
	bool wide;

	cpuid(1, &ecx);
	wide = (ecx & (FEATURE_XSAVE_ON | FEATURE_AVX)) ==
		(FEATURE_XSAVE_ON | FEATURE_AVX);
	for (round = 0; call_time() < end; round++)
		lost += !kept(wide, round);
	check(!lost && round, wide ? "AVX registers lost (times)" :
		"SSE registers lost (times)", number(lost));
}
