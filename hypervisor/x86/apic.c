/* The local APIC. */
/* SPDX-License-Identifier: MIT */
#include "apic.h"

#include "../core/cpu.h"
#include "../core/machine.h"
#include "../core/vp.h"
#include "../lib/asm.h"
#include "clock.h"
#include "trap.h"

#define ICR_FIXED		0x00000u
#define ICR_NMI			0x00400u
#define ICR_INIT		0x00500u
#define ICR_START_UP		0x00600u
#define ICR_LOGICAL		0x00800u
#define ICR_BUSY		0x01000u
#define ICR_ASSERT		0x04000u
#define ICR_SELF		0x40000u
#define ICR_OTHERS		0xc0000u
#define SELF_IPI		(MSR_X2APIC + 0x3f)
#define DIVIDE_BY_ONE		0xbu
#define SVR_OFF			0xffu
#define KICK_PATIENCE		100000	/* 10 ms */
#define SVR_ON			0x1ffu

bool apic_present(void)
{
	return cpuid(1, 0).edx & 1u << 9;
}

bool apic_has_x2(void)
{
	return cpuid(1, 0).ecx & 1u << 21;
}

void apic_enable(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	/* From off, xAPIC must come before x2APIC: SDM v3 11.12.5. */
	wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
	if (machine.x2apic)
		wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2);
}

uint32_t apic_read(uint32_t reg)
{
	if (machine.x2apic)
		return (uint32_t)rdmsr(MSR_X2APIC + reg / 16);
	return *(volatile uint32_t *)(APIC_BASE + reg);
}

void apic_write(uint32_t reg, uint32_t value)
{
	if (machine.x2apic)
		wrmsr(MSR_X2APIC + reg / 16, value);
	else
		*(volatile uint32_t *)(APIC_BASE + reg) = value;
}

uint32_t apic_id(void)
{
	uint32_t id = apic_read(APIC_ID);

	return machine.x2apic ? id : id >> 24;
}

/* High is the destination in the APIC's own form. */
static void icr(uint32_t high, uint32_t low)
{
	if (machine.x2apic) {
		/* The write is no barrier: what was stored must be seen. */
		__asm__ volatile("mfence" : : : "memory");
		wrmsr(MSR_X2APIC + APIC_ICR_LOW / 16, (uint64_t)high << 32 |
			low);
		return;
	}
	while (apic_read(APIC_ICR_LOW) & ICR_BUSY)
		pause();
	apic_write(APIC_ICR_HIGH, high);
	apic_write(APIC_ICR_LOW, low);
}

static void icr_to(uint32_t id, uint32_t low)
{
	icr(machine.x2apic ? id : id << 24, low);
}

void apic_init_others(void)
{
	icr(0, ICR_OTHERS | ICR_INIT | ICR_ASSERT);
}

void apic_start_up(uint32_t id, uint8_t page)
{
	icr_to(id, ICR_START_UP | ICR_ASSERT | page);
}

void apic_nmi(uint32_t id)
{
	icr_to(id, ICR_NMI | ICR_ASSERT);
}

void apic_timer_free_run(void)
{
	apic_write(APIC_SVR, apic_read(APIC_SVR) | 0x100);
	apic_write(APIC_LVT_TIMER, LVT_MASKED);
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_ONE);
	apic_write(APIC_TIMER_INITIAL, 0xffffffff);
}

void apic_timer_stop(void)
{
	apic_write(APIC_TIMER_INITIAL, 0);
	apic_write(APIC_LVT_TIMER, LVT_MASKED);
}

void apic_write_svr(uint32_t value)
{
	struct cpu *cpu = cpu_self();

	apic_write(APIC_SVR, value);
	cpu->timer_vector = 0;
	synic_timers(cpu->vp);
}

uint32_t apic_timer_count(void)
{
	return apic_read(APIC_TIMER_CURRENT);
}

void machine_timer(uint64_t delay, uint8_t vector)
{
	struct cpu *cpu = cpu_self();
	uint64_t ticks;

	if (!vector) {
		apic_write(APIC_TIMER_INITIAL, 0);
		return;
	}
	if (delay > MACHINE_TIMER_REACH)
		delay = MACHINE_TIMER_REACH;
	ticks = delay * machine.apic_hz / 10000000 + 1;
	if (ticks > 0xffffffff)
		ticks = 0xffffffff;
	if (cpu->timer_vector != vector) {
		apic_write(APIC_LVT_TIMER, vector);
		cpu->timer_vector = vector;
	}
	apic_write(APIC_TIMER_INITIAL, (uint32_t)ticks);
}

bool machine_is_pending(uint8_t vector)
{
	uint32_t word = vector / 32 * 16, bit = 1u << vector % 32;

	return apic_read(APIC_IRR + word) & bit;
}

bool machine_timer_fired(void)
{
	return !apic_timer_count();
}

void machine_kick(unsigned int index)
{
	struct cpu *cpu = cpus[index];

	uint64_t now = machine_time(), before;

	/* One NMI at a time for each processor, so that every NMI of ours is
	 * known as such: pairs with was_kicked(). One that does not arrive is
	 * lost (QEMU loses some under load). If it only was late, the two are
	 * one, as a processor holds no more; or they come one after the other,
	 * and the second one finds no flag. */
	before = __atomic_load_n(&cpu->kicked, __ATOMIC_SEQ_CST);
	/* Another processor's time may be a little ahead. */
	if (before && (int64_t)(now - before) < (int64_t)KICK_PATIENCE)
		return;
	if (before)
		__atomic_store_n(&cpu->kicked_again, now, __ATOMIC_SEQ_CST);
	if (__atomic_compare_exchange_n(&cpu->kicked, &before, now, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		apic_nmi(cpu->apic_id);
}

void machine_interrupt(unsigned int index, uint8_t vector)
{
	if (cpus[index] != cpu_self())
		icr_to(cpus[index]->apic_id, ICR_FIXED | ICR_ASSERT | vector);
	else if (machine.x2apic)
		wrmsr(SELF_IPI, vector);
	else
		icr(0, ICR_SELF | ICR_ASSERT | vector);
}

bool machine_send(uint64_t value)
{
	if (!machine.x2apic) {
		icr((uint32_t)(value >> 32), (uint32_t)value & ~ICR_BUSY);
		return true;
	}
	/* Its reserved bits are #GP: the parent's, not ours. */
	__asm__ volatile("mfence" : : : "memory");
	return trap_wrmsr(MSR_X2APIC + APIC_ICR_LOW / 16, value);
}

/* SDM v3 11.6.2.2 and 11.12.10.2; xAPIC clusters (DFR) are not offered. */
bool machine_is_logical_target(unsigned int index, uint32_t to)
{
	uint32_t id = cpus[index]->apic_id;

	if (machine.x2apic)
		return to >> 16 == id >> 4 && to & 1u << (id & 15);
	return to & cpus[index]->logical_id;
}

void machine_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

uint8_t machine_priority(void)
{
	return (uint8_t)apic_read(APIC_TPR);
}

void machine_set_priority(uint8_t priority)
{
	apic_write(APIC_TPR, priority);
}

static void reset_lvts(void)
{
	static const uint16_t lvts[] = {APIC_LVT_TIMER, APIC_LVT_THERMAL,
		APIC_LVT_PERF, APIC_LVT_LINT0, APIC_LVT_LINT1, APIC_LVT_ERROR};
	unsigned int i;

	for (i = 0; i < sizeof(lvts) / sizeof(*lvts); i++)
		apic_write(lvts[i], LVT_MASKED);
}

/* Ends what is in service; what is pending is taken and dropped, which an APIC
 * that is off does not do. */
static void drain(void)
{
	unsigned int i, rounds;

	apic_write(APIC_SVR, SVR_ON);

	for (rounds = 0; rounds < 256; rounds++) {
		uint32_t any = 0;

		for (i = 0; i < 8; i++)
			any |= apic_read(APIC_ISR + i * 16);
		if (!any)
			break;
		machine_eoi();
	}
	/* Every vector has a handler that ends it: trap_entry.S. */
	trap_drop_interrupts();
}

void machine_apic_reset(void)
{
	struct cpu *cpu = cpu_self();

	apic_timer_stop();
	cpu->timer_vector = 0;
	reset_lvts();
	machine_set_priority(0);
	drain();
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_ONE);
	if (!machine.x2apic) {
		apic_write(APIC_LDR, 0);
		apic_write(APIC_DFR, 0xffffffff);
		cpu->logical_id = 0;
	}
	apic_write(APIC_ESR, 0);
	apic_write(APIC_SVR, SVR_OFF);
}
