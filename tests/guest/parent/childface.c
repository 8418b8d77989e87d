/* What guests find of the hypervisor: leaves, MSRs and their privileges, time,
 * lazy EOI. docs/guests.md */
/* SPDX-License-Identifier: MIT */
#include "childface.h"

#include "../../../hypervisor/abi/cpuid.h"
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "clock.h"
#include "tests.h"

#define CODE(name)	name, name##_end
#define CODE_IS(name) extern const uint8_t name[], name##_end[]
CODE_IS(child_face);
CODE_IS(child_lazy);
CODE_IS(child_sweep);
CODE_IS(child_sweep_gp);
CODE_IS(child_time);
CODE_IS(child_wait);

#define PRESENT		(HV_FEATURE_PRESENT | HV_FEATURE_HV1)
#define AT_HANDLER	0x2000u
#define AT_GP		0x2400u

enum { RDMSR, WRMSR, CPUID };

static uint32_t set_property(const struct child *child, uint32_t property,
	uint64_t value)
{
	struct hv_set_property_in in = {child->id, property, 0, value};

	return child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

static uint64_t get_property(const struct child *child, uint32_t property)
{
	struct hv_get_property_in in = {child->id, property, 0};

	EXPECT(child_call(HVCALL_GET_PARTITION_PROPERTY, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	return child_out()[0];
}

bool face_make(struct child *child, uint64_t features, unsigned int vps)
{
	if (!child_make(child, 0, 0))
		return false;
	EXPECT(set_property(child, HV_PARTITION_SYNTHETIC_FEATURES, features),
		HV_STATUS_SUCCESS);
	if (!child_make_vps(child, vps))
		return false;
	child_start(child, 0, CHILD_LONG, CODE(child_face));
	EXPECT(child_until(child, 0, PORT_DONE) >> 32, 0);
	return true;
}

/* One instruction on VP 0; what it found is in its register page. False when it
 * raised #GP. */
static uint64_t act(const struct child *child, uint64_t what, uint32_t ecx,
	uint64_t value)
{
	const volatile struct hv_io_intercept *io = (const volatile void *)
		child->message[0]->payload;
	struct register_page *page = child->registers[0];
	uint32_t result;

	page->rip = AT_CODE + 2;
	page->gpr[0] = (uint32_t)value;
	page->gpr[1] = ecx;
	page->gpr[2] = value >> 32;
	page->gpr[3] = what;
	page->gpr[4] = AT_STACK;
	page->dirty |= HV_DIRTY_GENERAL | HV_DIRTY_IP;
	result = child_run(child, 0);
	if (result != CHILD_INTERCEPT)
		return (uint64_t)result << 32;
	if (child->message[0]->type != HV_MESSAGE_IO_PORT)
		return (uint64_t)child->message[0]->type << 32;
	if (io->port == PORT_TRAP)
		return 1ull << 63 | (uint8_t)page->gpr[0];
	return 0;
}

uint64_t face_write(const struct child *child, uint32_t msr, uint64_t value)
{
	return act(child, WRMSR, msr, value);
}

uint64_t face_read(const struct child *child, uint32_t msr)
{
	const struct register_page *page = child->registers[0];
	uint64_t result = act(child, RDMSR, msr, 0);

	return result ? result : (uint32_t)page->gpr[0] | page->gpr[2] << 32;
}

static struct cpuid leaf(const struct child *child, uint32_t eax)
{
	const struct register_page *page = child->registers[0];

	EXPECT(act(child, CPUID, 0, eax), 0);
	return (struct cpuid){(uint32_t)page->gpr[0], (uint32_t)page->gpr[3],
		(uint32_t)page->gpr[1], (uint32_t)page->gpr[2]};
}

/* Where there is room for the probe and for this. */
void face_point(struct child *child, const char *code, uint64_t gpa)
{
	struct register_page *page = child->registers[0];

	memcpy(child->memory + 0x1800, code, 4);
	page->rip = 0x1800;
	page->gpr[3] = gpa;
	page->gpr[4] = AT_STACK;
	page->dirty |= HV_DIRTY_GENERAL | HV_DIRTY_IP;
}

uint64_t face_word(struct child *child, uint64_t gpa)
{
	face_point(child, "\x8b\x03\xe7\x80", gpa);
	return child_until(child, 0, PORT_DONE);
}

uint64_t face_finish(const struct child *child)
{
	uint64_t result;

	do {
		result = child_until(child, 0, PORT_DONE);
	} while (result == (uint64_t)CHILD_READY << 32);
	return result;
}

/* Each feature: what it shows in FEATURES and HINTS, and the MSRs behind it. */
static const struct feature {
	uint64_t feature;
	struct cpuid features;
	uint32_t hints;
	uint32_t first, last;	/* that can be read, without effect */
} features[] = {
	{HV_FEATURE_VP_RUNTIME, {HV_ACCESS_VP_RUNTIME, 0, 0, 0}, 0,
		HV_MSR_VP_RUNTIME, HV_MSR_VP_RUNTIME},
	{HV_FEATURE_REF_COUNTER, {HV_ACCESS_REF_COUNTER, 0, 0, 0}, 0,
		HV_MSR_TIME_REF_COUNT, HV_MSR_TIME_REF_COUNT},
	{HV_FEATURE_SYNIC, {HV_ACCESS_SYNIC, HV_POST_MESSAGES, 0,
		HV_SINT_POLLING_AVAILABLE}, 0, HV_MSR_SCONTROL, HV_MSR_SIMP},
	{HV_FEATURE_SYNIC, {HV_ACCESS_SYNIC, HV_POST_MESSAGES, 0,
		HV_SINT_POLLING_AVAILABLE}, 0, HV_MSR_SINT0, HV_MSR_SINT15},
	{HV_FEATURE_STIMER, {HV_ACCESS_STIMER, 0, 0, 0}, 0,
		HV_MSR_STIMER0_CONFIG, HV_MSR_STIMER3_COUNT},
	{HV_FEATURE_APIC_MSRS, {HV_ACCESS_APIC_MSRS, 0, 0, 0},
		HV_HINT_APIC_MSRS, HV_MSR_ICR, HV_MSR_VP_ASSIST_PAGE},
	{HV_FEATURE_HYPERCALL, {HV_ACCESS_HYPERCALL_MSRS, 0, 0,
		HV_XMM_INPUT_AVAILABLE | HV_HYPERCALL_LOCK_AVAILABLE}, 0,
		HV_MSR_GUEST_OS_ID, HV_MSR_HYPERCALL},
	{HV_FEATURE_HYPERCALL, {HV_ACCESS_HYPERCALL_MSRS, 0, 0,
		HV_XMM_INPUT_AVAILABLE | HV_HYPERCALL_LOCK_AVAILABLE}, 0,
		HV_MSR_CRASH_P0, HV_MSR_CRASH_CTL},
	{HV_FEATURE_VP_INDEX, {HV_ACCESS_VP_INDEX, 0, 0, 0}, 0,
		HV_MSR_VP_INDEX, HV_MSR_VP_INDEX},
	{HV_FEATURE_REFERENCE_TSC, {HV_ACCESS_REFERENCE_TSC, 0, 0, 0}, 0,
		HV_MSR_REFERENCE_TSC, HV_MSR_REFERENCE_TSC},
	{HV_FEATURE_GUEST_IDLE, {HV_ACCESS_GUEST_IDLE, 0, 0,
		HV_GUEST_IDLE_AVAILABLE}, 0, 0, 0},
	{HV_FEATURE_FREQUENCY, {HV_ACCESS_FREQUENCY_MSRS, 0, 0,
		HV_FREQUENCY_MSRS_AVAILABLE}, 0, HV_MSR_TSC_FREQUENCY,
		HV_MSR_APIC_FREQUENCY},
	{HV_FEATURE_EXTENDED_RANGES, {0, HV_EXTENDED_RANGES, 0,
		HV_EXTENDED_RANGES_AVAILABLE}, 0, 0, 0},
	{HV_FEATURE_FAST_OUTPUT, {0, HV_FAST_OUTPUT, 0,
		HV_XMM_OUTPUT_AVAILABLE}, 0, 0, 0},
	{HV_FEATURE_START_VP, {0, HV_START_VP, 0, 0}, 0, 0, 0},
	{HV_FEATURE_STIMER_DIRECT, {0, 0, 0, HV_STIMER_DIRECT_AVAILABLE}, 0,
		0, 0},
	{HV_FEATURE_EX_MASKS, {0, 0, 0, 0}, HV_HINT_EX_MASKS, 0, 0},
	{HV_FEATURE_FLUSH, {0, 0, 0, 0}, HV_HINT_REMOTE_FLUSH, 0, 0},
	{HV_FEATURE_CLUSTER_IPI, {0, 0, 0, 0}, HV_HINT_CLUSTER_IPI, 0, 0},
	{HV_FEATURE_SIGNAL_EVENTS, {0, HV_SIGNAL_EVENTS, 0, 0}, 0, 0, 0},
	{HV_FEATURE_VP_REGISTERS, {0, HV_ACCESS_VP_REGISTERS, 0, 0}, 0, 0, 0},
};
#define FEATURES (sizeof(features) / sizeof(*features))
#define ALWAYS_HINTS (HV_HINT_RELAXED_TIMING | HV_HINT_DEPRECATE_AUTO_EOI)

/* Every MSR of the table is there when its feature is, else #GP. */
static void expect_msrs(const struct child *child, uint64_t has)
{
	unsigned int i;
	uint32_t msr;

	for (i = 0; i < FEATURES; i++) {
		bool is_there = features[i].feature & has;

		for (msr = features[i].first; msr && msr <= features[i].last;
				msr++) {
			report_about("features %lx, MSR %x", has, msr);
			EXPECT(face_read(child, msr) == FACE_FAULT, !is_there);
			if (!is_there)
				EXPECT(face_write(child, msr, 0), FACE_FAULT);
		}
	}
	report_about("features %lx, GUEST_IDLE, EOI", has);
	if (!(has & HV_FEATURE_GUEST_IDLE))
		EXPECT(face_read(child, HV_MSR_GUEST_IDLE), FACE_FAULT);
	EXPECT(face_write(child, HV_MSR_EOI, 0), has & HV_FEATURE_APIC_MSRS ?
		0 : FACE_FAULT);
	EXPECT(face_read(child, HV_MSR_EOI), FACE_FAULT);
	EXPECT(face_read(child, HV_MSR_RESET), FACE_FAULT);
	EXPECT(face_write(child, HV_MSR_TSC_INVARIANT, 1), FACE_FAULT);
}

static void expect_leaves(const struct child *child, uint64_t has)
{
	struct cpuid want = {0, 0, 0, HV_CRASH_MSRS_AVAILABLE}, is;
	uint32_t hints = ALWAYS_HINTS;
	unsigned int i;

	for (i = 0; i < FEATURES; i++) {
		if (!(features[i].feature & has))
			continue;
		want.eax |= features[i].features.eax;
		want.ebx |= features[i].features.ebx;
		want.edx |= features[i].features.edx;
		hints |= features[i].hints;
	}
	report_about("features %lx, leaves", has);
	is = leaf(child, HV_CPUID_FEATURES);
	EXPECT(is.eax, want.eax);
	EXPECT(is.ebx, want.ebx);
	EXPECT(is.ecx, 0);
	EXPECT(is.edx, want.edx);
	EXPECT(get_property(child, HV_PARTITION_PRIVILEGE_FLAGS), want.eax |
		(uint64_t)want.ebx << 32);
	is = leaf(child, HV_CPUID_HINTS);
	EXPECT(is.eax, hints);
	EXPECT(is.ebx, has & HV_FEATURE_LONG_SPIN ? 4096 : HV_SPIN_NEVER);
}

static void one_set(uint64_t has)
{
	struct child child;

	if (!face_make(&child, has, 1))
		return;
	expect_leaves(&child, has);
	expect_msrs(&child, has);
	child_end(&child);
}

/* Each one alone, and all but each. */
static void every_bit(void)
{
	unsigned int bit;

	one_set(PRESENT);
	one_set(~0ull);
	for (bit = 2; bit < 40; bit++) {
		one_set(PRESENT | 1ull << bit);
		one_set(~(1ull << bit));
	}
}

static void privilege_flags(void)
{
	struct child child;
	struct cpuid is;

	if (!child_make(&child, 0, 0))
		return;
	EXPECT(set_property(&child, HV_PARTITION_PRIVILEGE_FLAGS, ~0ull),
		HV_STATUS_SUCCESS);
	EXPECT(get_property(&child, HV_PARTITION_PRIVILEGE_FLAGS), 0);
	EXPECT(set_property(&child, HV_PARTITION_SYNTHETIC_FEATURES, PRESENT |
		HV_FEATURE_SYNIC), HV_STATUS_SUCCESS);
	/* What no guest has stays off. */
	EXPECT(get_property(&child, HV_PARTITION_PRIVILEGE_FLAGS) & 0x9000f000,
		0);
	EXPECT(set_property(&child, HV_PARTITION_PRIVILEGE_FLAGS,
		HV_ACCESS_RESET | HV_ACCESS_VP_INDEX), HV_STATUS_SUCCESS);
	if (!child_make_vps(&child, 1))
		return;
	EXPECT(set_property(&child, HV_PARTITION_PRIVILEGE_FLAGS, 0),
		HV_STATUS_INVALID_PARTITION_STATE);
	EXPECT(set_property(&child, HV_PARTITION_SYNTHETIC_FEATURES, 0),
		HV_STATUS_INVALID_PARTITION_STATE);
	child_start(&child, 0, CHILD_LONG, CODE(child_face));
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	is = leaf(&child, HV_CPUID_FEATURES);
	EXPECT(is.eax, HV_ACCESS_RESET | HV_ACCESS_VP_INDEX);
	/* A feature without its privilege. */
	EXPECT(is.edx, HV_CRASH_MSRS_AVAILABLE);
	EXPECT(face_read(&child, HV_MSR_VP_INDEX), 0);
	EXPECT(face_read(&child, HV_MSR_RESET), 0);
	EXPECT(face_read(&child, HV_MSR_SCONTROL), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_RESET, 1), (uint64_t)
		HV_MESSAGE_UNRECOVERABLE << 32);
	child_end(&child);
}

static void leaves(void)
{
	struct child child;
	struct cpuid is;
	uint32_t at;

	if (!face_make(&child, 0, 1))
		return;
	EXPECT(leaf(&child, 1).ecx >> 31, 1);
	for (at = HV_CPUID_VENDOR; at < HV_CPUID_VENDOR + 16; at++) {
		is = leaf(&child, at);
		EXPECT(is.eax | is.ebx | is.ecx | is.edx, 0);
	}
	EXPECT(face_read(&child, HV_MSR_VP_INDEX), FACE_FAULT);
	child_end(&child);
	if (!face_make(&child, HV_FEATURE_PRESENT, 1))
		return;
	is = leaf(&child, HV_CPUID_VENDOR);
	EXPECT(is.eax, HV_CPUID_INTERFACE);
	EXPECT(is.ebx, 0x7263694d);
	EXPECT(leaf(&child, HV_CPUID_INTERFACE).eax, 0);
	EXPECT(leaf(&child, HV_CPUID_FEATURES).edx, 0);
	EXPECT(face_read(&child, HV_MSR_VP_INDEX), FACE_FAULT);
	child_end(&child);
	if (!face_make(&child, FACE_ALL, 1))
		return;
	is = leaf(&child, HV_CPUID_VENDOR);
	EXPECT(is.eax, HV_CPUID_NESTED);
	EXPECT(is.ebx, 0x7263694d);
	EXPECT(is.ecx, 0x666f736f);
	EXPECT(is.edx, 0x76482074);
	EXPECT(leaf(&child, HV_CPUID_INTERFACE).eax, 0x31237648);
	EXPECT(leaf(&child, HV_CPUID_VERSION).ebx >> 16, 10);
	EXPECT(leaf(&child, HV_CPUID_LIMITS).eax, 512);
	EXPECT(leaf(&child, HV_CPUID_HARDWARE).eax, 0xa);
	for (at = HV_CPUID_HARDWARE + 1; at < HV_CPUID_VENDOR + 16; at++) {
		is = leaf(&child, at);
		EXPECT(is.eax | is.ebx | is.ecx | is.edx, 0);
	}
	child_end(&child);
}

static void plain(void)
{
	struct child child;
	unsigned int i;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	EXPECT(face_read(&child, HV_MSR_VP_INDEX), 0);
	EXPECT(face_write(&child, HV_MSR_VP_INDEX, 0), FACE_FAULT);
	EXPECT(face_read(&child, HV_MSR_TSC_FREQUENCY),
		rdmsr(HV_MSR_TSC_FREQUENCY));
	EXPECT(face_read(&child, HV_MSR_APIC_FREQUENCY), get_property(&child,
		HV_PARTITION_APIC_FREQUENCY));
	EXPECT(face_write(&child, HV_MSR_TSC_FREQUENCY, 1), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_TIME_REF_COUNT, 1), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_TPR, 0x100), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_TPR, 0x53), 0);
	EXPECT(face_read(&child, HV_MSR_TPR), 0x53);
	EXPECT(child_get(&child, 0, HV_REG_CR8), 5);
	EXPECT(face_write(&child, HV_MSR_TPR, 0), 0);
	for (i = 0; i < 5; i++) {
		EXPECT(face_write(&child, HV_MSR_CRASH_P0 + i, ~(uint64_t)i),
			0);
		EXPECT(face_read(&child, HV_MSR_CRASH_P0 + i), ~(uint64_t)i);
		EXPECT(child_get(&child, 0, HV_REG_CRASH_P0 + i),
			~(uint64_t)i);
	}
	EXPECT(face_read(&child, HV_MSR_CRASH_CTL), HV_CRASH_NOTIFY);
	EXPECT(face_write(&child, HV_MSR_CRASH_CTL, HV_CRASH_NOTIFY), 0);
	EXPECT(face_read(&child, HV_MSR_VP_RUNTIME) > 0, true);
	EXPECT(set_property(&child, HV_PARTITION_CLOCK_FREQUENCY, 1),
		HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_property(&child, HV_PARTITION_CLOCK_FREQUENCY,
		rdmsr(HV_MSR_TSC_FREQUENCY)), HV_STATUS_SUCCESS);
	child_end(&child);
}

/* Reads both clocks of the guest. */
static void times(struct child *child, uint32_t vp, uint64_t out[4])
{
	struct register_page *page = child->registers[vp];

	EXPECT(child_until(child, vp, PORT_DONE) >> 32, 0);
	out[0] = page->gpr[0];
	out[1] = page->gpr[2];
	out[2] = page->gpr[6];
	out[3] = page->gpr[7];
}

static void start_times(struct child *child, uint32_t vp)
{
	child_start(child, vp, CHILD_LONG, CODE(child_time));
	child_set(child, vp, HV_REG_RAX + 3, AT_OVERLAY);
}

/* The page and the MSR tell the same time: the page is read first, and what is
 * between may take long in an emulator. */
#define EXPECT_SAME(t) EXPECT_BETWEEN((t)[1] - (t)[0] + 2, 0, \
	20 * MILLISECOND)

static void reference_time(void)
{
	struct child child;
	uint64_t t[4], u[4], before, after;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, AT_OVERLAY | 1), 0);
	EXPECT(face_read(&child, HV_MSR_REFERENCE_TSC), AT_OVERLAY | 1);
	start_times(&child, 0);
	times(&child, 0, t);
	report_about("the page, the MSR");
	EXPECT(t[2], 1);
	EXPECT_SAME(t);
	/* It began with the partition. */
	EXPECT_BETWEEN(t[0], 1, 5000 * MILLISECOND);
	before = clock_now();
	times(&child, 0, t);
	clock_wait(20 * MILLISECOND);
	times(&child, 0, u);
	after = clock_now();
	EXPECT_BETWEEN(u[0] - t[0], 20 * MILLISECOND, after - before);
	report_about("the guest's TSC changes");
	EXPECT(child_set(&child, 0, HV_REG_TSC, 0x123456789ab),
		HV_STATUS_SUCCESS);
	times(&child, 0, t);
	EXPECT(t[2], 2);
	EXPECT_SAME(t);
	EXPECT_BETWEEN(t[0] - u[0], 1, 1000 * MILLISECOND);
	EXPECT_BETWEEN(t[3], 0x123456789ab, 0x12f00000000);
	report_about("time is set");
	EXPECT(set_property(&child, HV_PARTITION_REFERENCE_TIME, 1ull << 58),
		HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_property(&child, HV_PARTITION_REFERENCE_TIME,
		1000000000000), HV_STATUS_SUCCESS);
	times(&child, 0, t);
	EXPECT_SAME(t);
	EXPECT_BETWEEN(t[0], 1000000000000, 1000000000000 + 1000 * MILLISECOND);
	EXPECT_BETWEEN(get_property(&child, HV_PARTITION_REFERENCE_TIME),
		t[0], t[0] + 1000 * MILLISECOND);
	child_end(&child);
}

static void frozen_time(void)
{
	uint64_t t[4], u[4], ticks = rdmsr(HV_MSR_TSC_FREQUENCY), i;
	struct child child;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, AT_OVERLAY | 1), 0);
	start_times(&child, 0);
	for (i = 0; i < 5; i++) {
		times(&child, 0, t);
		EXPECT(set_property(&child, HV_PARTITION_TIME_FREEZE, 1),
			HV_STATUS_SUCCESS);
		EXPECT(child_dispatch(&child, 0), CHILD_SUSPENDED);
		u[0] = get_property(&child, HV_PARTITION_REFERENCE_TIME);
		clock_wait(500 * MILLISECOND);
		EXPECT(get_property(&child, HV_PARTITION_REFERENCE_TIME),
			u[0]);
		EXPECT(set_property(&child, HV_PARTITION_TIME_FREEZE, 0),
			HV_STATUS_SUCCESS);
		times(&child, 0, u);
		EXPECT_SAME(u);
		EXPECT_BETWEEN(u[0] - t[0], 1, 400 * MILLISECOND);
		EXPECT_BETWEEN(u[3] - t[3], 1, ticks * 4 / 10);
		EXPECT(u[2], t[2]);
	}
	child_end(&child);
}

/* VPs whose TSCs differ: the page is no use. */
static void two_tscs(void)
{
	struct child child;
	uint64_t t[4];

	if (!face_make(&child, FACE_ALL, 2))
		return;
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, AT_OVERLAY | 1), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 1);
	/* By the guest: another one. */
	EXPECT(face_write(&child, 0x10, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0);
	/* By the parent, one after the other: the same again. */
	EXPECT(child_set(&child, 0, HV_REG_TSC, 0x55500000000),
		HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY), 0);
	clock_wait(10 * MILLISECOND);
	EXPECT(child_set(&child, 1, HV_REG_TSC, 0x55500000000),
		HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY) > 0, true);
	start_times(&child, 0);
	times(&child, 0, t);
	EXPECT_SAME(t);
	child_end(&child);
}

static void guest_idle(void)
{
	struct child child;

	if (!face_make(&child, ~0ull, 1))
		return;
	EXPECT(act(&child, WRMSR, 0x1b, 0xfee00d00), 0);
	EXPECT(act(&child, WRMSR, 0x80f, 0x1ff), 0);
	EXPECT(face_read(&child, HV_MSR_GUEST_IDLE),
		(uint64_t)CHILD_BLOCKED << 32);
	EXPECT(child_get(&child, 0, HV_REG_ACTIVITY_STATE),
		HV_ACTIVITY_IDLE_SUSPEND);
	/* Its interrupts are off: it goes on behind the instruction. */
	EXPECT(child_assert(&child, HV_INTERRUPT_FIXED, 0, 0x50, 0),
		HV_STATUS_SUCCESS);
	EXPECT(child_until(&child, 0, PORT_DONE), 0);
	EXPECT(child_get(&child, 0, HV_REG_ACTIVITY_STATE), 0);
	report_about("not halted by another interrupt");
	EXPECT(face_read(&child, HV_MSR_GUEST_IDLE), 0);
	report_about("nor by one that its priority keeps away");
	EXPECT(act(&child, WRMSR, HV_MSR_TPR, 0xf0), 0);
	EXPECT(face_read(&child, HV_MSR_GUEST_IDLE), 0);
	child_end(&child);
}

/* A handler for a vector: child_lazy. */
static void set_handler(struct child *child, uint8_t vector)
{
	uint64_t at = AT_HANDLER + (vector >> 4) * 64u;
	uint64_t *gate = (uint64_t *)(child->memory + AT_IDT) + 2 * vector;

	memcpy(child->memory + at, child_lazy, (size_t)(child_lazy_end -
		child_lazy));
	child->memory[at + 1] = vector;
	gate[0] = at | 0x8u << 16 | 0x8e0000000000;
}

static void start_waiting(struct child *child)
{
	child_start(child, 0, CHILD_LONG, CODE(child_wait));
	set_handler(child, 0x50);
	set_handler(child, 0x60);
	set_handler(child, 0x70);
}

/* The vector whose handler runs, and whether it needed to write the EOI. */
static void expect_interrupt(const struct child *child, uint8_t vector,
	bool is_lazy)
{
	EXPECT(child_until(child, 0, PORT_TRAP) & 0xff, vector);
	EXPECT(child_until(child, 0, 0x81) & 1, is_lazy);
}

static void interrupt(const struct child *child, uint32_t vector)
{
	EXPECT(child_assert(child, HV_INTERRUPT_FIXED, 0, vector, 0),
		HV_STATUS_SUCCESS);
}

static void lazy_eoi(void)
{
	struct child child;
	unsigned int i;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	EXPECT(act(&child, WRMSR, 0x1b, 0xfee00d00), 0);
	EXPECT(act(&child, WRMSR, 0x80f, 0x1ff), 0);
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, AT_OVERLAY | 1), 0);
	start_waiting(&child);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	for (i = 0; i < 3; i++) {
		report_about("one, round %u", i);
		interrupt(&child, 0x50 + i * 0x10);
		expect_interrupt(&child, (uint8_t)(0x50 + i * 0x10), true);
		EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	}
	report_about("two at once");
	interrupt(&child, 0x50);
	interrupt(&child, 0x60);
	expect_interrupt(&child, 0x60, false);
	expect_interrupt(&child, 0x50, true);
	report_about("a lower one while one is served");
	interrupt(&child, 0x60);
	EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff, 0x60);
	interrupt(&child, 0x50);
	EXPECT(child_until(&child, 0, 0x81) & 1, false);
	expect_interrupt(&child, 0x50, true);
	report_about("a higher one would need interrupts on: the same again");
	interrupt(&child, 0x60);
	EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff, 0x60);
	interrupt(&child, 0x60);
	EXPECT(child_until(&child, 0, 0x81) & 1, false);
	expect_interrupt(&child, 0x60, true);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	child_end(&child);
}

/* A level-triggered one needs its EOI, which the worker hears of. */
static void lazy_level(void)
{
	struct child child;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	EXPECT(act(&child, WRMSR, 0x1b, 0xfee00d00), 0);
	EXPECT(act(&child, WRMSR, 0x80f, 0x1ff), 0);
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, AT_OVERLAY | 1), 0);
	start_waiting(&child);
	EXPECT(child_run(&child, 0), CHILD_BLOCKED);
	EXPECT(child_assert(&child, HV_INTERRUPT_FIXED, 0, 0x50,
		HV_INTERRUPT_LEVEL), HV_STATUS_SUCCESS);
	EXPECT(child_until(&child, 0, PORT_TRAP) & 0xff, 0x50);
	EXPECT(child_run(&child, 0), CHILD_INTERCEPT);
	EXPECT(child.message[0]->type, HV_MESSAGE_APIC_EOI);
	EXPECT(child_until(&child, 0, 0x81) & 1, false);
	interrupt(&child, 0x60);
	expect_interrupt(&child, 0x60, true);
	child_end(&child);
}

/* HOSTILE N2: every MSR, read and written. */
static void sweep(void)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{0, 0x2000}, {0x40000000, 0x40000200},
		{0xc0000000, 0xc0000200}, {0xc0010000, 0xc0012000},
	};
	static const uint64_t values[] = {0, ~0ull, 0x5a5a5a5a5a5a5a5a,
		0x8000000000000001, 0x123456789abcdef1};
	struct child child;
	unsigned int i, j;

	for (i = 0; i < 5; i++) {
		for (j = 0; j < 4; j++) {
			uint64_t *gate;

			report_about("value %lx, MSRs from %x", values[i],
				ranges[j].from);
			if (!face_make(&child, FACE_ALL, 1))
				return;
			child_start(&child, 0, CHILD_LONG, CODE(child_sweep));
			memcpy(child.memory + AT_GP, child_sweep_gp, 16);
			gate = (uint64_t *)(child.memory + AT_IDT) + 2 * 13;
			gate[0] = AT_GP | 0x8u << 16 | 0x8e0000000000;
			child_set(&child, 0, HV_REG_RAX + 6, ranges[j].from);
			child_set(&child, 0, HV_REG_RAX + 7, ranges[j].to);
			child_set(&child, 0, HV_REG_RAX + 8, values[i]);
			EXPECT(face_finish(&child), ranges[j].to);
			child_end(&child);
		}
	}
}

const struct test childface_tests[] = {
	{"face: leaves", leaves},
	{"face: a leaf's bit and MSRs for every feature", every_bit},
	{"face: privileges that are asked for", privilege_flags},
	{"face: plain MSRs", plain},
	{"face: reference time", reference_time},
	{"face: time stands still", frozen_time},
	{"face: VPs with different TSCs", two_tscs},
	{"face: GUEST_IDLE", guest_idle},
	{"face: lazy EOI", lazy_eoi},
	{"face: level-triggered interrupts", lazy_level},
	{"face: every MSR", sweep},
	{0},
};
