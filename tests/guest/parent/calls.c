/* What each call does, and the checks of its own. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "tests.h"

#define OTHER		2	/* a partition that there is not */
#define PFN(page)	((uint64_t)(page) / HV_PAGE_SIZE)
#define STATS_CPUID	19	/* of a VP; hypervisor/core/stats.h */

static uint64_t output(unsigned int index)
{
	return ((const uint64_t *)call_out)[index];
}

/* DEPOSIT_MEMORY of pages in a row. */
static uint32_t deposit(uint64_t partition, uint64_t pfn, unsigned int count)
{
	uint64_t *in = call_in;
	unsigned int i;

	in[0] = partition;
	for (i = 0; i < count; i++)
		in[1 + i] = pfn + i;
	return call_raw(HVCALL_DEPOSIT_MEMORY | CALL_REPS(count),
		(uint64_t)call_in, 0);
}

static uint32_t withdraw(uint64_t partition, unsigned int count)
{
	struct hv_withdraw_in in = {.partition_id = partition};

	return call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(count), &in,
		sizeof(in));
}

static void partition_ids(void)
{
	static const uint64_t wrong[] = {0, OTHER, 0x100000001,
		0xfffffffffffffffe, 0x8000000000000001};
	struct hv_create_vp_in vp = {0};
	struct hv_stats_in stats = {.type = HV_STATS_PARTITION};
	struct hv_property_ex_in property = {0};
	struct hv_unmap_interrupt_in unmap = {.device_id = 1ull << 62};
	struct hv_map_interrupt_in map = {.device_id = 1ull << 62};
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		uint32_t status = HV_STATUS_INVALID_PARTITION_ID;

		report_about("partition %lx", wrong[i]);
		vp.partition_id = stats.vp.partition_id = wrong[i];
		property.partition_id = unmap.partition_id = wrong[i];
		map.partition_id = wrong[i];
		EXPECT(deposit(wrong[i], PFN(call_in) + 2, 1), status);
		EXPECT(withdraw(wrong[i], 1), status);
		EXPECT(call(HVCALL_CREATE_VP, &vp, sizeof(vp)), status);
		EXPECT(call(HVCALL_MAP_STATS_PAGE, &stats, sizeof(stats)),
			status);
		EXPECT(call(HVCALL_UNMAP_STATS_PAGE, &stats, sizeof(stats)),
			status);
		EXPECT(call(HVCALL_GET_PARTITION_PROPERTY_EX, &property,
			sizeof(property)), status);
		EXPECT(call(HVCALL_UNMAP_DEVICE_INTERRUPT, &unmap,
			sizeof(unmap)), status);
		EXPECT(call(HVCALL_MAP_DEVICE_INTERRUPT, &map, sizeof(map)),
			status);
	}
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
	EXPECT(output(0), 1);
}

static void properties(void)
{
	struct hv_get_system_property_in in = {0};
	struct hv_set_system_property_in set = {0};

	for (in.property = 0; in.property < 64; in.property++) {
		bool known = in.property == HV_PROPERTY_SCHEDULER_TYPE;

		report_about("property %u", in.property);
		EXPECT(call(HVCALL_GET_SYSTEM_PROPERTY, &in, sizeof(in)),
			known ? HV_STATUS_SUCCESS :
			HV_STATUS_UNKNOWN_PROPERTY);
		if (known)
			EXPECT(output(0), HV_SCHEDULER_ROOT);
		set.property = in.property;
		EXPECT(call(HVCALL_SET_SYSTEM_PROPERTY, &set, sizeof(set)),
			in.property == HV_PROPERTY_SLEEP_STATE ?
			HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE :
			HV_STATUS_UNKNOWN_PROPERTY);
	}
	set.property = HV_PROPERTY_SLEEP_STATE;
	for (set.sleep_state = 1; set.sleep_state <= 6; set.sleep_state++) {
		bool known = set.sleep_state <= 5;

		set.pm1a_type = set.pm1b_type = 0;
		EXPECT(call(HVCALL_SET_SYSTEM_PROPERTY, &set, sizeof(set)),
			known ? HV_STATUS_SUCCESS :
			HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
		set.pm1a_type = 8;
		EXPECT(call(HVCALL_SET_SYSTEM_PROPERTY, &set, sizeof(set)),
			HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
		set.pm1a_type = 0;
		set.pm1b_type = 255;
		EXPECT(call(HVCALL_SET_SYSTEM_PROPERTY, &set, sizeof(set)),
			HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	}
}

static void events(void)
{
	struct hv_notify_event_in in;
	struct hv_sleep_in sleep;

	for (in.event = 0; in.event < 16; in.event++) {
		EXPECT(call(HVCALL_NOTIFY_PARTITION_EVENT, &in, sizeof(in)),
			in.event == HV_EVENT_ALL_LPS_STARTED ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
	}
	for (sleep.sleep_state = 0; sleep.sleep_state < 16;
			sleep.sleep_state++) {
		if (sleep.sleep_state == 5)
			continue;
		EXPECT(call(HVCALL_ENTER_SLEEP_STATE, &sleep, sizeof(sleep)),
			HV_STATUS_INVALID_PARAMETER);
	}
}

static void deposits(void)
{
	uint64_t *page = memory_take(1);
	uint64_t pfn = PFN(page);

	memset(page, 0x77, HV_PAGE_SIZE);
	EXPECT(deposit(HV_PARTITION_ID_SELF, pfn, 1), HV_STATUS_SUCCESS);
	EXPECT(call_done, 1);
	EXPECT(memory_is_filled(page, 0xff), true);
	*(volatile uint64_t *)page = 0x1234;
	EXPECT(*(volatile uint64_t *)page, ~0ull);
	EXPECT(deposit(HV_PARTITION_ID_SELF, pfn, 1),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(call_done, 0);
	EXPECT(call_raw(HVCALL_GET_PARTITION_ID, 0, (uint64_t)page),
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(withdraw(1, 1), HV_STATUS_SUCCESS);
	EXPECT(call_done, 1);
	EXPECT(output(0), pfn);
	EXPECT(memory_is_filled(page, 0), true);
	*(volatile uint64_t *)page = 0x1234;
	EXPECT(*(volatile uint64_t *)page, 0x1234);
	EXPECT(withdraw(1, 1), HV_STATUS_NO_RESOURCES);
	EXPECT(call_done, 0);
}

static volatile uint64_t *watched;
static volatile uint32_t round_number, stale, stop_watching;

/* Reads a page all the time; once it is deposited, no old translation helps. */
static void watch(void)
{
	uint32_t seen = round_number;

	while (!stop_watching) {
		if (round_number == seen) {
			(void)*watched;
			continue;
		}
		seen = round_number;
		if (*watched != ~0ull)
			stale++;
		/* The other one goes on. */
		round_number = ++seen;
	}
}

static void seen_by_others(void)
{
	uint64_t *page = memory_take(1);
	unsigned int i;

	if (cpu_count == 1)
		return;
	watched = page;
	stop_watching = stale = 0;
	EXPECT(cpu_start(1), true);
	cpu_give(1, watch);
	for (i = 0; i < 50; i++) {
		uint32_t now = round_number;

		*page = 0x77;
		clock_wait(MILLISECOND / 10);
		EXPECT(deposit(1, PFN(page), 1), HV_STATUS_SUCCESS);
		round_number = now + 1;
		EXPECT(WAIT_UNTIL(round_number == now + 2, 2000), true);
		EXPECT(withdraw(1, 1), HV_STATUS_SUCCESS);
	}
	stop_watching = 1;
	EXPECT(cpu_done(1, 2000), true);
	EXPECT(stale, 0);
}

/* More than the hypervisor does at once, and the longest list there is. */
static void many_deposits(void)
{
	unsigned int most = (HV_PAGE_SIZE - 8) / 8;
	uint64_t first = PFN(memory_take(most));
	bool seen[512] = {false};
	unsigned int i;

	EXPECT(deposit(1, first, most), HV_STATUS_SUCCESS);
	EXPECT(call_done, most);
	EXPECT(withdraw(1, 510), HV_STATUS_SUCCESS);
	EXPECT(call_done, 510);
	for (i = 0; i < 510; i++) {
		uint64_t index = output(i) - first;

		EXPECT(index < most && !seen[index], true);
		seen[index % 512] = true;
	}
	EXPECT(withdraw(1, 2), HV_STATUS_NO_RESOURCES);
	EXPECT(call_done, 1);
}

/* One that is not RAM of ours: those done before it stay done. */
static void bad_deposits(void)
{
	static const uint64_t wrong[] = {0xb8, 0xf0, 0xfee00, 0xfec00,
		0x100000000000, 0xfffffffffffff, ~0ull, 1ull << 52};
	uint64_t first = PFN(memory_take(100));
	uint64_t *in = call_in;
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		report_about("page number %lx", wrong[i]);
		EXPECT(deposit(1, wrong[i], 1), HV_STATUS_INVALID_PARAMETER);
		EXPECT(call_done, 0);
	}
	EXPECT(deposit(1, PFN(places.heap), 1), HV_STATUS_INVALID_PARAMETER);
	EXPECT(deposit(1, PFN(places.image), 1), HV_STATUS_INVALID_PARAMETER);
	EXPECT(deposit(1, PFN(places.log), 1), HV_STATUS_INVALID_PARAMETER);
	report_about("the same page twice");
	in[0] = 1;
	in[1] = in[2] = first;
	EXPECT(call_raw(HVCALL_DEPOSIT_MEMORY | CALL_REPS(2),
		(uint64_t)call_in, 0), HV_STATUS_INVALID_PARAMETER);
	EXPECT(call_done, 0);
	report_about("the 81st of 100 is none");
	for (i = 0; i < 100; i++)
		in[1 + i] = i == 80 ? 0xfee00 : first + i;
	EXPECT(call_raw(HVCALL_DEPOSIT_MEMORY | CALL_REPS(100),
		(uint64_t)call_in, 0), HV_STATUS_INVALID_PARAMETER);
	EXPECT(call_done, 64);
	EXPECT(memory_is_filled((void *)(first * HV_PAGE_SIZE), 0xff), true);
	EXPECT(memory_is_filled((void *)((first + 64) * HV_PAGE_SIZE), 0),
		true);
	EXPECT(withdraw(1, 100), HV_STATUS_NO_RESOURCES);
	EXPECT(call_done, 64);
}

/* Maps, looks, unmaps; the page stays with the object for the next time. */
static void one_stats_page(const struct hv_stats_in *in, uint64_t counter,
	uint64_t want)
{
	uint64_t *page = memory_take(1);

	EXPECT(call(HVCALL_UNMAP_STATS_PAGE, in, sizeof(*in)),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(call(HVCALL_MAP_STATS_PAGE, in, sizeof(*in)),
		HV_STATUS_INSUFFICIENT_MEMORY);
	EXPECT(deposit(1, PFN(page), 1), HV_STATUS_SUCCESS);
	EXPECT(call(HVCALL_MAP_STATS_PAGE, in, sizeof(*in)),
		HV_STATUS_SUCCESS);
	EXPECT(output(0), PFN(page));
	EXPECT(page[counter], want);
	((volatile uint64_t *)page)[counter] = 0x1234;
	EXPECT(((volatile uint64_t *)page)[counter], want);
	EXPECT(call(HVCALL_MAP_STATS_PAGE, in, sizeof(*in)),
		HV_STATUS_OPERATION_DENIED);
	EXPECT(withdraw(1, 1), HV_STATUS_NO_RESOURCES);
	EXPECT(deposit(1, PFN(page), 1), HV_STATUS_INVALID_PARAMETER);
	EXPECT(call(HVCALL_UNMAP_STATS_PAGE, in, sizeof(*in)),
		HV_STATUS_SUCCESS);
	EXPECT(memory_is_filled(page, 0xff), true);
	EXPECT(call(HVCALL_MAP_STATS_PAGE, in, sizeof(*in)),
		HV_STATUS_SUCCESS);
	EXPECT(output(0), PFN(page));
}

static void stats_pages(void)
{
	struct hv_stats_in in = {.type = HV_STATS_HYPERVISOR};
	const volatile uint64_t *page;
	uint64_t before;
	unsigned int i;

	one_stats_page(&in, 1, cpu_count);
	in.type = HV_STATS_PARTITION;
	in.vp.partition_id = HV_PARTITION_ID_SELF;
	one_stats_page(&in, 26, 1);
	in.type = HV_STATS_VP;
	in.vp.area = HV_STATS_AREA_PARENT;
	EXPECT(call(HVCALL_MAP_STATS_PAGE, &in, sizeof(in)),
		HV_STATUS_INVALID_PARAMETER);
	in.vp.area = HV_STATS_AREA_SELF;
	in.vp.vp_index = 99;
	EXPECT(call(HVCALL_MAP_STATS_PAGE, &in, sizeof(in)),
		HV_STATUS_INVALID_VP_INDEX);
	in.vp.vp_index = 0;
	one_stats_page(&in, 200, 0);
	page = (const volatile uint64_t *)(output(0) * HV_PAGE_SIZE);
	before = page[STATS_CPUID];
	for (i = 0; i < 100; i++)
		cpuid(1, 0);
	EXPECT(page[STATS_CPUID], before + 100);
	memset(&in, 0, sizeof(in));
	in.type = HV_STATS_LP;
	in.lp.lp_index = 99;
	EXPECT(call(HVCALL_MAP_STATS_PAGE, &in, sizeof(in)),
		HV_STATUS_INVALID_LP_INDEX);
	in.lp.lp_index = 0;
	one_stats_page(&in, 200, 0);
	in.type = 77;
	EXPECT(call(HVCALL_MAP_STATS_PAGE, &in, sizeof(in)),
		HV_STATUS_INVALID_PARAMETER);
}

static uint32_t map_interrupt(const struct hv_map_interrupt_in *in,
	unsigned int quads)
{
	return call(HVCALL_MAP_DEVICE_INTERRUPT | (uint64_t)quads << 17, in,
		sizeof(*in) + quads * 8);
}

static void device_interrupts(void)
{
	struct {
		struct hv_map_interrupt_in in;
		uint64_t bank[2];
	} a;
	struct hv_map_interrupt_in good = {
		.partition_id = HV_PARTITION_ID_SELF, .device_id = 1ull << 62,
		.vector_count = 1, .vector = 0x41, .set_format = 1,
	};

	memset(&a, 0, sizeof(a));
	a.in = good;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_SUCCESS);
	EXPECT(output(0), HV_INTERRUPT_SOURCE_MSI);
	EXPECT(output(1), 0x41fee00000);
	a.in.device_id = 2ull << 62;
	a.in.trigger_mode = HV_TRIGGER_LEVEL;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_SUCCESS);
	EXPECT(output(0), HV_INTERRUPT_SOURCE_IOAPIC);
	EXPECT(output(1), 0x8041);
	a.in.target_flags = HV_TARGET_VP_SET;
	a.in.set_format = HV_VP_SET_SPARSE_4K;
	a.in.set_banks = 1;
	memcpy((char *)&a + sizeof(a.in), &(uint64_t){1}, 8);
	EXPECT(map_interrupt(&a.in, 2), HV_STATUS_SUCCESS);
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(map_interrupt(&a.in, 1), HV_STATUS_INVALID_VP_INDEX);
	a.in.set_banks = 2;
	EXPECT(map_interrupt(&a.in, 2), HV_STATUS_INVALID_VP_INDEX);
	a.in.set_banks = ~0ull;
	EXPECT(map_interrupt(&a.in, 2), HV_STATUS_INVALID_VP_INDEX);
	a.in = good;
	a.in.vector = 15;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in.vector = 256;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in = good;
	a.in.vector_count = 2;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in = good;
	a.in.trigger_mode = 2;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in = good;
	a.in.interrupt_type = 4;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in = good;
	a.in.target_flags = 4;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in = good;
	a.in.device_id = 3ull << 62;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_PARAMETER);
	a.in = good;
	a.in.set_format = 0;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_VP_INDEX);
	a.in.set_format = 1ull << 63;
	EXPECT(map_interrupt(&a.in, 0), HV_STATUS_INVALID_VP_INDEX);
}

static void processors(void)
{
	struct hv_lp_run_time_in time = {0};
	struct hv_add_lp_in lp = {.lp_index = 1, .apic_id = 1};
	struct hv_create_vp_in vp = {.partition_id = 1, .vp_index = 0};

	EXPECT(call(HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, &time,
		sizeof(time)), HV_STATUS_SUCCESS);
	EXPECT(output(0) != 0 && output(1) != 0, true);
	time.lp_index = cpu_count;
	EXPECT(call(HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, &time,
		sizeof(time)), HV_STATUS_INVALID_LP_INDEX);
	EXPECT(call(HVCALL_CREATE_VP, &vp, sizeof(vp)),
		HV_STATUS_INVALID_VP_STATE);
	vp.flags = 1;
	EXPECT(call(HVCALL_CREATE_VP, &vp, sizeof(vp)),
		HV_STATUS_INVALID_PARAMETER);
	vp.vp_index = cpu_count;
	EXPECT(call(HVCALL_CREATE_VP, &vp, sizeof(vp)),
		HV_STATUS_INVALID_VP_INDEX);
	lp.lp_index = cpu_count;
	EXPECT(call(HVCALL_ADD_LOGICAL_PROCESSOR, &lp, sizeof(lp)),
		HV_STATUS_INVALID_LP_INDEX);
	lp.lp_index = 0;
	lp.apic_id = 0;
	EXPECT(call(HVCALL_ADD_LOGICAL_PROCESSOR, &lp, sizeof(lp)),
		HV_STATUS_OPERATION_DENIED);
	lp.apic_id = 0x5555;
	EXPECT(call(HVCALL_ADD_LOGICAL_PROCESSOR, &lp, sizeof(lp)),
		HV_STATUS_INVALID_PARAMETER);
	if (cpu_count == 1)
		return;
	lp.lp_index = lp.apic_id = 1;
	EXPECT(call(HVCALL_ADD_LOGICAL_PROCESSOR, &lp, sizeof(lp)),
		HV_STATUS_OPERATION_DENIED);
	time.lp_index = 1;
	EXPECT(call(HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, &time,
		sizeof(time)), HV_STATUS_SUCCESS);
}

const struct test calls_tests[] = {
	{"calls: partition ids", partition_ids},
	{"calls: system properties", properties},
	{"calls: events and sleep states", events},
	{"calls: a deposited page is gone, and comes back empty", deposits},
	{"calls: a deposited page is gone for other processors", seen_by_others},
	{"calls: many deposits", many_deposits},
	{"calls: deposits that are refused", bad_deposits},
	{"calls: statistics pages", stats_pages},
	{"calls: device interrupts", device_interrupts},
	{"calls: processors", processors},
	{0},
};
