/* Hypercalls that give pages to the hypervisor: DEPOSIT_MEMORY and
 * WITHDRAW_MEMORY, and the statistics, whose pages come from there. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "tests.h"

#define PFN(page)	((uint64_t)(page) >> HV_PAGE_SHIFT)

static uint64_t partition_id(void)
{
	call(HVCALL_GET_PARTITION_ID, NULL, 0);
	return OUT[0];
}

static struct {
	struct hv_deposit_in in;
	uint64_t page[511];
} list;
static_assert(sizeof(list) == HV_PAGE_SIZE, "a page of input");

static uint32_t deposit(unsigned int start, unsigned int count)
{
	return call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(count) |
		CALL_START(start), &list, 8 + count * 8);
}

static uint32_t withdraw(unsigned int count)
{
	struct hv_withdraw_in in = {.partition_id = SELF};

	return CALL(HVCALL_WITHDRAW_MEMORY | CALL_REPS(count), in);
}

/* The list names pages one after the other, each filled with a byte. */
static uint8_t *fill_list(unsigned int count)
{
	static uint8_t *page;
	unsigned int i;

	if (!page)
		page = memory_take(511);
	list.in.partition_id = SELF;
	memset(page, 0x77, count * HV_PAGE_SIZE);
	for (i = 0; i < count; i++)
		list.page[i] = PFN(page) + i;
	return page;
}

static void deposit_one(void)
{
	uint8_t *page = fill_list(1);
	volatile uint8_t *byte = page;

	list.in.partition_id = NOBODY;
	EXPECT(deposit(0, 1), HV_STATUS_INVALID_PARTITION_ID);
	EXPECT(memory_is_filled(page, 0x77), true);
	list.in.partition_id = partition_id();
	EXPECT(deposit(0, 1), HV_STATUS_SUCCESS);
	EXPECT(call_done, 1);
	EXPECT(memory_is_filled(page, 0xff), true);
	byte[8] = 1;
	EXPECT(memory_is_filled(page, 0xff), true);
	EXPECT(deposit(0, 1), HV_STATUS_INVALID_PARAMETER);
	/* It is no place for parameters. */
	EXPECT(call_raw(HVCALL_GET_PARTITION_ID, 0, (uint64_t)page),
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(call_raw(HVCALL_GET_PARTITION_PROPERTY_EX, (uint64_t)page,
		(uint64_t)call_out), HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(withdraw(1), HV_STATUS_SUCCESS);
	EXPECT(call_done, 1);
	EXPECT(OUT[0], PFN(page));
	EXPECT(memory_is_filled(page, 0), true);
	byte[8] = 1;
	EXPECT(byte[8], 1);
	EXPECT(withdraw(1), HV_STATUS_NO_RESOURCES);
	EXPECT(call_done, 0);
	EXPECT(OUT[0], 0xeeeeeeeeeeeeeeee);
}

/* All or none of the list. */
static void deposit_wrong(void)
{
	const uint64_t wrong[] = {PFN(places.log), PFN(places.image),
		PFN(places.heap), 0xa0, 0xf0, 0xfee00, 0xfec00, 0xfffff,
		PFN(places.ram_end), PFN(places.ram_end) + 0x100000,
		1ull << 40, 1ull << 52, ~0ull, 1ull << 51, 0x8000000000000000};
	uint8_t *page = fill_list(4);
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		report_about("page %lx", wrong[i]);
		list.page[2] = wrong[i];
		EXPECT(deposit(0, 4), HV_STATUS_INVALID_PARAMETER);
		EXPECT(call_done, 0);
		EXPECT(memory_is_filled(page, 0x77), true);
		EXPECT(memory_is_filled(page + HV_PAGE_SIZE, 0x77), true);
		EXPECT(memory_is_filled(page + 3 * HV_PAGE_SIZE, 0x77), true);
		page[0] = 0x77;
	}
	report_about("a page twice");
	list.page[2] = list.page[0];
	EXPECT(deposit(0, 4), HV_STATUS_INVALID_PARAMETER);
	EXPECT(memory_is_filled(page, 0x77), true);
	report_about("nothing was taken");
	EXPECT(withdraw(1), HV_STATUS_NO_RESOURCES);
}

/* Whether what was withdrawn is the list, in any order. */
static bool is_list(unsigned int from, unsigned int count)
{
	static uint8_t seen[511];
	unsigned int i;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < count; i++) {
		uint64_t at = OUT[i] - list.page[0];

		if (at < from || at >= from + count || seen[at]++)
			return false;
	}
	return true;
}

static void deposit_many(void)
{
	static const unsigned int counts[] = {63, 64, 65, 128, 200, 511};
	uint8_t *page;
	unsigned int i, count;

	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		count = counts[i];
		report_about("%u pages", count);
		page = fill_list(count);
		EXPECT(deposit(0, count), HV_STATUS_SUCCESS);
		EXPECT(call_done, count);
		EXPECT(memory_is_filled(page + (count - 1) * HV_PAGE_SIZE,
			0xff), true);
		EXPECT(withdraw(count), HV_STATUS_SUCCESS);
		EXPECT(call_done, count);
		EXPECT(is_list(0, count), true);
		EXPECT(memory_is_filled(page + (count - 1) * HV_PAGE_SIZE, 0),
			true);
	}
	report_about("from a start index on");
	page = fill_list(100);
	EXPECT(deposit(90, 100), HV_STATUS_SUCCESS);
	EXPECT(call_done, 100);
	EXPECT(memory_is_filled(page + 89 * HV_PAGE_SIZE, 0x77), true);
	report_about("more than there are");
	EXPECT(withdraw(12), HV_STATUS_NO_RESOURCES);
	EXPECT(call_done, 10);
	EXPECT(is_list(90, 10), true);
	EXPECT(OUT[10], 0xeeeeeeeeeeeeeeee);
	report_about("stopped in the second part");
	page = fill_list(100);
	list.page[99] = 0xa0;
	EXPECT(deposit(0, 100), HV_STATUS_INVALID_PARAMETER);
	EXPECT(call_done, 64);
	EXPECT(memory_is_filled(page + 64 * HV_PAGE_SIZE, 0x77), true);
	EXPECT(withdraw(100), HV_STATUS_NO_RESOURCES);
	EXPECT(call_done, 64);
	EXPECT(is_list(0, 64), true);
}

static struct hv_stats_in stats_of(uint32_t type)
{
	struct hv_stats_in in = {.type = type};

	if (type != HV_STATS_LP && type != HV_STATS_HYPERVISOR)
		in.vp.partition_id = SELF;
	return in;
}

static void stats_refused(void)
{
	static const uint16_t codes[] = {HVCALL_MAP_STATS_PAGE,
		HVCALL_UNMAP_STATS_PAGE};
	struct hv_stats_in in;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		report_about("call %x", codes[i]);
		in = stats_of(HV_STATS_VP);
		in.vp.area = HV_STATS_AREA_PARENT;
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_PARAMETER);
		in = stats_of(3);
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_PARAMETER);
		in = stats_of(HV_STATS_LP);
		in.lp.lp_index = cpu_count;
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_LP_INDEX);
		in = stats_of(HV_STATS_PARTITION);
		in.vp.partition_id = NOBODY;
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_PARTITION_ID);
		in = stats_of(HV_STATS_VP);
		in.vp.partition_id = NOBODY;
		in.vp.vp_index = cpu_count;
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_PARTITION_ID);
		in.vp.partition_id = SELF;
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_VP_INDEX);
		in.vp.vp_index = ~0u;
		EXPECT(CALL(codes[i], in), HV_STATUS_INVALID_VP_INDEX);
	}
}

static void check_counters(uint32_t type, const volatile uint64_t *page)
{
	uint64_t before;

	switch (type) {
	case HV_STATS_HYPERVISOR:
		EXPECT(page[1], cpu_count);
		EXPECT(page[2], 1);
		EXPECT_BETWEEN(page[3], 1, 0x100000);
		EXPECT(page[4], cpu_count);
		EXPECT_BETWEEN(page[8], 1, clock_now());
		break;
	case HV_STATS_LP:
		before = clock_now();
		cpuid(0, 0);
		EXPECT_BETWEEN(page[1], before - 5 * MILLISECOND, clock_now());
		EXPECT_BETWEEN(page[2] + page[3], 1, page[1]);
		break;
	case HV_STATS_PARTITION:
		EXPECT(page[1], cpu_count);
		EXPECT_BETWEEN(page[5], 1, 4);
		EXPECT(page[26], partition_id());
		break;
	case HV_STATS_VP:
		EXPECT_BETWEEN(page[1], 1, clock_now());
		before = page[7];
		partition_id();
		partition_id();
		EXPECT(page[7], before + 2);
		before = page[19];
		cpuid(0, 0);
		EXPECT(page[19], before + 1);
	}
}

static void stats_page(uint32_t type, uint32_t index)
{
	struct hv_stats_in in = stats_of(type);
	uint64_t *page = (uint64_t *)memory_take(1), before;

	report_about("type %x, index %u", type, index);
	if (type == HV_STATS_LP)
		in.lp.lp_index = index;
	else if (type == HV_STATS_VP)
		in.vp.vp_index = index;
	EXPECT(CALL(HVCALL_UNMAP_STATS_PAGE, in), HV_STATUS_INVALID_PARAMETER);
	EXPECT(CALL(HVCALL_MAP_STATS_PAGE, in), HV_STATUS_INSUFFICIENT_MEMORY);
	fill_list(1);
	list.page[0] = PFN(page);
	EXPECT(deposit(0, 1), HV_STATUS_SUCCESS);
	if (!EXPECT(CALL(HVCALL_MAP_STATS_PAGE, in), HV_STATUS_SUCCESS))
		return;
	EXPECT(OUT[0], PFN(page));
	if (!index)
		check_counters(type, page);
	/* Only to be read. */
	before = page[26];
	((volatile uint64_t *)page)[26] = 0x123;
	EXPECT(((volatile uint64_t *)page)[26], before);
	EXPECT(call_raw(HVCALL_GET_PARTITION_ID, 0, (uint64_t)page),
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(deposit(0, 1), HV_STATUS_INVALID_PARAMETER);
	EXPECT(withdraw(1), HV_STATUS_NO_RESOURCES);
	EXPECT(CALL(HVCALL_MAP_STATS_PAGE, in), HV_STATUS_OPERATION_DENIED);
	EXPECT(CALL(HVCALL_UNMAP_STATS_PAGE, in), HV_STATUS_SUCCESS);
	EXPECT(memory_is_filled(page, 0xff), true);
	EXPECT(CALL(HVCALL_UNMAP_STATS_PAGE, in), HV_STATUS_INVALID_PARAMETER);
	EXPECT(withdraw(1), HV_STATUS_NO_RESOURCES);
	/* It keeps its page. */
	EXPECT(CALL(HVCALL_MAP_STATS_PAGE, in), HV_STATUS_SUCCESS);
	EXPECT(OUT[0], PFN(page));
	if (!index)
		check_counters(type, page);
	EXPECT(CALL(HVCALL_UNMAP_STATS_PAGE, in), HV_STATUS_SUCCESS);
}

static void stats_pages(void)
{
	unsigned int i;

	stats_page(HV_STATS_HYPERVISOR, 0);
	stats_page(HV_STATS_PARTITION, 0);
	for (i = 0; i < cpu_count; i++) {
		stats_page(HV_STATS_LP, i);
		stats_page(HV_STATS_VP, i);
	}
}

const struct test deposit_tests[] = {
	{"call: a deposited page reads ones until it is withdrawn",
		deposit_one},
	{"call: pages that cannot be deposited", deposit_wrong},
	{"call: more than 64 pages at once", deposit_many},
	{"call: statistics pages there are not", stats_refused},
	{"call: statistics pages are read-only and count", stats_pages},
	{0},
};
