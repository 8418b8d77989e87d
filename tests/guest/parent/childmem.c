/* Memory of child partitions: what may be mapped, what stays, what a child
 * reaches. docs/partitions.md, "Memory"; HOSTILE N4, N40. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "child.h"
#include "memory.h"
#include "tests.h"

#define PFN(page)	((uint64_t)(page) >> HV_PAGE_SHIFT)
#define LARGE_SIZE	0x200000ull
#define AT_LARGE	0x800000ull	/* in the child: 2 MB of ours */
#define UNMAPPED(access) CHILD_PROBED(HV_MESSAGE_UNMAPPED_GPA, access)
#define KNOWN(access)	CHILD_PROBED(HV_MESSAGE_GPA_INTERCEPT, access)

static uint8_t *large;			/* 4 MB, aligned */

static void take_large(void)
{
	if (!large)
		large = (uint8_t *)(((uint64_t)memory_take(1536) +
			LARGE_SIZE - 1) & ~(LARGE_SIZE - 1));
	memset(large, 0, 2 * LARGE_SIZE);
}

static uint32_t map_page(const struct child *child, uint64_t gpa, uint64_t pfn,
	uint32_t map_flags)
{
	struct {
		struct hv_map_gpa_in in;
		uint64_t page;
	} map = {{child->id, PFN(gpa), map_flags, 0}, pfn};

	return child_feed(child->id, HVCALL_MAP_GPA_PAGES | CALL_REPS(1),
		&map, sizeof(map), NULL);
}

static uint32_t deposit_page(uint64_t pfn)
{
	uint64_t in[] = {SELF, pfn};

	return child_call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), in,
		sizeof(in));
}

static uint32_t withdraw_page(uint64_t *pfn)
{
	struct hv_withdraw_in in = {.partition_id = SELF};
	uint32_t status = child_call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1),
		&in, sizeof(in));

	*pfn = child_out()[0];
	return status;
}

/* Deposits it, and has it back at once. */
static uint32_t try_deposit(uint64_t pfn)
{
	uint32_t status = deposit_page(pfn);
	uint64_t back;

	if (status == HV_STATUS_SUCCESS) {
		EXPECT(withdraw_page(&back), HV_STATUS_SUCCESS);
		EXPECT(back, pfn);
	}
	return status;
}

/* Pages that are not the parent's to lend, nor to deposit. */
static void not_ours(void)
{
	uint64_t stats, pool = PFN(memory_take(1)), back;
	struct hv_stats_in in = {.type = HV_STATS_PARTITION};
	struct child child;
	unsigned int i;

	if (!child_make(&child, 0, 1))
		return;
	in.vp.partition_id = child.id;
	EXPECT(child_feed(child.id, HVCALL_MAP_STATS_PAGE, &in, sizeof(in),
		NULL), HV_STATUS_SUCCESS);
	stats = child_out()[0];
	child_withdraw(SELF);
	EXPECT(deposit_page(pool), HV_STATUS_SUCCESS);
	const uint64_t wrong[] = {PFN(places.log), PFN(places.image),
		PFN(places.heap), 0xa0, 0xf0, 0xfee00, 0xfec00, 0xfffff,
		PFN(places.ram_end), PFN(places.ram_end) + 0x100000,
		1ull << 36, 1ull << 40, 1ull << 51, 1ull << 52, ~0ull,
		PFN(rdmsr(HV_MSR_HYPERCALL)), PFN(rdmsr(HV_MSR_SIMP)),
		PFN(rdmsr(HV_MSR_REFERENCE_TSC)), pool, stats,
		PFN(child.registers[0]), PFN(child.message[0])};
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		report_about("page %lx", wrong[i]);
		EXPECT(map_page(&child, AT_LARGE, wrong[i], CHILD_ALL), HV_STATUS_INVALID_PARAMETER);
		EXPECT(map_page(&child, AT_LARGE, wrong[i],
			HV_MAP_READABLE), HV_STATUS_INVALID_PARAMETER);
		EXPECT(map_page(&child, AT_LARGE, wrong[i] & ~0x1ffull,
			CHILD_ALL | HV_MAP_LARGE),
			HV_STATUS_INVALID_PARAMETER);
		EXPECT(deposit_page(wrong[i]), HV_STATUS_INVALID_PARAMETER);
	}
	EXPECT(withdraw_page(&back), HV_STATUS_SUCCESS);
	EXPECT(back, pool);
	EXPECT(map_page(&child, AT_LARGE, pool, CHILD_ALL),
		HV_STATUS_SUCCESS);
	child_end(&child);
}

static void expect_refused(const struct child *child, const char *what,
	uint64_t gpa, uint32_t map_flags)
{
	report_about("%s: gpa %lx, flags %x", what, gpa, map_flags);
	EXPECT(child_map(child->id, gpa, large, 1, map_flags),
		HV_STATUS_INVALID_PARAMETER);
}

static void form_refused(void)
{
	struct child child;
	unsigned int i;

	take_large();
	if (!child_make(&child, 0, 0))
		return;
	for (i = 0; i < 32; i++) {
		uint32_t bit = 1u << i;

		if (!(bit & (CHILD_ALL | HV_MAP_ADJUSTABLE | HV_MAP_NO_ACCESS |
				HV_MAP_LARGE)))
			expect_refused(&child, "unknown", AT_LARGE,
				CHILD_ALL | bit);
	}
	expect_refused(&child, "nothing", AT_LARGE, 0);
	expect_refused(&child, "not readable", AT_LARGE, HV_MAP_WRITABLE);
	expect_refused(&child, "kernel only", AT_LARGE, HV_MAP_READABLE | 4);
	expect_refused(&child, "user only", AT_LARGE, HV_MAP_READABLE | 8);
	expect_refused(&child, "APIC", 0xfee00000, CHILD_ALL);
	expect_refused(&child, "APIC", 0xfee00000, HV_MAP_NO_ACCESS);
	expect_refused(&child, "APIC", 0xfee00000, CHILD_ALL | HV_MAP_LARGE);
	expect_refused(&child, "end", 1ull << 52, CHILD_ALL);
	expect_refused(&child, "end", ~0xfffull, CHILD_ALL);
	expect_refused(&child, "end", ~0xfffull, HV_MAP_NO_ACCESS);
	expect_refused(&child, "not aligned", AT_LARGE + 0x1000, CHILD_ALL |
		HV_MAP_LARGE);
	EXPECT(child_map(child.id, AT_LARGE, large + 0x1000, 1, CHILD_ALL |
		HV_MAP_LARGE), HV_STATUS_INVALID_PARAMETER);
	for (i = 0; i < 32; i++) {
		report_about("unmap flags %x", 1u << i);
		EXPECT(child_unmap(child.id, AT_LARGE, 1, 1u << i),
			1u << i == HV_UNMAP_LARGE ? HV_STATUS_SUCCESS :
			HV_STATUS_INVALID_PARAMETER);
	}
	EXPECT(child_unmap(child.id, AT_LARGE + 0x1000, 1, HV_UNMAP_LARGE),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_unmap(child.id, 0xfedff000, 2, 0),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_unmap(child.id, ~0xfffull, 1, 0),
		HV_STATUS_INVALID_PARAMETER);
	child_end(&child);
}

/* As often as can be counted, and never a deposit meanwhile. */
static void lent(void)
{
	uint64_t pfn = PFN(memory_take(1)), back;
	struct child child;
	unsigned int i;

	if (!child_make(&child, 0, 1))
		return;
	child_start_probe(&child);
	child_withdraw(SELF);
	for (i = 0; i < 255; i++) {
		report_about("mapping %u", i);
		EXPECT(map_page(&child, AT_LARGE + i * HV_PAGE_SIZE, pfn,
			CHILD_ALL), HV_STATUS_SUCCESS);
		EXPECT(deposit_page(pfn), HV_STATUS_INVALID_PARAMETER);
	}
	report_about("one more");
	EXPECT(map_page(&child, AT_LARGE + 255 * HV_PAGE_SIZE, pfn,
		CHILD_ALL), HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_probe(&child, CHILD_WRITE, AT_LARGE, 0x5a5a), 0x5a5a);
	EXPECT(child_probe(&child, CHILD_READ, AT_LARGE + 254 * HV_PAGE_SIZE,
		0), 0x5a5a);
	EXPECT(child_unmap(child.id, AT_LARGE + 7 * HV_PAGE_SIZE, 1, 0),
		HV_STATUS_SUCCESS);
	EXPECT(map_page(&child, AT_LARGE + 255 * HV_PAGE_SIZE, pfn,
		CHILD_ALL), HV_STATUS_SUCCESS);
	for (i = 0; i < 256; i += 64) {
		EXPECT(deposit_page(pfn), HV_STATUS_INVALID_PARAMETER);
		EXPECT(child_unmap(child.id, AT_LARGE + i * HV_PAGE_SIZE, 64,
			0), HV_STATUS_SUCCESS);
	}
	EXPECT(deposit_page(pfn), HV_STATUS_SUCCESS);
	EXPECT(child_probe(&child, CHILD_READ, AT_LARGE, 0), UNMAPPED(0));
	EXPECT(withdraw_page(&back), HV_STATUS_SUCCESS);
	EXPECT(back, pfn);
	child_end(&child);
}

/* A child's end counts down what it had. */
static void lent_at_the_end(void)
{
	uint64_t pfn = PFN(memory_take(1));
	struct child child[2];

	if (!child_make(&child[0], 0, 0) || !child_make(&child[1], 1, 0))
		return;
	child_withdraw(SELF);
	EXPECT(map_page(&child[0], AT_LARGE, pfn, CHILD_ALL),
		HV_STATUS_SUCCESS);
	EXPECT(map_page(&child[1], AT_LARGE, pfn, HV_MAP_READABLE),
		HV_STATUS_SUCCESS);
	child_end(&child[0]);
	EXPECT(deposit_page(pfn), HV_STATUS_INVALID_PARAMETER);
	child_end(&child[1]);
	EXPECT(try_deposit(pfn), HV_STATUS_SUCCESS);
}

/* Rights: what the probe may do, and the message when it may not. */
static void rights(void)
{
	struct child child;
	uint64_t at = AT_LARGE;

	take_large();
	if (!child_make(&child, 0, 1))
		return;
	child_start_probe(&child);
	*(uint32_t *)large = 0xc3;	/* ret */
	report_about("unknown");
	EXPECT(child_probe(&child, CHILD_READ, at, 0), UNMAPPED(0));
	EXPECT(child_probe(&child, CHILD_WRITE, at, 1), UNMAPPED(1));
	report_about("no access");
	EXPECT(child_map(child.id, at, NULL, 1, HV_MAP_NO_ACCESS),
		HV_STATUS_SUCCESS);
	EXPECT(child_probe(&child, CHILD_READ, at, 0), KNOWN(0));
	EXPECT(child_probe(&child, CHILD_WRITE, at, 1), KNOWN(1));
	EXPECT(child_probe(&child, CHILD_READ, at + HV_PAGE_SIZE, 0),
		UNMAPPED(0));
	report_about("readable");
	EXPECT(child_map(child.id, at, large, 1, HV_MAP_READABLE),
		HV_STATUS_SUCCESS);
	EXPECT(child_probe(&child, CHILD_READ, at, 0), 0xc3);
	EXPECT(child_probe(&child, CHILD_WRITE, at, 1), KNOWN(1));
	EXPECT(child_probe(&child, CHILD_CALL, at, 7) >> 32,
		HV_MESSAGE_GPA_INTERCEPT);
	report_about("executable");
	EXPECT(child_map(child.id, at, large, 1, HV_MAP_READABLE |
		HV_MAP_EXECUTABLE), HV_STATUS_SUCCESS);
	EXPECT(child_probe(&child, CHILD_CALL, at, 7), 7);
	EXPECT(child_probe(&child, CHILD_WRITE, at, 1), KNOWN(1));
	report_about("all");
	EXPECT(child_map(child.id, at, large, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	EXPECT(child_probe(&child, CHILD_WRITE, at, 0x123456), 0x123456);
	EXPECT(*(volatile uint32_t *)large, 0x123456);
	EXPECT(child_unmap(child.id, at, 1, 0), HV_STATUS_SUCCESS);
	EXPECT(child_probe(&child, CHILD_READ, at, 0), UNMAPPED(0));
	child_end(&child);
}

/* Reads one word of each of these pages. */
static void expect_pages(const struct child *child, const char *what,
	uint64_t first, uint64_t middle, uint64_t last)
{
	report_about("%s", what);
	EXPECT(child_probe(child, CHILD_READ, AT_LARGE, 0), first);
	EXPECT(child_probe(child, CHILD_READ, AT_LARGE + LARGE_SIZE / 2, 0),
		middle);
	EXPECT(child_probe(child, CHILD_READ, AT_LARGE + LARGE_SIZE -
		HV_PAGE_SIZE, 0), last);
}

/* Every shape over every other one. The pages say which they are. */
static void shapes(void)
{
	uint64_t middle = AT_LARGE + LARGE_SIZE / 2, i;
	unsigned int before = child_stash();
	struct child child;
	uint64_t id;

	take_large();
	for (i = 0; i < 1024; i++)
		*(uint32_t *)(large + i * HV_PAGE_SIZE) = 0x1000 + (uint32_t)i;
	if (!child_make(&child, 0, 1))
		return;
	id = child.id;
	child_start_probe(&child);
	EXPECT(child_map(id, AT_LARGE, large, 1, CHILD_ALL | HV_MAP_LARGE),
		HV_STATUS_SUCCESS);
	expect_pages(&child, "large", 0x1000, 0x1100, 0x11ff);
	EXPECT(deposit_page(PFN(large) + 511), HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_map(id, middle, large + LARGE_SIZE, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	expect_pages(&child, "small over large", 0x1000, 0x1200, 0x11ff);
	EXPECT(try_deposit(PFN(large) + 256), HV_STATUS_SUCCESS);
	EXPECT(child_unmap(id, middle, 1, 0), HV_STATUS_SUCCESS);
	expect_pages(&child, "part unmapped", 0x1000, UNMAPPED(0), 0x11ff);
	EXPECT(child_map(id, AT_LARGE, large + LARGE_SIZE, 1, CHILD_ALL |
		HV_MAP_LARGE), HV_STATUS_SUCCESS);
	expect_pages(&child, "large over small", 0x1200, 0x1300, 0x13ff);
	EXPECT(try_deposit(PFN(large)), HV_STATUS_SUCCESS);
	EXPECT(child_unmap(id, middle, 1, 0), HV_STATUS_SUCCESS);
	expect_pages(&child, "part of large unmapped", 0x1200, UNMAPPED(0),
		0x13ff);
	EXPECT(child_map(id, AT_LARGE, NULL, 1, HV_MAP_NO_ACCESS |
		HV_MAP_LARGE), HV_STATUS_SUCCESS);
	expect_pages(&child, "large without access over small", KNOWN(0),
		KNOWN(0), KNOWN(0));
	EXPECT(child_map(id, middle, large + HV_PAGE_SIZE, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	expect_pages(&child, "small over no access", KNOWN(0), 0x1001,
		KNOWN(0));
	EXPECT(child_map(id, middle, NULL, 1, HV_MAP_NO_ACCESS),
		HV_STATUS_SUCCESS);
	expect_pages(&child, "no access over small", KNOWN(0), KNOWN(0),
		KNOWN(0));
	EXPECT(child_unmap(id, AT_LARGE, 1, HV_UNMAP_LARGE),
		HV_STATUS_SUCCESS);
	expect_pages(&child, "nothing", UNMAPPED(0), UNMAPPED(0),
		UNMAPPED(0));
	child_end(&child);
	EXPECT(child_stash(), before);
}

/* Pages of 4 KB without access become one entry when they are all there, and
 * the table is free. */
static void merged(void)
{
	struct child child;
	unsigned int i;

	if (!child_make(&child, 0, 1))
		return;
	child_withdraw(child.id);
	for (i = 0; i < 512; i += 64)
		EXPECT(child_map(child.id, AT_LARGE + i * HV_PAGE_SIZE, NULL,
			64, HV_MAP_NO_ACCESS), HV_STATUS_SUCCESS);
	EXPECT(child_withdraw(child.id), 1);
	child_start_probe(&child);
	expect_pages(&child, "no access", KNOWN(0), KNOWN(0), KNOWN(0));
	child_end(&child);
}

/* Too little for a table: none of the mapping is there, no page is lent. */
static void too_little(void)
{
	struct {
		struct hv_map_gpa_in in;
		uint64_t page[2];
	} map = {{.gpa_page = PFN(1ull << 38), .flags = CHILD_ALL}, {0}};
	uint64_t pfn = PFN(memory_take(2));
	struct child child;
	unsigned int i;

	if (!child_make(&child, 0, 1))
		return;
	child_withdraw(child.id);
	child_withdraw(SELF);
	map.in.partition_id = child.id;
	map.page[0] = pfn;
	map.page[1] = pfn + 1;
	for (i = 0; i < 3; i++) {
		report_about("%u pages", i);
		EXPECT(child_call(HVCALL_MAP_GPA_PAGES | CALL_REPS(2), &map,
			sizeof(map)), i < 2 ? HV_STATUS_INSUFFICIENT_MEMORY :
			HV_STATUS_SUCCESS);
		EXPECT(try_deposit(pfn), i < 2 ? HV_STATUS_SUCCESS :
			HV_STATUS_INVALID_PARAMETER);
		if (i < 2)
			child_deposit(child.id, 1);
	}
	child_end(&child);
}

/* All that is not mapped, and what belongs to others in the machine. */
static void probes(void)
{
	const uint64_t others[] = {places.image, places.heap, places.log,
		0x4000000, (uint64_t)child_out(), 0xa0000, 0xf0000, 0xfec00000,
		0xfed00000, 0xffffffff0, 0x100000000, 0x3fffff000, 1ull << 38};
	struct child child;
	uint64_t at;
	unsigned int i;

	if (!child_make(&child, 0, 1))
		return;
	child_start_probe(&child);
	child.registers[0]->dirty = 0;
	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		EXPECT(child_probe(&child, CHILD_READ, others[i], 0),
			UNMAPPED(0));
		EXPECT(child_probe(&child, CHILD_WRITE, others[i], 0x66),
			UNMAPPED(1));
	}
	for (at = CHILD_PAGES * HV_PAGE_SIZE; at < 0x20000000; at += 0x47000) {
		report_about("%lx", at);
		EXPECT(child_probe(&child, CHILD_WRITE, at, 0x77),
			UNMAPPED(1));
	}
	child_end(&child);
}

static uint8_t age(const struct child *child, uint64_t gpa, uint64_t how)
{
	struct hv_access_states_in in = {child->id, how, PFN(gpa)};

	EXPECT(child_feed(child->id, HVCALL_GET_GPA_PAGES_ACCESS_STATES |
		CALL_REPS(1), &in, sizeof(in), NULL), HV_STATUS_SUCCESS);
	return (uint8_t)child_out()[0];
}

#define CLEAR (HV_ACCESS_CLEAR_ACCESSED | HV_ACCESS_CLEAR_DIRTY)
#define BOTH (HV_ACCESS_ACCESSED | HV_ACCESS_DIRTY)

static void age_pages(const struct child *child, const char *what)
{
	uint64_t other = AT_LARGE + HV_PAGE_SIZE;

	report_about("%s", what);
	EXPECT(age(child, AT_LARGE, 0), 0);
	child_probe(child, CHILD_READ, AT_LARGE, 0);
	EXPECT(age(child, AT_LARGE, 0), HV_ACCESS_ACCESSED);
	EXPECT(age(child, AT_LARGE, CLEAR), HV_ACCESS_ACCESSED);
	EXPECT(age(child, AT_LARGE, 0), 0);
	child_probe(child, CHILD_WRITE, AT_LARGE, 1);
	EXPECT(age(child, AT_LARGE, HV_ACCESS_CLEAR_DIRTY), BOTH);
	EXPECT(age(child, AT_LARGE, 0), HV_ACCESS_ACCESSED);
	/* It was flushed: the next write sets it again. */
	child_probe(child, CHILD_WRITE, AT_LARGE, 1);
	EXPECT(age(child, AT_LARGE, CLEAR), BOTH);
	EXPECT(age(child, other, CLEAR), age(child, other, 0) ? BOTH : 0);
	EXPECT(age(child, AT_LARGE, HV_ACCESS_SET_ACCESSED |
		HV_ACCESS_SET_DIRTY), 0);
	EXPECT(age(child, AT_LARGE, CLEAR), BOTH);
}

static void ages(void)
{
	struct hv_access_states_in in = {0, 16, PFN(AT_LARGE)};
	struct child child;

	take_large();
	if (!child_make(&child, 0, 1))
		return;
	child_start_probe(&child);
	EXPECT(age(&child, AT_LARGE, 0), 0);
	EXPECT(child_map(child.id, AT_LARGE, large, 2, CHILD_ALL),
		HV_STATUS_SUCCESS);
	age_pages(&child, "small");
	EXPECT(child_map(child.id, AT_LARGE, large, 1, CHILD_ALL |
		HV_MAP_LARGE), HV_STATUS_SUCCESS);
	report_about("all of a large page has its bits");
	child_probe(&child, CHILD_WRITE, AT_LARGE, 1);
	EXPECT(age(&child, AT_LARGE, CLEAR), BOTH);
	EXPECT(age(&child, AT_LARGE + 0x1ff000, 0), BOTH);
	EXPECT(age(&child, AT_LARGE + 0x1ff000, CLEAR), BOTH);
	EXPECT(age(&child, AT_LARGE + 0x1ff000, 0), 0);
	age_pages(&child, "split");
	in.partition_id = child.id;
	EXPECT(child_call(HVCALL_GET_GPA_PAGES_ACCESS_STATES | CALL_REPS(1),
		&in, sizeof(in)), HV_STATUS_INVALID_PARAMETER);
	child_end(&child);
}

/* Memory that comes while the VP waits for it: what had begun begins again. */
static void filled(void)
{
	struct child child;
	unsigned int i;

	take_large();
	if (!child_make(&child, 0, 1))
		return;
	child_start_probe(&child);
	for (i = 0; i < 16; i++) {
		uint64_t gpa = AT_LARGE + i * HV_PAGE_SIZE;

		report_about("page %u", i);
		*(uint32_t *)(large + i * HV_PAGE_SIZE) = 0x777 + i;
		EXPECT(child_probe(&child, CHILD_READ, gpa, 0), UNMAPPED(0));
		EXPECT(child_map(child.id, gpa, large + i * HV_PAGE_SIZE, 1,
			CHILD_ALL), HV_STATUS_SUCCESS);
		EXPECT(child_until(&child, 0, PORT_DONE), 0x777 + i);
	}
	child_end(&child);
}

const struct test childmem_tests[] = {
	{"childmem: pages that are not the parent's to lend", not_ours},
	{"childmem: flags and ranges that are refused", form_refused},
	{"childmem: a page is lent 255 times", lent},
	{"childmem: two children have a page", lent_at_the_end},
	{"childmem: rights, and the messages without", rights},
	{"childmem: large pages, small ones, none", shapes},
	{"childmem: no access is one entry", merged},
	{"childmem: too few pages for tables", too_little},
	{"childmem: nothing else is reached", probes},
	{"childmem: accessed and dirty", ages},
	{"childmem: memory that comes later", filled},
	{0},
};
