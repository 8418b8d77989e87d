/* Random hypercalls about three children from all processors while these run.
 * Afterwards all of it ends, and all pages are there. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "child.h"
#include "childsmp.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "option.h"
#include "run.h"
#include "tests.h"

#define FAMILY		3
#define OPERATIONS	4000
#define WINDOW		128	/* pages that are lent and deposited */
#define LARGE_PAGES	512

static uint64_t ids[FAMILY];		/* atomic; 0: none */
static uint64_t states[CPUS];
static uint64_t operations;
static uint64_t runs, intercepts;	/* atomic: that the storm got */
static uint64_t window, large;		/* page numbers */
static uint8_t *scratch;

/* xorshift64*, one for each processor. */
static uint64_t any(void)
{
	uint64_t *x = &states[cpu_self()->index];

	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * 0x2545f4914f6cdd1d;
}

static uint64_t below(uint64_t limit)
{
	return (any() >> 16) % limit;
}

static uint64_t *some_slot(void)
{
	return &ids[below(FAMILY)];
}

static uint64_t some_id(void)
{
	switch (below(40)) {
	case 0:
		return SELF;
	case 1:
		return NOBODY;
	case 2:
		return any() & 0xfff;
	}
	return __atomic_load_n(some_slot(), __ATOMIC_SEQ_CST);
}

static uint32_t some_vp(void)
{
	return below(20) ? (uint32_t)below(3) : (uint32_t)any();
}

/* Its guests find a random part of the interface. */
static void property(uint64_t id)
{
	static const uint32_t codes[] = {HV_PARTITION_PRIVILEGE_FLAGS,
		HV_PARTITION_SYNTHETIC_FEATURES, HV_PARTITION_TIME_FREEZE,
		HV_PARTITION_REFERENCE_TIME, HV_PARTITION_CLOCK_FREQUENCY};
	struct hv_set_property_in in = {id, codes[below(5)], 0, any()};

	if (in.property == HV_PARTITION_SYNTHETIC_FEATURES)
		in.value |= HV_FEATURE_PRESENT | HV_FEATURE_HV1;
	if (in.property == HV_PARTITION_TIME_FREEZE)
		in.value = 0;
	child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

static void time(void)
{
	struct hv_set_property_in in = {some_id(), HV_PARTITION_TIME_FREEZE,
		0, !below(4)};

	property(in.partition_id);
	child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
	in.value = 0;
	child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

/* Pages of the hypervisor's, where memory may be. */
static void overlay(void)
{
	static const uint32_t names[] = {HV_REG_HYPERCALL,
		HV_REG_REFERENCE_TSC, HV_REG_VP_ASSIST_PAGE, HV_REG_SIMP,
		HV_REG_SIEFP, HV_REG_GUEST_OS_ID};
	union hv_register_value value = {{(below(30) ? below(2048) << 12 :
		any()) | below(4), 0}};

	child_set_pair(some_id(), some_vp(), names[below(6)], &value);
}

static void create(void)
{
	uint64_t *slot = some_slot(), none = 0, id;

	if (__atomic_load_n(slot, __ATOMIC_SEQ_CST) ||
			child_create(CHILD_FLAGS, &id) != HV_STATUS_SUCCESS)
		return;
	if (below(3)) {
		property(id);
		property(id);
	}
	if (!__atomic_compare_exchange_n(slot, &none, id, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		child_do(HVCALL_DELETE_PARTITION, id);
	else
		child_feed(id, HVCALL_INITIALIZE_PARTITION, &id, 8, NULL);
}

/* Whoever deletes it empties the slot. */
static void end(uint64_t *slot)
{
	uint64_t id = __atomic_load_n(slot, __ATOMIC_SEQ_CST);

	if (!id)
		return;
	child_do(HVCALL_FINALIZE_PARTITION, id);
	child_withdraw(id);
	if (child_do(HVCALL_DELETE_PARTITION, id) == HV_STATUS_SUCCESS)
		__atomic_store_n(slot, 0, __ATOMIC_SEQ_CST);
}

static void map(void)
{
	struct {
		struct hv_map_gpa_in in;
		uint64_t page[8];
	} call = {.in = {some_id(), below(2) ? below(16) : below(2048),
		CHILD_ALL, 0}};
	unsigned int count = 1 + (unsigned int)below(8), i;

	for (i = 0; i < count; i++)
		call.page[i] = below(30) ? window + below(WINDOW) : any();
	if (!below(6))
		call.in.flags = HV_MAP_NO_ACCESS;
	if (!below(10))
		call.in.flags = (uint32_t)any();
	if (!below(6)) {
		call.in.flags |= HV_MAP_LARGE;
		call.in.gpa_page &= ~511ull;
		call.page[0] = large;
		count = 1;
	}
	child_feed(call.in.partition_id, HVCALL_MAP_GPA_PAGES |
		CALL_REPS(count), &call, sizeof(call), NULL);
}

static void unmap(void)
{
	uint32_t how = below(4) ? 0 : HV_UNMAP_LARGE;

	child_unmap(some_id(), below(how ? 4 : 2048) << (how ? 21 : 12),
		1 + (unsigned int)below(16), how);
}

static void age(void)
{
	struct hv_access_states_in in = {some_id(), below(20), below(2048)};

	child_feed(in.partition_id, HVCALL_GET_GPA_PAGES_ACCESS_STATES |
		CALL_REPS(1 + below(64)), &in, sizeof(in), NULL);
}

/* Real mode, at the start of what may be mapped. */
static void start(uint64_t id, uint32_t vp)
{
	union hv_register_value code = {{0, 0}};

	code.segment.limit = 0xffff;
	code.segment.attributes = 0x9b;
	child_set_pair(id, vp, HV_REG_ES + 1, &code);
	code = (union hv_register_value){{below(16) << 12, 0}};
	child_set_pair(id, vp, HV_REG_RIP, &code);
	code.quad[0] = 0x10;
	child_set_pair(id, vp, HV_REG_CR0, &code);
	code.quad[0] = below(4) ? 0x202 : 2;
	child_set_pair(id, vp, HV_REG_RFLAGS, &code);
	code.quad[0] = 0;
	child_set_pair(id, vp, HV_REG_ACTIVITY_STATE, &code);
}

static void set(void)
{
	static const uint32_t bases[] = {0, 0x10002, 0x20000, 0x30000, 0x40000,
		0x50000, 0x60000, 0x70000, 0x80000, 0x90000, 0xa0000};
	union hv_register_value value = {{any() >> below(64), any()}};
	uint32_t name = bases[below(11)] + (uint32_t)below(0x20);

	if (child_spare_qemu(name, &value))
		child_set_pair(some_id(), some_vp(), name, &value);
}

static void get(void)
{
	struct {
		struct hv_get_registers_in in;
		uint32_t name[4];
	} call = {{.partition_id = some_id(), .vp_index = some_vp()},
		{HV_REG_RIP, HV_REG_CR0, HV_REG_XMM0, HV_REG_RFLAGS}};

	child_call(HVCALL_GET_VP_REGISTERS | CALL_REPS(1 + below(4)), &call,
		sizeof(call));
}

static void dispatch(void)
{
	struct hv_dispatch_in in = {some_id(), some_vp(),
		HV_DISPATCH_CLEAR_INTERCEPT, 1000 + below(20000), 0};

	if (child_call(HVCALL_DISPATCH_VP, &in, sizeof(in)) !=
			HV_STATUS_SUCCESS)
		return;
	__atomic_add_fetch(&runs, 1, __ATOMIC_RELAXED);
	if (child_out()[0] >> 32 == HV_EVENT_INTERCEPT)
		__atomic_add_fetch(&intercepts, 1, __ATOMIC_RELAXED);
}

static void assert_interrupt(void)
{
	struct child child = {.id = some_id()};

	child_assert(&child, (uint32_t)below(11), below(3) ? below(4) : any(),
		below(4) ? 0x20 + (uint32_t)below(200) : (uint32_t)any(),
		(uint32_t)below(4));
}

static void state_page(void)
{
	struct hv_state_page_in in = {.partition_id = some_id(),
		.vp_index = some_vp(), .type = (uint16_t)below(3)};

	child_call(below(2) ? HVCALL_MAP_VP_STATE_PAGE :
		HVCALL_UNMAP_VP_STATE_PAGE, &in, sizeof(in));
}

static void vp_state(void)
{
	struct {
		struct hv_vp_state_in in;
		uint64_t page[2];
	} call = {{.partition_id = some_id(), .vp_index = some_vp(),
		.type = below(2) ? HV_VP_STATE_LAPIC : HV_VP_STATE_XSAVE},
		{(uint64_t)scratch / HV_PAGE_SIZE + cpu_self()->index,
		window + below(WINDOW)}};

	child_call((below(2) ? HVCALL_GET_VP_STATE : HVCALL_SET_VP_STATE) |
		(1 + below(2)) << 17, &call, sizeof(call));
}

static void statistics(void)
{
	struct hv_stats_in in = {.type = below(2) ? HV_STATS_VP :
		HV_STATS_PARTITION};

	in.vp.partition_id = some_id();
	in.vp.vp_index = some_vp();
	/* What the parent has of its own stays. */
	if (in.vp.partition_id == SELF || in.vp.partition_id < 2)
		return;
	child_call(below(2) ? HVCALL_MAP_STATS_PAGE : HVCALL_UNMAP_STATS_PAGE,
		&in, sizeof(in));
}

static void intercept(void)
{
	struct hv_install_intercept_in in = {some_id(), (uint32_t)below(9),
		(uint32_t)below(16), below(40)};
	struct hv_cpuid_result_in leaf = {.partition_id = some_id(),
		.type = HV_INTERCEPT_CPUID, .eax = (uint32_t)below(14),
		.ecx = (uint32_t)below(3), .subleaf_specific = below(2),
		.eax_result = {(uint32_t)any(), (uint32_t)any()},
		.ecx_result = {(uint32_t)any(), (uint32_t)any()}};

	child_call(HVCALL_INSTALL_INTERCEPT, &in, sizeof(in));
	child_feed(leaf.partition_id, HVCALL_REGISTER_INTERCEPT_RESULT, &leaf,
		sizeof(leaf), NULL);
}

static void translate(void)
{
	struct hv_translate_in in = {some_id(), some_vp(), 0, below(40),
		below(2) ? below(4096) : any()};

	child_call(HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &in, sizeof(in));
}

/* Whether signals are heard, and taken. */
static void hear(void)
{
	volatile uint32_t *type = (volatile uint32_t *)(rdmsr(HV_MSR_SIMP) &
		~0xfffull);

	if (below(2))
		*type = 0;
	wrmsr(HV_MSR_EOM, 0);
	wrmsr(HV_MSR_SCONTROL, below(3) != 0);
	wrmsr(HV_MSR_SIMP, (rdmsr(HV_MSR_SIMP) & ~1ull) | (below(3) != 0));
}

static void pool(void)
{
	uint64_t id = some_id();

	/* The parent's own pool is child_create()'s. */
	if (below(2))
		child_deposit(id, 1 + (unsigned int)below(9));
	else
		child_withdraw(id);
}

static void rare(void)
{
	uint64_t id = some_id();

	switch (below(6)) {
	case 0:
		end(some_slot());
		break;
	case 1:
		child_do(HVCALL_INITIALIZE_PARTITION, id);
		break;
	case 2:
		child_do(HVCALL_DELETE_PARTITION, SELF);
		break;
	case 3:
		child_do(HVCALL_CLEAR_VIRTUAL_INTERRUPT, id);
		break;
	case 4:
		hear();
		break;
	case 5:
		intercept();
		break;
	}
}

static void storm(void)
{
	static void (*const acts[])(void) = {create, map, map, unmap, age, set,
		get, dispatch, dispatch, dispatch, dispatch, assert_interrupt,
		assert_interrupt, state_page, vp_state, statistics, translate,
		pool, rare, overlay, overlay, time};
	uint64_t i;

	for (i = 0; i < operations / cpu_count; i++) {
		uint64_t act = below(sizeof(acts) / sizeof(*acts) + 3), id;

		if (act < sizeof(acts) / sizeof(*acts)) {
			acts[act]();
			continue;
		}
		id = some_id();
		if (act & 1)
			child_create_vp(id, (uint32_t)below(3));
		else
			start(id, (uint32_t)below(3));
	}
	wrmsr(HV_MSR_SCONTROL, 0);
}

/* Pages that the pool gives next: some are ours, some the children's. */
static void choose_window(void)
{
	struct hv_withdraw_in out = {.partition_id = SELF};
	uint64_t in[2] = {SELF}, first;

	child_withdraw(SELF);
	child_deposit(SELF, 1);
	EXPECT(child_call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1), &out,
		sizeof(out)), HV_STATUS_SUCCESS);
	first = in[1] = child_out()[0];
	EXPECT(child_call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), in,
		sizeof(in)), HV_STATUS_SUCCESS);
	child_withdraw(SELF);
	window = first - WINDOW / 2;
	large = ((uint64_t)memory_take(2 * LARGE_PAGES) / HV_PAGE_SIZE +
		LARGE_PAGES - 1) & ~(LARGE_PAGES - 1ull);
}

static void all_at_once(void)
{
	uint64_t seed = option_number("seed=", 1);
	unsigned int i, before;

	operations = option_number("crowd=", OPERATIONS);
	report_note("childstorm: %lu operations, seed %lu", operations, seed);
	childsmp_start();
	scratch = memory_take(CPUS);
	choose_window();
	child_scatter((void *)(window * HV_PAGE_SIZE), WINDOW);
	child_scatter((void *)(large * HV_PAGE_SIZE), LARGE_PAGES);
	before = child_stash();
	for (i = 0; i < cpu_count; i++)
		states[i] = (seed + i) * 0x9e3779b97f4a7c15 + 1;
	for (i = 1; i < cpu_count; i++)
		cpu_give(i, storm);
	storm();
	for (i = 1; i < cpu_count; i++) {
		report_about("processor %u ends", i);
		EXPECT(cpu_done(i, 300000), true);
	}
	report_note("childstorm: %lu runs, %lu intercepts", runs, intercepts);
	EXPECT_BETWEEN(runs, operations / 200, operations);
	EXPECT_BETWEEN(intercepts, operations / 1000, operations);
	for (i = 0; i < FAMILY; i++) {
		report_about("child %u", i);
		end(&ids[i]);
		EXPECT(ids[i], 0);
	}
	child_withdraw(SELF);
	report_about("pages");
	EXPECT(child_stash(), before);
}

const struct test childstorm_tests[] = {
	{"childstorm: everything about children at once", all_at_once},
	{0},
};
