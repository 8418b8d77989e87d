/* Registers by which a parent would reach the hypervisor: MSRs, memory types,
 * the vectors of interrupt controllers. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/format.h"
#include "apic.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "log.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "timers.h"
#include "trap.h"

#define IOAPIC		0xfec00000ull
#define MASKED		0x10000u
#define MODE(n)		((uint32_t)(n) << 8)
#define MODES		0x700u
#define LINT0		0x350u
#define COM1		0x3f8
#define COM1_PIN	4
#define VECTOR		0xd0

enum { FIXED, LOWEST, SMI, RESERVED, NMI, INIT, STARTUP, EXTINT };

static unsigned int lines_about(uint32_t msr)
{
	char text[64];

	format(text, sizeof(text), "write to MSR %x is refused", msr);
	return log_count(text);
}

/* Each keeps its value, and is in the log once however often it is written. */
static void refused_msrs(void)
{
	static const uint32_t msrs[] = {
		0xc0010010,	/* SYSCFG: memory encryption, top of memory */
		0xc0010015,	/* HWCR: lock of SMM */
		0xc0010016, 0xc0010019,	/* I/O ranges: address types */
		0xc001001a, 0xc001001d,	/* top of memory */
		0xc0010056,	/* SMI by a cycle */
		0xc0010058,	/* memory-mapped configuration */
		0xc0010064,	/* a P-state's voltage */
		0xc0010111, 0xc0010112, 0xc0010113,	/* where SMM is */
		0xc0010132,	/* the map that tells whose memory is */
		0xc0011004,	/* what CPUID says */
		0xc0011029,	/* switches of the decoder */
		0xe7,
	};
	uint64_t before, after;
	unsigned int i, j;

	for (i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		report_about("MSR %x", msrs[i]);
		if (run_rdmsr(msrs[i], &before)) {
			EXPECT(run_wrmsr(msrs[i], 1ull << 31), VECTOR_GP);
			continue;
		}
		for (j = 0; j < 3; j++)
			EXPECT(run_wrmsr(msrs[i], before ^ 1ull << 31), 0);
		EXPECT(run_rdmsr(msrs[i], &after), 0);
		EXPECT(after, before);
		EXPECT(lines_about(msrs[i]), 1);
		/* What it holds may be written. */
		EXPECT(run_wrmsr(msrs[i], before), 0);
	}
}

#define MTRR_CAP	0xfe
#define MTRR_BASE(i)	(0x200 + 2 * (i))
#define MTRR_MASK(i)	(MTRR_BASE(i) + 1)
#define MTRR_DEFAULT	0x2ff
#define MTRR_VALID	0x800ull
#define BLOCK(size)	(0xfffffff000ull & ~((size) - 1))	/* a mask */

/* A pair that is not in use. */
static uint32_t free_pair(void)
{
	uint32_t i, count = (uint8_t)rdmsr(MTRR_CAP);

	for (i = 0; i < count; i++) {
		if (!(rdmsr(MTRR_MASK(i)) & MTRR_VALID))
			return i;
	}
	return ~0u;
}

/* Uncached, in blocks around it, and by a mask with holes. */
static void try_range(uint32_t pair, uint64_t at, uint64_t mask)
{
	report_about("range %lx, mask %lx", at, mask);
	EXPECT(run_wrmsr(MTRR_BASE(pair), at & mask), 0);
	EXPECT(run_wrmsr(MTRR_MASK(pair), mask | MTRR_VALID), 0);
	EXPECT(rdmsr(MTRR_MASK(pair)) & MTRR_VALID, 0);
	/* In the other order. */
	EXPECT(run_wrmsr(MTRR_BASE(pair), 0xf0000000), 0);
	EXPECT(run_wrmsr(MTRR_MASK(pair), mask | MTRR_VALID), 0);
	if (rdmsr(MTRR_MASK(pair)) & MTRR_VALID) {
		EXPECT(run_wrmsr(MTRR_BASE(pair), at & mask), 0);
		EXPECT(rdmsr(MTRR_BASE(pair)), 0xf0000000);
	}
	EXPECT(run_wrmsr(MTRR_MASK(pair), 0), 0);
}

static void memory_types(void)
{
	uint64_t was = rdmsr(MTRR_DEFAULT);
	uint32_t pair = free_pair();

	EXPECT(pair != ~0u, true);
	try_range(pair, places.image, BLOCK(0x200000ull));
	try_range(pair, places.image + 0x5000, BLOCK(0x1000ull));
	try_range(pair, places.heap, BLOCK(0x200000ull));
	try_range(pair, places.heap + 0x7000, 0x7000);
	try_range(pair, 0, BLOCK(0x40000000ull));
	/* One that is about devices is the parent's. */
	report_about("a range of devices");
	EXPECT(run_wrmsr(MTRR_BASE(pair), 0xe0000001), 0);
	EXPECT(run_wrmsr(MTRR_MASK(pair), BLOCK(0x100000ull) | MTRR_VALID), 0);
	EXPECT(rdmsr(MTRR_BASE(pair)), 0xe0000001);
	EXPECT(rdmsr(MTRR_MASK(pair)), BLOCK(0x100000ull) | MTRR_VALID);
	EXPECT(run_wrmsr(MTRR_MASK(pair), 0), 0);
	EXPECT(run_wrmsr(MTRR_BASE(pair), 0), 0);
	report_about("the default type");
	EXPECT(run_wrmsr(MTRR_DEFAULT, 0), 0);
	EXPECT(run_wrmsr(MTRR_DEFAULT, was ^ 1), 0);
	EXPECT(rdmsr(MTRR_DEFAULT), was);
}

static void expect_entry(uint32_t offset, uint32_t mode, bool stays)
{
	uint32_t got;

	/* A vector for those modes that want one. */
	apic_write(offset, MODE(mode) | VECTOR);
	got = apic_read(offset);
	report_about("entry %x, mode %u: %x", offset, mode, got);
	EXPECT(got & (MASKED | MODES), stays ? MODE(mode) : MASKED);
	/* Masked it is no harm, nor any use. */
	apic_write(offset, MODE(mode) | MASKED | VECTOR);
	EXPECT(apic_read(offset) & (MASKED | MODES), MASKED |
		(stays ? MODE(mode) : 0));
	apic_write(offset, MASKED);
}

static void vector_table(void)
{
	static const uint32_t offsets[] = {0x330, 0x340, LINT0, 0x360, 0x370};
	uint32_t mode, was;
	unsigned int i;

	for (i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		was = apic_read(offsets[i]);
		for (mode = FIXED; mode <= EXTINT; mode++)
			expect_entry(offsets[i], mode, mode == FIXED ||
				mode == NMI || (mode == EXTINT &&
				offsets[i] == LINT0));
		apic_write(offsets[i], was);
	}
}

static uint32_t ioapic_get(uint32_t index)
{
	volatile uint32_t *ioapic = (volatile uint32_t *)IOAPIC;

	ioapic[0] = index;
	return ioapic[4];
}

static void ioapic_set(uint32_t index, uint32_t value)
{
	volatile uint32_t *ioapic = (volatile uint32_t *)IOAPIC;

	ioapic[0] = index;
	ioapic[4] = value;
}

static void ioapic_entries(void)
{
	uint32_t pin, mode;

	for (pin = 0; pin <= (ioapic_get(1) >> 16 & 0xff); pin++) {
		uint32_t index = 0x10 + 2 * pin;
		uint32_t low = ioapic_get(index), high = ioapic_get(index + 1);

		for (mode = FIXED; mode <= EXTINT; mode++) {
			bool stays = mode == FIXED || mode == LOWEST ||
				mode == NMI || mode == EXTINT;

			report_about("pin %u, mode %u", pin, mode);
			/* For a processor that is not there. */
			ioapic_set(index + 1, 0xe0000000);
			ioapic_set(index, MODE(mode) | VECTOR);
			EXPECT(ioapic_get(index) & (MASKED | MODES),
				stays ? MODE(mode) : MASKED);
			ioapic_set(index, MODE(mode) | MASKED | VECTOR);
			EXPECT(ioapic_get(index) & MASKED, MASKED);
		}
		ioapic_set(index, low);
		ioapic_set(index + 1, high);
	}
}

/* The serial port has an interrupt that nothing takes back: room to send. */
static void serial_interrupt(bool on)
{
	outb(COM1 + 1, on ? 2 : 0);
	outb(COM1 + 4, on ? 0x0b : 0x03);
}

static void device_interrupt(uint32_t mode, unsigned int to, uint32_t flags)
{
	uint32_t index = 0x10 + 2 * COM1_PIN;

	ioapic_set(index + 1, cpu_at(to)->apic_id << 24);
	ioapic_set(index, MODE(mode) | flags | VECTOR);
}

/* From the device to a processor: fixed comes, INIT and SMI do not. */
static void device_modes(void)
{
	static const uint32_t modes[] = {INIT, SMI, RESERVED, STARTUP, FIXED};
	uint64_t before;
	unsigned int i;

	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		before = cpu_at(0)->count[VECTOR];
		report_about("mode %u", modes[i]);
		device_interrupt(modes[i], 0, 0);
		serial_interrupt(true);
		clock_wait(2 * MILLISECOND);
		serial_interrupt(false);
		device_interrupt(FIXED, 0, MASKED);
		EXPECT(cpu_at(0)->count[VECTOR] != before, modes[i] == FIXED);
	}
	EXPECT(timers_work(), true);
}

static void wait(void)
{
	for (;;)
		pause();
}

/* A level that stays while the processor is being reset. */
static void endless_level(void)
{
	uint64_t before;

	if (cpu_count == 1)
		return;
	EXPECT(cpu_start(), true);
	before = cpu_at(1)->count[VECTOR];
	cpu_give(1, wait);
	device_interrupt(FIXED, 1, 0x8000);
	serial_interrupt(true);
	EXPECT(WAIT_UNTIL(cpu_at(1)->count[VECTOR] > before + 2, PATIENCE),
		true);
	apic_send(cpu_at(1)->apic_id, APIC_INIT);
	clock_wait(5 * MILLISECOND);
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
	device_interrupt(FIXED, 1, MASKED);
	serial_interrupt(false);
	EXPECT(cpu_start(), true);
}

/* Lines that can be caused without end have a budget. */
static void log_budget(void)
{
	unsigned int before = log_count("is dropped"), i;

	clock_wait(1100 * MILLISECOND);
	for (i = 0; i < 200; i++)
		apic_send(0, APIC_SMI | APIC_SELF);
	EXPECT_BETWEEN(log_count("is dropped") - before, 1, 60);
	clock_wait(1100 * MILLISECOND);
	before = log_count("more such lines");
	apic_send(0, APIC_SMI | APIC_SELF);
	EXPECT(log_count("more such lines"), before + 1);
}

static void touch_all(void)
{
	(void)*(volatile uint64_t *)places.image;
	(void)*(volatile uint64_t *)(places.heap + 0x2000);
	(void)*(volatile uint64_t *)(places.heap + 0x200000);
}

/* Each place is named once, in whatever order they are touched. */
static void log_once(void)
{
	unsigned int before, i;

	clock_wait(1100 * MILLISECOND);
	touch_all();
	before = log_count("The parent touched address");
	EXPECT_BETWEEN(before, 3, 100);
	for (i = 0; i < 5; i++)
		touch_all();
	EXPECT(log_count("The parent touched address"), before);
}

const struct test guard_tests[] = {
	{"guard: MSRs that are refused", refused_msrs},
	{"guard: types of the hypervisor's memory", memory_types},
	{"guard: modes of the APIC's vectors", vector_table},
	{"guard: modes of the I/O APIC's entries", ioapic_entries},
	{"guard: modes of a device's interrupt", device_modes},
	{"guard: INIT under a level that does not end", endless_level},
	{"guard: the log's budget", log_budget},
	{"guard: the log names a place once", log_once},
	{0},
};
