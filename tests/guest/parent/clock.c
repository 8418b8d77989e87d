/* Reference time, in units of 100 ns. */
/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include "../../../hypervisor/abi/msr.h"

static const volatile uint64_t *page;

void clock_init(void)
{
	page = (const volatile uint64_t *)(rdmsr(HV_MSR_REFERENCE_TSC) &
		~0xfffull);
}

uint64_t clock_now(void)
{
	return (uint64_t)((unsigned __int128)rdtsc() * page[1] >> 64) +
		page[2];
}

void clock_wait(uint64_t duration)
{
	uint64_t end = clock_now() + duration;

	while (clock_now() < end)
		pause();
}

bool clock_agrees(void)
{
	uint64_t before = clock_now(), said = rdmsr(HV_MSR_TIME_REF_COUNT);

	return before <= said && said <= clock_now();
}
