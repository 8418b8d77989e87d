/* Hostile guests, N10: timers with periods that cannot be, all of all VPs at
 * once. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#define TIMERS		4
#define VECTOR		100
#define SINT		4

/* All timers of one more processor: as often as can be. */
static void flood(void)
{
	unsigned int i;

	hv_apic_on();
	for (i = 0; i < TIMERS; i++) {
		wrmsr(HV_MSR_STIMER0_CONFIG + 2 * i + 1, 1);
		wrmsr(HV_MSR_STIMER0_CONFIG + 2 * i, HV_STIMER_ENABLE |
			HV_STIMER_PERIODIC | HV_STIMER_DIRECT |
			(VECTOR + i) << HV_STIMER_VECTOR_SHIFT);
	}
	for (;;)
		__asm__ volatile("sti\nhlt");
}

static void begin(void)
{
	uint32_t processors = hv_processors(), i;

	hv_apic_on();
	CHECK(hv_write(HV_MSR_SINT0 + SINT, VECTOR));
	CHECK(hv_write(HV_MSR_SINT0 + SINT + 1, HV_SINT_MASKED));
	for (i = 1; i < processors; i++)
		hv_start(i, flood);
	__asm__ volatile("sti");
}

static uint64_t random_config(void)
{
	uint64_t config = below(16);

	if (one_in(8))
		return odd();
	if (one_in(2))
		return config | HV_STIMER_DIRECT | (one_in(4) ? below(16) :
			VECTOR + below(4)) << HV_STIMER_VECTOR_SHIFT;
	return config | (SINT + below(3)) << HV_STIMER_SINT_SHIFT;
}

/* TLFS 12.4.1 */
static bool is_valid(uint64_t config)
{
	return !(config & ~(uint64_t)HV_STIMER_VALID) &&
		!(config & HV_STIMER_DIRECT && (config & 0xff0) < 0x100);
}

static void set_config(uint32_t msr)
{
	uint64_t config = random_config();
	bool good = hv_write(msr, config);

	CHECK(good == is_valid(config));
	if (good)
		taken++;
	else
		refused++;
}

static void set_count(uint32_t msr)
{
	static const uint64_t counts[] = { 0, 1, 2, ~0ull, ~0ull - 1,
		1ull << 63, 1000, 10000, 99999 };
	uint64_t value = one_in(4) ? odd() : PICK(counts), now;

	if (one_in(4))
		value = hv_time() + below(1000);
	CHECK(hv_write(msr + 1, value));
	CHECK(hv_read(msr + 1, &now) && now == value);
	taken++;
}

static void take_messages(void)
{
	volatile struct hv_message *slot = hv_messages + SINT;
	unsigned int i;

	for (i = 0; i < 3; i++, slot++) {
		if (!slot->type)
			continue;
		CHECK(slot->type == HV_MESSAGE_TIMER_EXPIRED);
		slot->type = 0;
		wrmsr(HV_MSR_EOM, 0);
	}
}

static void step(void)
{
	uint32_t msr = HV_MSR_STIMER0_CONFIG + 2 * below(TIMERS);

	if (one_in(2))
		set_config(msr);
	else
		set_count(msr);
	if (one_in(4))
		take_messages();
}

static void end(void)
{
	unsigned int i;

	__asm__ volatile("cli");
	for (i = 0; i < TIMERS; i++)
		CHECK(hv_write(HV_MSR_STIMER0_CONFIG + 2 * i, 0));
	say("guest: interrupts: ");
	say_number(trap_counts[VECTOR] + trap_counts[VECTOR + 1] +
		trap_counts[VECTOR + 2] + trap_counts[VECTOR + 3]);
	say("\n");
}

const struct row row_timers = { "n10", begin, step, end };
