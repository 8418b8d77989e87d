/* The virtual local APIC: cases from the manual, and random use against a
 * simple model. usage: test_vlapic ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "vlapic.h"
#include "vlapic_model.h"

#include <pthread.h>
#include <time.h>

#define BITS	40	/* of physical addresses */
#define SCALE	(1ull << 56)	/* a TSC of 256 in 100 ns */
#define OFF	LAPIC_BASE_ADDRESS
#define XAPIC	(OFF | LAPIC_BASE_ENABLE)
#define X2APIC	(XAPIC | LAPIC_BASE_X2APIC)

static uint64_t state, now;
static struct vlapic apic;
static struct model model;
static struct vlapic_effect effect;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint32_t load(uint32_t offset)
{
	uint32_t value;

	CHECK(vlapic_read(&apic, offset, now, &value));
	return value;
}

static void store(uint32_t offset, uint32_t value)
{
	vlapic_write(&apic, offset, value, now, &effect);
}

static void fresh(uint32_t id)
{
	memset(&apic, 0, sizeof(apic));
	vlapic_reset(&apic, id, id == 0, true);
	vlapic_set_tsc(&apic, SCALE, 0);
	now = 1000;
	store(LAPIC_SVR, 0x1ff);
}

static void deliver(uint8_t vector)
{
	vlapic_offer(&apic, vector);
	vlapic_deliver(&apic, vector);
}

/* The processor may take what it was offered without a word: one that comes
 * then is another one. */
static void same_while_offered(void)
{
	fresh(0);
	CHECK(vlapic_accept(&apic, 0x55, false));
	CHECK(!vlapic_accept(&apic, 0x55, false));
	vlapic_offer(&apic, 0x55);
	CHECK(vlapic_pending(&apic) == -1);
	CHECK(vlapic_accept(&apic, 0x55, false));
	vlapic_deliver(&apic, 0x55);
	CHECK(vlapic_pending(&apic) == -1 && vlapic_has_request(&apic));
	vlapic_eoi(&apic, &effect);
	CHECK(vlapic_pending(&apic) == 0x55);
	/* Not taken, the two are one. */
	vlapic_offer(&apic, 0x55);
	CHECK(vlapic_accept(&apic, 0x55, false));
	vlapic_retract(&apic, 0x55);
	deliver(0x55);
	CHECK(!vlapic_has_request(&apic));
}

static void after_reset(void)
{
	memset(&apic, 0, sizeof(apic));
	vlapic_reset(&apic, 0, true, false);
	CHECK(apic.base == 0xfee00900);
	vlapic_reset(&apic, 3, false, false);
	CHECK(apic.base == 0xfee00800);
	CHECK(load(LAPIC_ID) == 3u << 24);
	CHECK(load(LAPIC_VERSION) == 0x50014);
	CHECK(load(LAPIC_SVR) == 0xff && load(LAPIC_DFR) == 0xffffffff);
	CHECK(load(LAPIC_LVT_LINT0) == 0x10000);
	CHECK(!vlapic_accept(&apic, 0x40, false));
	CHECK(vlapic_pending(&apic) == -1);
	/* A masked LVT entry cannot be opened while software disabled. */
	store(LAPIC_LVT_TIMER, 0x40);
	CHECK(load(LAPIC_LVT_TIMER) == 0x10040);
}

static void init_keeps_mode(void)
{
	fresh(7);
	CHECK(vlapic_set_base(&apic, X2APIC, BITS));
	CHECK(vlapic_msr_write(&apic, 0x80f, 0x1ff, now, &effect));
	CHECK(vlapic_accept(&apic, 0x40, true));
	vlapic_set_tpr(&apic, 0x20);
	vlapic_init(&apic);
	CHECK(vlapic_is_x2apic(&apic) && vlapic_tpr(&apic) == 0);
	CHECK(vlapic_msr_write(&apic, 0x80f, 0x1ff, now, &effect));
	CHECK(vlapic_pending(&apic) == -1);
}

static void bases(void)
{
	static const uint64_t of[] = {OFF, XAPIC, X2APIC};
	static const bool allowed[3][3] = {
		{true, true, false}, {true, true, true}, {true, false, true}
	};
	unsigned int from, to;

	for (from = 0; from < 3; from++) {
		for (to = 0; to < 3; to++) {
			fresh(1);
			CHECK(vlapic_set_base(&apic, of[from], BITS));
			CHECK(vlapic_set_base(&apic, of[to], BITS) ==
				allowed[from][to]);
			CHECK(apic.base == of[allowed[from][to] ? to : from]);
		}
	}
	fresh(0);
	CHECK(!vlapic_set_base(&apic, OFF | LAPIC_BASE_X2APIC, BITS));
	CHECK(!vlapic_set_base(&apic, XAPIC | 0x200, BITS));
	CHECK(!vlapic_set_base(&apic, XAPIC | 1, BITS));
	CHECK(!vlapic_set_base(&apic, XAPIC | 1ull << BITS, BITS));
	CHECK(vlapic_set_base(&apic, XAPIC | 1ull << (BITS - 1), BITS));
	CHECK(apic.base & LAPIC_BASE_BSP);
	vlapic_reset(&apic, 0, true, false);
	CHECK(!vlapic_set_base(&apic, X2APIC, BITS));
}

/* Nested interrupts, TPR, and the EOI of a level-triggered one. */
static void priorities(void)
{
	fresh(0);
	CHECK(vlapic_accept(&apic, 0x51, false));
	CHECK(!vlapic_accept(&apic, 0x51, false));
	CHECK(vlapic_accept(&apic, 0x62, true));
	vlapic_set_tpr(&apic, 0x60);
	CHECK(vlapic_pending(&apic) == -1);
	vlapic_set_tpr(&apic, 0x5f);
	CHECK(vlapic_pending(&apic) == 0x62 && vlapic_ppr(&apic) == 0x5f);
	vlapic_set_tpr(&apic, 0);
	deliver(0x62);
	CHECK(vlapic_pending(&apic) == -1 && load(LAPIC_PPR) == 0x60);
	CHECK(vlapic_accept(&apic, 0x6f, false));
	CHECK(vlapic_pending(&apic) == -1);
	CHECK(vlapic_accept(&apic, 0x70, false));
	CHECK(vlapic_pending(&apic) == 0x70);
	deliver(0x70);
	store(LAPIC_EOI, 0);
	CHECK(!effect.eoi);
	store(LAPIC_EOI, 0);
	CHECK(effect.eoi && effect.eoi_vector == 0x62 && effect.self);
	CHECK(vlapic_pending(&apic) == 0x6f);
	vlapic_offer(&apic, 0x6f);
	CHECK(vlapic_pending(&apic) == 0x51 && load(LAPIC_PPR) == 0);
	store(LAPIC_EOI, 0);
	CHECK(!effect.eoi && !effect.self);
}

/* Which interrupt needs no EOI that is seen: the only one. */
static void lone(void)
{
	fresh(0);
	CHECK(!vlapic_has_request(&apic) && !vlapic_is_lone(&apic, 0x51));
	vlapic_accept(&apic, 0x51, false);
	CHECK(vlapic_has_request(&apic) && vlapic_is_lone(&apic, 0x51));
	CHECK(!vlapic_is_lone(&apic, 0x91));
	vlapic_accept(&apic, 0x91, false);
	CHECK(!vlapic_is_lone(&apic, 0x51) && !vlapic_is_lone(&apic, 0x91));
	deliver(0x91);
	CHECK(vlapic_has_request(&apic) && !vlapic_is_lone(&apic, 0x51));
	store(LAPIC_EOI, 0);
	CHECK(vlapic_is_lone(&apic, 0x51));
	deliver(0x51);
	CHECK(!vlapic_has_request(&apic));
	store(LAPIC_EOI, 0);
	vlapic_accept(&apic, 0x62, true);
	CHECK(!vlapic_is_lone(&apic, 0x62));
	store(LAPIC_ICR_HIGH, 0x55000000);
	store(LAPIC_ICR_LOW, 0x61);
	CHECK(vlapic_icr_read(&apic) == 0x5500000000000061);
}

/* One interrupt for all errors up to the next write. SDM v3 11.5.3 */
static void errors(void)
{
	uint32_t value;

	fresh(0);
	store(LAPIC_LVT_ERROR, 0xfe);
	CHECK(vlapic_accept(&apic, 15, false));
	CHECK(load(LAPIC_ESR) == 0 && vlapic_pending(&apic) == 0xfe);
	deliver(0xfe);
	store(LAPIC_EOI, 0);
	store(LAPIC_ICR_LOW, 0x0f);
	CHECK(!effect.ipi && vlapic_pending(&apic) == -1);
	CHECK(!vlapic_read(&apic, 0x40, now, &value) && value == 0);
	CHECK(!vlapic_read(&apic, LAPIC_ID + 4, now, &value) && value == 0);
	store(LAPIC_ESR, 0xffffffff);
	CHECK(load(LAPIC_ESR) == 0xe0);
	store(LAPIC_ESR, 0);
	CHECK(load(LAPIC_ESR) == 0);
	store(LAPIC_LVT_ERROR, 0x0e);
	CHECK(!vlapic_accept(&apic, 0, false));
	store(0x2f0, 0);
	store(LAPIC_ESR, 0);
	CHECK(load(LAPIC_ESR) == 0xc0);
}

static void ipis(void)
{
	fresh(0);
	store(LAPIC_ICR_HIGH, 0x05123456);
	store(LAPIC_ICR_LOW, 0xfff33000 | LAPIC_ICR_LOGICAL | 0x4041);
	CHECK(effect.ipi && !effect.x2apic_form);
	CHECK(effect.icr == (5ull << 32 | 0x4841));
	CHECK(load(LAPIC_ICR_LOW) == 0x4841);
	store(LAPIC_ICR_LOW, LAPIC_ICR_SELF | 0x41);
	CHECK(!effect.ipi && effect.self && vlapic_pending(&apic) == 0x41);
	store(LAPIC_ICR_LOW, 0x8500);	/* INIT, level de-assert */
	CHECK(!effect.ipi);
	store(LAPIC_ICR_LOW, 0xc500);
	CHECK(effect.ipi);
	CHECK(vlapic_set_base(&apic, X2APIC, BITS));
	CHECK(!vlapic_msr_write(&apic, 0x830, 0x1041, now, &effect));
	CHECK(vlapic_msr_write(&apic, 0x830, 0x1234567800000699, now,
		&effect));
	CHECK(effect.ipi && effect.x2apic_form);
	CHECK(effect.icr == 0x1234567800000699);
	CHECK(!vlapic_msr_write(&apic, 0x83f, 0x141, now, &effect));
	CHECK(vlapic_msr_write(&apic, 0x83f, 0x77, now, &effect));
	CHECK(effect.self && vlapic_pending(&apic) == 0x77);
	CHECK(!vlapic_msr_write(&apic, 0x80b, 1, now, &effect));
	CHECK(!vlapic_msr_write(&apic, 0x840, 0, now, &effect));
	CHECK(!vlapic_msr_write(&apic, 0x7ff, 0, now, &effect));
	CHECK(!vlapic_msr_write(&apic, 0x10000808, 0, now, &effect));
	/* Of the LINT entries remote IRR is read-only, of others reserved. */
	CHECK(vlapic_msr_write(&apic, 0x835, 0x1f700, now, &effect));
	CHECK(vlapic_msr_write(&apic, 0x836, 0x1f700, now, &effect));
	CHECK(!vlapic_msr_write(&apic, 0x832, 0x14040, now, &effect));
	/* The synthetic ICR. */
	CHECK(!vlapic_icr_write(&apic, 1ull << 31 | 0x41, &effect));
	CHECK(vlapic_set_base(&apic, OFF, BITS));
	CHECK(!vlapic_icr_write(&apic, 0x41, &effect));
}

static bool target(uint32_t to, bool logical, bool x2apic_form)
{
	return vlapic_is_target(&apic, to, logical, x2apic_form);
}

static void targets(void)
{
	fresh(0x25);
	CHECK(target(0x25, false, false) && target(0x25, false, true));
	CHECK(!target(0x24, false, false) && !target(0x125, false, true));
	CHECK(target(0xff, false, false) && target(0xff, true, false));
	CHECK(!target(0xff, false, true) && target(~0u, false, true));
	CHECK(target(~0u, true, true) && !target(1, true, false));
	store(LAPIC_LDR, 0x42000000);
	CHECK(target(0x42, true, false) && target(0x02, true, false));
	CHECK(target(0x40, true, true) && !target(0xbd, true, false));
	CHECK(!target(0x142, true, true));
	store(LAPIC_DFR, 0x00000000);
	CHECK(target(0x42, true, false) && target(0x43, true, false));
	CHECK(!target(0x52, true, false) && !target(0x41, true, false));
	store(LAPIC_DFR, 0x50000000);
	CHECK(!target(0x42, true, false) && target(0xff, true, false));
	CHECK(vlapic_set_base(&apic, X2APIC, BITS));
	CHECK(target(0x00020020, true, true) && target(0x0002ffff, true, true));
	CHECK(!target(0x0002ffdf, true, true));
	CHECK(!target(0x00030020, true, true) && target(0x25, false, true));
	CHECK(vlapic_set_base(&apic, OFF, BITS));
	CHECK(!target(0x25, false, false) && !target(0xff, false, false));
}

static enum vlapic_delivery lint(unsigned int pin, bool *level)
{
	uint8_t vector;

	return vlapic_lint(&apic, pin, &vector, level);
}

static void lints(void)
{
	bool level;

	fresh(0);
	CHECK(lint(0, &level) == VLAPIC_NONE);
	store(LAPIC_LVT_LINT0, 0x700);
	store(LAPIC_LVT_LINT1, 0x8400);
	CHECK(lint(0, &level) == VLAPIC_EXTINT && !level);
	CHECK(lint(1, &level) == VLAPIC_NMI && !level);
	store(LAPIC_LVT_LINT0, 0x8055);
	/* That looks only. */
	CHECK(!vlapic_takes_extint(&apic));
	CHECK(load(LAPIC_LVT_LINT0) == 0x8055);
	CHECK(lint(0, &level) == VLAPIC_FIXED && level);
	CHECK(vlapic_accept(&apic, 0x55, true));
	CHECK(lint(0, &level) == VLAPIC_NONE);
	CHECK(load(LAPIC_LVT_LINT0) == 0xc055);
	deliver(0x55);
	store(LAPIC_EOI, 0);
	CHECK(effect.eoi && lint(0, &level) == VLAPIC_FIXED);
	store(LAPIC_LVT_LINT1, 0x8056);
	CHECK(lint(1, &level) == VLAPIC_FIXED && !level);
	store(LAPIC_SVR, 0xff);
	CHECK(lint(1, &level) == VLAPIC_NONE);
	CHECK(vlapic_set_base(&apic, OFF, BITS));
	CHECK(lint(0, &level) == VLAPIC_EXTINT && lint(1, &level) ==
		VLAPIC_NMI);
}

/* 3 counts of 128 cycles of 5 ns are 19.2 units: no interrupt is early, and
 * after any number of periods none is a unit late. */
static void no_drift(void)
{
	uint64_t i, started, length = 100003 * 128ull;

	fresh(0);
	store(LAPIC_LVT_TIMER, LAPIC_TIMER_PERIODIC | 0x40);
	store(LAPIC_DIVIDE, 0xa);
	store(LAPIC_INITIAL_COUNT, 100003);
	started = now;
	for (i = 1; i < 5000; i++) {
		uint64_t due = vlapic_deadline(&apic);

		CHECK((due - started) * 20 >= i * length);
		CHECK((due - started) * 20 < i * length + 20);
		CHECK(!vlapic_timer(&apic, due - 1));
		CHECK(vlapic_timer(&apic, due));
		vlapic_offer(&apic, 0x40);
	}
	/* A day missed is one interrupt, and the phase stays. */
	now = started + 24 * 3600 * 10000000ull;
	CHECK(vlapic_timer(&apic, now));
	CHECK(!vlapic_timer(&apic, now));
	CHECK(vlapic_deadline(&apic) > now);
	now = vlapic_deadline(&apic);
	CHECK((now - started) * 20 % length < 20);
}

static void one_shot(void)
{
	fresh(0);
	store(LAPIC_LVT_TIMER, 0x40);
	store(LAPIC_DIVIDE, 0xb);
	store(LAPIC_INITIAL_COUNT, 2000);
	CHECK(vlapic_deadline(&apic) == now + 100);
	now += 25;
	CHECK(load(LAPIC_CURRENT_COUNT) == 1500);
	store(LAPIC_DIVIDE, 0x0);
	CHECK(load(LAPIC_CURRENT_COUNT) == 1500);
	CHECK(vlapic_deadline(&apic) == now + 150);
	now += 1000;
	CHECK(load(LAPIC_CURRENT_COUNT) == 0);
	/* What expired before the next is started is not lost. */
	store(LAPIC_INITIAL_COUNT, 0);
	CHECK(effect.self && vlapic_pending(&apic) == 0x40);
	CHECK(vlapic_deadline(&apic) == 0);
}

/* What has expired is the old LVT entry's, whatever is written to it. */
static void late(void)
{
	static const struct {
		uint32_t offset, value;
	} write[] = {
		{LAPIC_LVT_TIMER, 0x55}, {LAPIC_LVT_TIMER, LAPIC_MASKED | 0x40},
		{LAPIC_LVT_TIMER, LAPIC_TIMER_DEADLINE | 0x40},
		{LAPIC_DIVIDE, 0x3}, {LAPIC_INITIAL_COUNT, 5}
	};
	unsigned int i;

	for (i = 0; i < sizeof(write) / sizeof(*write); i++) {
		fresh(0);
		store(LAPIC_LVT_TIMER, 0x40);
		store(LAPIC_INITIAL_COUNT, 1000);
		now += 100;
		store(write[i].offset, write[i].value);
		CHECK(effect.self && vlapic_pending(&apic) == 0x40);
	}
	fresh(0);
	store(LAPIC_LVT_TIMER, 0x40);
	store(LAPIC_INITIAL_COUNT, 1000);
	now += 100;
	store(LAPIC_SVR, 0xff);
	CHECK(load(LAPIC_IRR + 0x20) == 1);
	/* While software disabled it waits. */
	CHECK(vlapic_pending(&apic) == -1);
	store(LAPIC_SVR, 0x1ff);
	CHECK(effect.self && vlapic_pending(&apic) == 0x40);
}

/* Reading the deadline says 0 from the time on when it has passed. */
static void deadline_read(void)
{
	uint64_t value;

	fresh(0);
	store(LAPIC_LVT_TIMER, LAPIC_TIMER_DEADLINE | 0x41);
	CHECK(vlapic_msr_write(&apic, LAPIC_MSR_TSC_DEADLINE, 1100 * 256, now,
		&effect));
	CHECK(vlapic_msr_read(&apic, LAPIC_MSR_TSC_DEADLINE, 1100, &value));
	CHECK(value == 1100 * 256 && vlapic_pending(&apic) == -1);
	CHECK(vlapic_msr_read(&apic, LAPIC_MSR_TSC_DEADLINE, 1101, &value));
	CHECK(value == 0 && vlapic_pending(&apic) == 0x41);
}

/* For any frequency and offset: not before the TSC is there, and at most one
 * unit after. */
static void tsc_deadlines(void)
{
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		uint64_t tsc = any() >> (8 + any() % 20), time;
		uint64_t hz = 100000000 + any() % 5000000000, value;
		uint64_t scale = (uint64_t)(((unsigned __int128)10000000 << 64)
			/ hz);
		uint64_t reached = (uint64_t)((unsigned __int128)tsc * scale
			>> 64);

		fresh(0);
		vlapic_set_tsc(&apic, scale, i % 2 ? 5000 : -5000ull);
		store(LAPIC_LVT_TIMER, LAPIC_TIMER_DEADLINE | 0x41);
		now = 1;
		CHECK(vlapic_msr_write(&apic, LAPIC_MSR_TSC_DEADLINE, tsc, now,
			&effect));
		time = vlapic_deadline(&apic);
		if (i % 2 || reached >= 5000)
			CHECK(time == reached + (i % 2 ? 5001 : -4999ull));
		if (time > now)
			CHECK(!vlapic_timer(&apic, time - 1));
		CHECK(vlapic_timer(&apic, time) || effect.self);
		CHECK(vlapic_pending(&apic) == 0x41);
		CHECK(vlapic_msr_read(&apic, LAPIC_MSR_TSC_DEADLINE, time,
			&value) && value == 0);
	}
	fresh(0);
	CHECK(vlapic_msr_write(&apic, LAPIC_MSR_TSC_DEADLINE, 1, now, &effect));
	CHECK(!effect.self && apic.tsc_deadline == 0);
}

/* Each line makes one thing impossible in a state that is fine. */
static void refused(void)
{
	struct hv_local_interrupt_controller_state good, bad;
	struct vlapic before;
	unsigned int i;

	fresh(4);
	vlapic_get_state(&apic, now, &good);
	CHECK(vlapic_set_state(&apic, now, &good));
	for (i = 0; i < 18; i++) {
		bad = good;
		switch (i) {
		case 0: bad.apic_id = 5u << 24; break;
		case 1: bad.apic_version = 0x15; break;
		case 2: bad.apic_ldr = 1; break;
		case 3: bad.apic_dfr = 0; break;
		case 4: bad.apic_spurious |= 0x1000; break;
		case 5: bad.apic_isr[0] = 0x8000; break;
		case 6: bad.apic_irr[0] = 1; break;
		case 7: bad.apic_tmr[0] = 0x10 << 1; break;
		case 8: bad.apic_esr = 0x100; break;
		case 9: bad.apic_icr_low = 1u << 20; break;
		case 10: bad.apic_icr_high = 1; break;
		case 11: bad.apic_lvt_timer = 0x80000; break;
		case 12: bad.apic_lvt_lint1 = LAPIC_REMOTE_IRR; break;
		case 13: bad.apic_lvt_cmci = 0x40; break;
		case 14: bad.apic_counter_value = 1; break;
		case 15: bad.apic_divide_configuration = 4; break;
		case 16: bad.apic_remote_read = 1; break;
		case 17:
			bad.apic_spurious = 0xff;
			bad.apic_lvt_error = 0x40;
			break;
		}
		before = apic;
		CHECK(!vlapic_set_state(&apic, now, &bad));
		CHECK(!memcmp(&before, &apic, sizeof(apic)));
	}
	/* A waiting NMI is the caller's; a virtual wire is possible. */
	good.apic_irr[0] = HV_LAPIC_STATE_NMI;
	good.apic_spurious = 0xff;
	good.apic_lvt_lint0 = 0x700;
	CHECK(vlapic_set_state(&apic, now, &good));
	CHECK(load(LAPIC_IRR) == 0);
	good.apic_lvt_timer |= LAPIC_TIMER_DEADLINE;
	CHECK(vlapic_set_state(&apic, now, &good));
	good.apic_initial_count = 1;
	CHECK(!vlapic_set_state(&apic, now, &good));
	CHECK(vlapic_set_base(&apic, X2APIC, BITS));
	vlapic_get_state(&apic, now, &good);
	CHECK(good.apic_id == 4 && good.apic_ldr == 0x10);
	good.apic_dfr = 0xffffffff;
	CHECK(vlapic_set_state(&apic, now, &good));
	good.apic_ldr = 0x11;
	CHECK(!vlapic_set_state(&apic, now, &good));
	CHECK(vlapic_set_base(&apic, OFF, BITS));
	vlapic_get_state(&apic, now, &good);
	CHECK(!vlapic_set_state(&apic, now, &good));
}

#define THREADS	3
static uint64_t accepted[THREADS];

static void *accept_many(void *count)
{
	uint64_t i, *sum = count, x = 1 + (uint64_t)(sum - accepted);

	for (i = 0; i < 200000; i++) {
		x = x * 6364136223846793005 + 1442695040888963407;
		*sum += vlapic_accept(&apic, 0x60 + (x >> 40) % 8, x >> 50 & 1);
	}
	return NULL;
}

static bool take(void)
{
	int vector = vlapic_pending(&apic);

	if (vector < 0)
		return false;
	vlapic_offer(&apic, (uint8_t)vector);
	return true;
}

/* Each 'true' of vlapic_accept() is one delivery, on any number of
 * processors. */
static void processors(void)
{
	pthread_t thread[THREADS];
	uint64_t delivered = 0, sum = 0, i;

	fresh(0);
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&thread[i], NULL, accept_many,
			&accepted[i]));
	for (i = 0; i < 300000; i++)
		delivered += take();
	for (i = 0; i < THREADS; i++) {
		CHECK(!pthread_join(thread[i], NULL));
		sum += accepted[i];
	}
	while (take())
		delivered++;
	CHECK(delivered == sum && sum >= 8);
}

static void compare(void)
{
	unsigned int reg;
	uint64_t expected, got, due;

	for (reg = 0; reg < 64; reg++) {
		bool there = model_read(&model, reg, &expected);
		uint32_t low;

		if (model_is_x2(&model)) {
			CHECK(vlapic_msr_read(&apic, 0x800 + reg, now, &got) ==
				there);
		} else if (there && model.base & 0x800) {
			CHECK(vlapic_read(&apic, reg * 16, now, &low));
			got = low;
		} else {
			continue;
		}
		if (there && got != expected)
			fprintf(stderr, "register %x: expected %lx, got %lx\n",
				reg, expected, got);
		CHECK(!there || got == expected);
	}
	CHECK(vlapic_pending(&apic) == model_pending(&model));
	CHECK(apic.base == model.base);
	due = vlapic_deadline(&apic);
	expected = model_deadline(&model);
	CHECK(expected == 1 ? due && due <= now : due == expected);
}

static void both_pass(uint64_t units)
{
	model_pass(&model, units);
	now += units;
}

static void both_serve(void)
{
	model_serve(&model);
	vlapic_timer(&apic, now);
}

static void both_deliver(void)
{
	int vector = vlapic_pending(&apic);

	CHECK(vector == model_pending(&model));
	if (vector < 0)
		return;
	model.irr[vector] = false;
	if (any() % 4) {
		model.isr[vector] = true;
		deliver((uint8_t)vector);
	} else {
		vlapic_offer(&apic, (uint8_t)vector);
	}
}

/* Values that mean something more often than chance would. */
static uint32_t any_value(unsigned int reg)
{
	uint32_t value = (uint32_t)any();

	switch (any() % 4) {
	case 0:
		return value;
	case 1:
		if (reg == 0x38)
			return value % 2000;
	}
	switch (reg) {
	case 0xf:
		return value % 16 ? 0x1ff : 0xff;
	case 0x32:
		return value & 0x300f1;
	case 0x30:
		return value & 0xccfff;
	case 0x35: case 0x36:
		return value & 0x80ff;
	case 0x37:
		return value & 0x100ff;
	case 0x8:
		return value & 0x3f;
	case 0x38:
		return value & 0x3ffff;
	case 0x3e:
		return value & 0xb;
	}
	return 0;
}

static unsigned int any_register(void)
{
	static const unsigned char common[] = {
		0x8, 0xb, 0xb, 0xb, 0xd, 0xe, 0xf, 0x28, 0x30, 0x31, 0x32, 0x32,
		0x35, 0x37, 0x38, 0x38, 0x3e, 0x3f
	};

	return any() % 4 ? common[any() % sizeof(common)] : any() % 64;
}

static void both_write(void)
{
	unsigned int reg = any_register();
	uint32_t value = any_value(reg);
	uint64_t high = reg == 0x30 || any() % 8 == 0 ? any() << 32 : 0;
	int before = vlapic_pending(&apic);

	if (model_is_x2(&model)) {
		CHECK(vlapic_msr_write(&apic, 0x800 + reg, high | value, now,
			&effect) == model_msr_write(&model, reg, high | value));
	} else if (model.base & 0x800) {
		vlapic_write(&apic, reg * 16, value, now, &effect);
		model_page_write(&model, reg, value);
	} else {
		return;
	}
	CHECK(effect.ipi == model.ipi && effect.eoi == model.eoi);
	CHECK(!effect.ipi || (effect.icr == model.icr &&
		effect.x2apic_form == model_is_x2(&model)));
	CHECK(!effect.eoi || effect.eoi_vector == model.eoi_vector);
	CHECK(effect.self || vlapic_pending(&apic) <= before);
}

static void both_pin(void)
{
	uint32_t lvt = model.reg[0x35], kind = lvt >> 8 & 7;
	uint8_t vector;
	bool level, extint = vlapic_takes_extint(&apic);
	enum vlapic_delivery got = vlapic_lint(&apic, 0, &vector, &level);

	CHECK(extint == (got == VLAPIC_EXTINT));
	if (!(model.base & 0x800)) {
		CHECK(got == VLAPIC_EXTINT);
		return;
	}
	CHECK((got == VLAPIC_NONE) == ((lvt & 0x14000) || kind == 1 ||
		kind == 3 || kind == 6));
	if (got != VLAPIC_FIXED)
		return;
	CHECK(level == !!(lvt & 0x8000) && vector == (lvt & 0xff));
	if (level && vector >= 16)
		model.reg[0x35] |= 0x4000;
	model_accept(&model, vector, level);
	vlapic_accept(&apic, vector, level);
}

static void both_tsc(void)
{
	uint64_t tsc = any() % 4 ? now * 256 + any() % 100000 - 5000 : any();

	tsc = any() % 8 ? tsc : 0;
	CHECK(vlapic_msr_write(&apic, LAPIC_MSR_TSC_DEADLINE, tsc, now,
		&effect));
	model_tsc_write(&model, tsc);
	CHECK(apic.tsc_deadline == model.tsc_deadline);
}

static void both_base(void)
{
	static const uint64_t mode[] = {XAPIC, XAPIC, X2APIC, X2APIC, OFF,
		OFF | LAPIC_BASE_X2APIC};
	uint64_t value = mode[any() % 6] | (any() % 2 ? LAPIC_BASE_BSP : 0);

	if (any() % 8 == 0)
		value ^= 1ull << any() % 64;
	CHECK(vlapic_set_base(&apic, value, BITS) ==
		model_set_base(&model, value));
}

/* Into another one, as a VM that moves. */
static void both_move(void)
{
	struct hv_local_interrupt_controller_state saved;
	struct vlapic other;

	if (!(model.base & 0x800))
		return;
	both_serve();
	vlapic_get_state(&apic, now, &saved);
	memset(&other, 0, sizeof(other));
	vlapic_reset(&other, model.id, model.base & 0x100, true);
	vlapic_set_tsc(&other, SCALE, 0);
	CHECK(vlapic_set_base(&other, model.base, BITS));
	CHECK(vlapic_set_state(&other, now, &saved));
	CHECK(vlapic_msr_write(&other, LAPIC_MSR_TSC_DEADLINE,
		apic.tsc_deadline, now, &effect));
	vlapic_set_tpr(&other, vlapic_tpr(&apic));
	apic = other;
	model_restore(&model);
}

static void step(void)
{
	unsigned int vector = any() % 8 ? any() % 256 : any() % 16;
	bool level = any() % 2;

	switch (any() % 24) {
	case 0 ... 3:
		model_accept(&model, vector, level);
		vlapic_accept(&apic, (uint8_t)vector, level);
		break;
	case 4 ... 6:
		both_deliver();
		break;
	case 7:
		model.reg[8] = vector & 0x3f;
		vlapic_set_tpr(&apic, vector & 0x3f);
		break;
	case 8 ... 15:
		both_write();
		break;
	case 16:
		both_pass(any() % 16 ? any() % 200 : any() % 3000);
		break;
	case 17 ... 18:
		both_pass(any() % 64 ? any() % 10 : any() % 3000);
		both_serve();
		break;
	case 19:
		both_tsc();
		break;
	case 20:
		both_move();
		break;
	case 21:
		both_pin();
		break;
	case 22:
		if (any() % 8 == 0)
			both_base();
		break;
	case 23:
		if (any() % 32 == 0) {
			vlapic_init(&apic);
			model_reset(&model);
		}
		break;
	}
}

static void one_life(void)
{
	unsigned int i, steps = 1 + any() % 150;

	memset(&model, 0, sizeof(model));
	model.id = any() % 4 ? any() % 255 : (uint32_t)any();
	fresh(model.id);
	model.base = XAPIC | (model.id ? 0 : LAPIC_BASE_BSP);
	model.now = now;
	model_reset(&model);
	model_page_write(&model, 0xf, 0x1ff);
	for (i = 0; i < steps; i++) {
		step();
		compare();
	}
}

int main(int count, char **words)
{
	uint64_t i, rounds = count > 1 ? strtoull(words[1], NULL, 10) : 1000;

	state = count > 2 ? strtoull(words[2], NULL, 10) : (uint64_t)time(NULL);
	printf("test_vlapic: %lu rounds, seed %lu\n", rounds, state);
	fflush(stdout);
	state = state * 0x9e3779b97f4a7c15 + 1;
	same_while_offered();
	after_reset();
	init_keeps_mode();
	bases();
	priorities();
	lone();
	errors();
	ipis();
	targets();
	lints();
	no_drift();
	one_shot();
	late();
	deadline_read();
	tsc_deadlines();
	refused();
	processors();
	for (i = 0; i < rounds; i++)
		one_life();
	return 0;
}
